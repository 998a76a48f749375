import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "devices/**/*.test.ts"],
    exclude: ["test/slow/**", "test/firmware/**", "test/image/**", "test/home-assistant/**"],
    // Most tests wait for a broker or a board, so there may be more of them than cores.
    maxWorkers: 5,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A machine that is shared may stand still for a second in the middle of a protocol. What needed this is in the report.
    retry: process.env.CI ? 1 : 0,
  },
});
