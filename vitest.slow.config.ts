import { defineConfig } from "vitest/config";

/** The long times at their production values (60 s, 90 s, 120 s, 35 s), all at once. */
export default defineConfig({
  test: {
    include: ["test/slow/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    maxWorkers: 8,
    sequence: { concurrent: true },
    maxConcurrency: 20,
    // As in `vitest.config.ts`.
    retry: process.env.CI ? 1 : 0,
  },
});
