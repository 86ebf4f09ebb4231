import {availableParallelism} from "node:os";
import {configDefaults, defineConfig} from "vitest/config";

/**
 * What starts a browser or the terminal, or opens a graphics device: its time is theirs. These and
 * nothing else are the second stage, `npm test -- --only thorough`.
 */
const thorough = [
  "tests/bin/{badFiles.parity,benchBrowser,dawn,domain,finetune,stopped,tasks,terminal}.test.ts",
  "tests/lib/albert/parityGpu.test.ts",
  "tests/lib/albert/plan/{accumulate,kernels,training.parity}.test.ts",
  "tests/lib/albert/plan/webgpu/*.test.ts",
  "tests/lib/engine/plainForm.test.ts",
  "tests/lib/store/files.test.ts"
];

/**
 * Tests whose files may run one after the other in one worker: what they import is read once for all of
 * them, which otherwise takes longer than the tests. They leave nothing behind in globals or modules.
 */
const views = ["tests/components/*.test.ts"];
const shared = [
  "tests/lib/engine/**/*.test.ts",
  "tests/lib/albert/ops/*.test.ts",
  "tests/lib/{glue,heads,recipe}/*.test.ts"
];

/** Those among them that damage a module on purpose. */
const alone = ["tests/lib/engine/{benchOnCard,planTest,refusedPlainForm}.test.ts"];

const exclude = [...configDefaults.exclude, "tests/faults/**"];

export default defineConfig({
  test: {
    setupFiles: ["tests/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // by itself it would leave one of two processors to the reading of sources, which needs little of it
    maxWorkers: Math.max(2, availableParallelism() - 1),
    snapshotFormat: {printBasicPrototype: false},
    projects: [
      {extends: true, test: {name: "unit-views", include: views, exclude, isolate: false}},
      {
        extends: true,
        test: {
          name: "unit-shared",
          include: shared,
          exclude: [...exclude, ...thorough, ...alone],
          isolate: false
        }
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: [...exclude, ...thorough, ...views, ...shared]
        }
      },
      {extends: true, test: {name: "unit-alone", include: alone, exclude}},
      {extends: true, test: {name: "thorough", include: thorough, exclude}}
    ]
  }
});
