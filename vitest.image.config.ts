import { defineConfig } from "vitest/config";

/** Images, really built and run: `npm run test:image`. They are built once, so there is one file. */
export default defineConfig({
  test: {
    include: ["test/image/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 900_000,
    retry: process.env.CI ? 1 : 0,
  },
});
