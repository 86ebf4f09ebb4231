/**
 * `npm run test:card`: everything that only a graphics card can show, in one go: the self-test's time with nothing
 * cached, every test of WebGPU, and the benchmark of each size. For Dawn (npm's `webgpu`) on the card it finds.
 */
import {spawnSync} from "node:child_process";
import {mkdtempSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {parseArgs} from "node:util";
import {benchShapeNames} from "../src/lib/albert/bench/shapes.js";
import {chooseBackend} from "../src/lib/engine/backend.js";
import {plainFormFault} from "../src/lib/engine/plainForm.js";
import {InputError} from "../src/lib/errors.js";
import {useNodeBackend} from "./nodeBackends.js";
import {isMain} from "./process.js";

/** The tests that use a card where `ALBERT_GPU` is `dawn`. */
const cardTests = [
  "tests/lib/albert/plan/webgpu",
  "tests/lib/albert/plan/training.parity.test.ts",
  "tests/lib/albert/plan/accumulate.test.ts",
  "tests/lib/engine/plainForm.test.ts"
];

/** Self-tests, each in a process of its own, which knows no compiled kernel. */
const startsTimed = 3;

/** How a self-test ends where there is no card, or nothing that drives it. */
const noCard = 2;

/** Times the self-test in this process, once. */
async function timeStart(): Promise<void> {
  try {
    await useNodeBackend("webgpu");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    process.exit(noCard);
  }
  const here = {webgpu: {inspect: async () => ({})}};
  const {trials} = await chooseBackend(here, {forced: "webgpu"});
  const trial = trials.find(({name}) => name === "webgpu")!;
  const begun = performance.now();
  const fault = await plainFormFault();
  const plain = fault ?? `passed in ${(performance.now() - begun).toFixed(0)} ms`;
  console.log(
    `self-test: ${trial.elapsedMs!.toFixed(0)} ms (${trial.reason}); plain form: ${plain}`
  );
  process.exit(0);
}

/** Runs a command with its output here; without a card nothing more is run. @returns whether it ended well */
function run(name: string, args: readonly string[]): boolean {
  // A cache of drivers would hide what compiling takes.
  const none = mkdtempSync(join(tmpdir(), "albert-card-"));
  const cacheless = {__GL_SHADER_DISK_CACHE: "0", MESA_SHADER_CACHE_DISABLE: "true"};
  const env = {...process.env, ALBERT_GPU: "dawn", XDG_CACHE_HOME: none, ...cacheless};
  const {status} = spawnSync(process.execPath, args, {stdio: "inherit", env});
  if (status === noCard) process.exit(1);
  console.log(`${status === 0 ? "done" : "FAILED"}: ${name}`);
  return status === 0;
}

if (isMain(import.meta.url)) {
  const {values} = parseArgs({
    options: {
      start: {type: "boolean"},
      python: {type: "string"},
      rounds: {type: "string", default: "20"},
      shape: {type: "string", multiple: true, default: [...benchShapeNames]}
    }
  });
  if (values.start) await timeStart();
  const tsx = ["--import", "tsx"];
  const python = values.python === undefined ? [] : ["--python", values.python];
  const results = [
    ...Array.from({length: startsTimed}, (_, i) =>
      run(`self-test ${i + 1}`, [...tsx, "bin/card.ts", "--start"])
    ),
    run("tests", ["node_modules/vitest/vitest.mjs", "run", ...cardTests]),
    ...values.shape.map((shape) =>
      run(`benchmark, ${shape}`, [
        ...tsx,
        "bin/albert.ts",
        ...["bench", "--backend", "webgpu", "--shape", shape, "--rounds", values.rounds],
        ...python
      ])
    )
  ];
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
