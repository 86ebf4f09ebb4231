import {writeFile} from "node:fs/promises";
import {cpus} from "node:os";
import {bestKernels, kernelName} from "../../src/lib/albert/plan/kernels.js";
import {wasmStepper} from "../../src/lib/albert/plan/wasmStepper.js";
import {plainStepper} from "../../src/lib/albert/plainStepper.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import type {Stepper} from "../../src/lib/albert/stepper.js";
import {InputError} from "../../src/lib/errors.js";
import {optimizerOfRecipe} from "../../src/lib/recipe/optimizer.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {readArguments} from "../arguments.js";
import {byTurns, median, type Contender} from "../bench/measure.js";
import {startPyTorch, type PyTorch} from "../bench/pytorch.js";
import {benchBatch, benchConfig, benchShapeNames, benchShapes} from "../bench/shapes.js";
import type {BenchShape, BenchShapeName} from "../bench/shapes.js";
import {withPath} from "../files.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";

export const usage = `bench [--backend ${nodeBackends.join("|")}] [--shape ${benchShapeNames.join("|")}] [--rounds N] [--python PYTHON] [--output FILE.json]`;
export const does =
  "times a training step and a forward: the compiled plan, plain TensorFlow.js and PyTorch, by turns";

interface Row {
  work: string;
  shape: BenchShapeName;
  contender: string;
  rounds: number;
  min: number;
  median: number;
  max: number;
  tokensPerSecond: number;
  /** How many times as long as the plan's median. */
  ratio: number;
}

/** Prints a Markdown table of medians; `--output` writes the same as JSON. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    backend: "value",
    shape: "value",
    rounds: "value",
    python: "value",
    output: "value"
  });
  const backend = args.oneOf("backend", nodeBackends) ?? nodeBackends[0];
  const only = args.oneOf("shape", benchShapeNames);
  const rounds = args.integer("rounds", 1) ?? 7;
  const output = args.value("output");
  const kernels = bestKernels();
  if (!kernels) throw new InputError("this Node has no WebAssembly SIMD, which the plan needs");
  await useNodeBackend(backend);
  const python = args.value("python") ?? "python3";
  const pytorch = await startPyTorch(python, 1);
  if (!pytorch && args.value("python"))
    throw new InputError(`${python}: cannot import torch and transformers`);
  const machine = `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}`;
  const rows: Row[] = [];
  for (const shape of only ? [only] : (["phone", "standard"] as const))
    rows.push(...(await timeShape(shape, {backend, rounds, pytorch})));
  pytorch?.close();
  console.log(`${machine}; one thread each, by turns, ${rounds} rounds\n`);
  console.log(markdown(rows));
  if (!pytorch)
    console.log("\nskipped: no Python with torch and transformers (name one: --python)");
  const json = `${JSON.stringify({machine, executor: kernelName(kernels), rows}, null, 1)}\n`;
  if (output !== undefined) await withPath(output, () => writeFile(output, json));
}

async function timeShape(
  name: BenchShapeName,
  {backend, rounds, pytorch}: {backend: string; rounds: number; pytorch: PyTorch | null}
): Promise<Row[]> {
  const shape: BenchShape = benchShapes[name];
  const config = benchConfig(shape);
  const batch = benchBatch(shape);
  const {name: optimizer, options} = optimizerOfRecipe(parseRecipe({}));
  const settings = {optimizer, options, maxGradientNorm: 1, seed: 1};
  const steppers: [string, Stepper][] = [
    ["plan", wasmStepper(config, initParameters(config, 1), settings)],
    [`tfjs ${backend}`, plainStepper(config, initParameters(config, 1), settings)]
  ];
  await pytorch?.load(shape);
  const rows: Row[] = [];
  for (const work of ["step", "forward"] as const) {
    const contenders = steppers.map(([contender, stepper]): Contender => {
      let taken = 0;
      const once = {
        step: () => stepper.step(batch, taken++, 1e-4),
        forward: () => stepper.evaluate(batch)
      }[work];
      return {name: contender, run: async () => void (await once())};
    });
    if (pytorch)
      contenders.push({name: `PyTorch ${pytorch.version}`, run: () => pytorch.time(work)});
    const timings = await byTurns(contenders, {rounds, warmUp: 2});
    const reference = median(timings[0]!.times);
    for (const {name: contender, times} of timings) {
      const middle = median(times);
      rows.push({
        work,
        shape: name,
        contender,
        rounds,
        min: times[0]!,
        median: middle,
        max: times.at(-1)!,
        tokensPerSecond: (1000 * shape.batch * shape.sequence) / middle,
        ratio: middle / reference
      });
    }
  }
  for (const [, stepper] of steppers) stepper.dispose();
  return rows;
}

function markdown(rows: readonly Row[]): string {
  const used = [...new Set(rows.map(({shape}) => shape))];
  const ms = (x: number) => x.toPrecision(3);
  return [
    ...used.map((shape) => `- ${shape}: ${benchShapes[shape].about}`),
    "",
    "| work | shape | contender | min ms | median ms | max ms | tokens/s | against the plan |",
    "|---|---|---|--:|--:|--:|--:|--:|",
    ...rows.map(
      (r) =>
        `| ${r.work} | ${r.shape} | ${r.contender} | ${ms(r.min)} | ${ms(r.median)} | ${ms(r.max)} | ` +
        `${Math.round(r.tokensPerSecond).toLocaleString("en")} | ${r.ratio.toFixed(2)} × |`
    )
  ].join("\n");
}
