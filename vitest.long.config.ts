import { defineConfig } from "vitest/config";

/** What takes the processor long: the firmware on its simulated chip, and many more random lives of a garden. */
export default defineConfig({
  test: {
    include: ["test/firmware/**/*.test.ts", "test/sprinklers/{random,zones.oracle}.test.ts"],
    env: { ORACLE_LIVES: process.env.ORACLE_LIVES ?? "200000", RANDOM_LIVES: "400" },
    testTimeout: 120_000,
    maxWorkers: 2,
  },
});
