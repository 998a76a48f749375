import { defineConfig } from "vitest/config";

/** The house in front of a real Home Assistant, which `test/home-assistant/inside.sh` has prepared. */
export default defineConfig({
  test: {
    include: ["test/home-assistant/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    // As in `vitest.config.ts`.
    retry: process.env.CI ? 1 : 0,
  },
});
