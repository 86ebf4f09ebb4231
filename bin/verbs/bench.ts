import {writeFile} from "node:fs/promises";
import {cpus} from "node:os";
import {setFlagsFromString} from "node:v8";
import {benchShape, type BenchRow, type MakeContender} from "../../src/lib/albert/bench/bench.js";
import {
  planContender,
  plainContender,
  stockContender
} from "../../src/lib/albert/bench/contenders.js";
import {
  benchBatch,
  benchConfig,
  benchShapeNames,
  benchShapes,
  type BenchShapeName
} from "../../src/lib/albert/bench/shapes.js";
import {profileStep} from "../../src/lib/albert/bench/profile.js";
import {benchMarkdown, type BenchRecord} from "../../src/lib/albert/bench/table.js";
import {printPlan} from "../../src/lib/albert/plan/check.js";
import {bestKernels, kernelName} from "../../src/lib/albert/plan/kernels.js";
import {lowerPretraining} from "../../src/lib/albert/plan/lower.js";
import {InputError} from "../../src/lib/errors.js";
import {readArguments} from "../arguments.js";
import {loadPeers} from "../bench/peers.js";
import {startPyTorch} from "../bench/pytorch.js";
import {withPath} from "../files.js";
import {useNodeBackend} from "../nodeBackends.js";

const clocks = ["wall", "cpu"] as const;

export const usage = `bench [--shape ${benchShapeNames.join("|")}] [--rounds N] [--clock ${clocks.join("|")}] [--python PYTHON] [--profile] [--output FILE.json] | bench --plan --shape SHAPE`;
export const does =
  "times a training step and a forward by turns: the compiled plan, TensorFlow.js as its users write it, peers of bench/ and PyTorch; or prints the plan";

/** Prints a Markdown table of medians; `--output` writes the same as JSON. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    shape: "value",
    rounds: "value",
    clock: "value",
    python: "value",
    output: "value",
    plan: "flag",
    profile: "flag"
  });
  const only = args.oneOf("shape", benchShapeNames);
  if (args.flag("plan")) return console.log(planText(only ?? "standard"));
  const record = await measure({
    shapes: only ? [only] : benchShapeNames,
    rounds: args.integer("rounds", 1) ?? 7,
    clock: args.oneOf("clock", clocks) ?? "wall",
    python: args.value("python")
  });
  if (args.flag("profile")) {
    const profile = await profileStep(only ?? "standard", {rounds: 40, clock: processorTime});
    record.profile = profile!;
  }
  console.log(benchMarkdown(record));
  const output = args.value("output");
  const json = `${JSON.stringify(record, null, 1)}\n`;
  if (output !== undefined) await withPath(output, () => writeFile(output, json));
}

/** The instructions of a shape's step, one a line. */
function planText(name: BenchShapeName): string {
  const shape = benchShapes[name];
  const {batch, sequence, maskedLabels} = benchBatch(shape);
  const slots = maskedLabels.length;
  return printPlan(lowerPretraining(benchConfig(shape), {batch, sequence, slots}));
}

async function measure({
  shapes,
  rounds,
  clock,
  python
}: {
  shapes: readonly BenchShapeName[];
  rounds: number;
  clock: (typeof clocks)[number];
  python: string | undefined;
}): Promise<BenchRecord> {
  // Node 20 has the relaxed instructions behind a flag; every contender may use them.
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  const kernels = bestKernels();
  if (!kernels) throw new InputError("this Node has no WebAssembly SIMD, which the plan needs");
  await useNodeBackend("wasm");
  // The gradients of TensorFlow.js itself, which the project's own operations do without.
  await import("@tensorflow/tfjs");
  const pytorch = await startPyTorch(python ?? "python3", 1, clock);
  if (!pytorch && python)
    throw new InputError(`${python}: cannot import torch, transformers and safetensors`);
  const peers = await loadPeers(1);
  const makers: MakeContender[] = [
    (start) => planContender("plan", start),
    (start) => stockContender("tfjs wasm", start),
    (start) => plainContender("plain form on tfjs wasm", start),
    ...peers.makers,
    ...(pytorch ? [pytorch.make] : [])
  ];
  const skipped = [...peers.skipped];
  if (!pytorch) skipped.push("PyTorch (no Python with torch and transformers; name one: --python)");
  const rows: BenchRow[] = [];
  try {
    for (const shape of shapes) {
      const timed = await benchShape(shape, makers, {
        rounds,
        clock: clock === "cpu" ? processorTime : undefined,
        onProgress: ({work, round}) => showProgress(`${shape} ${work}: ${round} of ${rounds}`)
      });
      rows.push(...timed!);
    }
  } finally {
    pytorch?.close();
    showProgress("");
  }
  return {
    date: new Date().toISOString(),
    machine: `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}, one thread each`,
    executor: kernelName(kernels),
    clock,
    rows,
    skipped
  };
}

/** Milliseconds that this process has computed. */
function processorTime(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** Overwrites one line of a terminal; silent elsewhere. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}
