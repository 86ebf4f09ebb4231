import {cpus} from "node:os";
import {timeSteps} from "../../src/lib/engine/timing.js";
import type {RecordedStepTimes} from "../../src/lib/experiments/stepTimes.js";
import {stepTimeRatios} from "../../src/lib/experiments/stepTimes.js";
import {parseSweepText} from "../../src/lib/experiments/parseSweep.js";
import {cellName, runsOf} from "../../src/lib/experiments/sweep.js";
import {bestKernels, kernelName} from "../../src/lib/albert/plan/kernels.js";
import {InputError} from "../../src/lib/errors.js";
import {configOfRecipe} from "../../src/lib/recipe/config.js";
import {readArguments, UsageError} from "../arguments.js";
import {readBytes, replaceFile} from "../files.js";
import {useNodeBackend} from "../nodeBackends.js";
import {processorTime} from "../processorTime.js";

export const usage = "time SWEEP.json --output FILE.json [--rounds N]";
export const does =
  "times a training step of every cell of a sweep by turns, in processor time; prints each as a multiple of the first";

/** Writes every round of every cell, so that ratios can be taken within a round. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {output: "value", rounds: "value"}, {positionals: 1});
  const path = args.positionals[0];
  if (path === undefined) throw new UsageError("missing SWEEP.json (see --help)");
  const output = args.required("output");
  const rounds = args.integer("rounds", 2) ?? 100;
  const sweep = parseSweepText(new TextDecoder().decode(await readBytes(path)), path);
  const runs = await runsOf({...sweep, seeds: [sweep.seeds[0]!]}, path);
  const {size: rows, sequence_length: pieces} = runs[0]!.recipe.batch;
  const kernels = bestKernels();
  if (!kernels) throw new InputError("this Node has no WebAssembly SIMD, which the plan needs");
  await useNodeBackend("wasm");
  const models = runs.map(({cell, recipe}) => ({
    name: cellName(cell),
    config: configOfRecipe(recipe, recipe.tokenizer.vocab_size)
  }));
  const timings = await timeSteps(
    models,
    {sequence: pieces, batch: rows, rounds, clock: processorTime},
    () => {},
    new AbortController().signal
  );
  const times: RecordedStepTimes = {
    sweep: sweep.name,
    date: new Date().toISOString(),
    machine: `${cpus()[0]!.model.trim()}, Node ${process.version}, one thread`,
    executor: kernelName(kernels),
    clock: "cpu",
    rows,
    pieces,
    cells: timings!.map(({elapsedMs}, i) => ({
      cell: runs[i]!.cell,
      elapsedMs: elapsedMs.map((ms) => +ms.toFixed(3))
    }))
  };
  await replaceFile(output, `${JSON.stringify(times)}\n`);
  for (const {name, mean, low, high, n} of stepTimeRatios(times))
    console.log(
      `${name}: ${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] of the first, ${n} rounds`
    );
}
