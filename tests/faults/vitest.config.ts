import {defineConfig} from "vitest/config";

/** The failures that Node can provoke; `npm run test:faults` runs them. */
export default defineConfig({
  test: {
    include: ["tests/faults/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxWorkers: 2
  }
});
