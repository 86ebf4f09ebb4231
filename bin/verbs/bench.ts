import {readFile, writeFile} from "node:fs/promises";
import {cpus} from "node:os";
import {setFlagsFromString} from "node:v8";
import {benchShape, type BenchRow, type MakeContender} from "../../src/lib/albert/bench/bench.js";
import {
  planContender,
  plainContender,
  stockContender,
  webgpuContender
} from "../../src/lib/albert/bench/contenders.js";
import {
  benchBatch,
  benchConfig,
  benchShapeNames,
  benchShapes,
  type BenchShapeName
} from "../../src/lib/albert/bench/shapes.js";
import {
  growthAxisNames,
  growthMarkdown,
  measureGrowth,
  type GrowthRecord,
  type GrowthSeries
} from "../../src/lib/albert/bench/growth.js";
import {timeIssue} from "../../src/lib/albert/bench/issue.js";
import {profileStep} from "../../src/lib/albert/bench/profile.js";
import {benchMarkdown, type BenchRecord} from "../../src/lib/albert/bench/table.js";
import {printPlan} from "../../src/lib/albert/plan/check.js";
import {bestKernels, kernelName, type KernelKind} from "../../src/lib/albert/plan/kernels.js";
import {lowerPretraining} from "../../src/lib/albert/plan/lower.js";
import {adapterName} from "../../src/lib/albert/plan/webgpu/adapter.js";
import {webgpuExecutor} from "../../src/lib/albert/plan/webgpuStepper.js";
import {webgpuDevice} from "../../src/lib/albert/plan/tfjsDevice.js";
import {generateCorpus} from "../../src/lib/corpus/generate.js";
import {corpusText} from "../../src/lib/corpus/text.js";
import {InputError} from "../../src/lib/errors.js";
import {readArguments} from "../arguments.js";
import {encodingMarkdown, timeEncoding} from "../bench/encoding.js";
import {loadPeers, loadTokenizers} from "../bench/peers.js";
import {startPyTorch, type PyTorch} from "../bench/pytorch.js";
import {idleDevice} from "../dawn.js";
import {withPath} from "../files.js";
import {useNodeBackend} from "../nodeBackends.js";
import {processorTime} from "../processorTime.js";

const clocks = ["wall", "cpu"] as const;

const backends = ["wasm", "webgpu"] as const;

export const usage = `bench [--backend ${backends.join("|")}] [--shape ${benchShapeNames.join("|")}] [--rounds N] [--clock ${clocks.join("|")}] [--python PYTHON] [--profile] [--output FILE.json] | bench --growth [--rounds N] [--clock ${clocks.join("|")}] [--output FILE.json] [--svg FILE.svg] | bench --encode [--input TEXT] [--rounds N] [--clock ${clocks.join("|")}] [--output FILE.json] | bench --plan --shape SHAPE`;
export const does =
  "times a training step and a forward by turns: the compiled plan, TensorFlow.js as its users write it, peers of bench/ and PyTorch; how a step's cost grows with each size; how fast text is encoded; or prints the plan";

/** Prints a Markdown table of medians; `--output` writes the same as JSON. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    backend: "value",
    shape: "value",
    rounds: "value",
    clock: "value",
    python: "value",
    output: "value",
    svg: "value",
    input: "value",
    growth: "flag",
    encode: "flag",
    plan: "flag",
    profile: "flag"
  });
  const only = args.oneOf("shape", benchShapeNames);
  if (args.flag("plan")) return console.log(planText(only ?? "standard"));
  if (args.flag("growth"))
    return growth({
      rounds: args.integer("rounds", 2) ?? 15,
      clock: args.oneOf("clock", clocks) ?? "wall",
      output: args.value("output"),
      svg: args.value("svg")
    });
  if (args.flag("encode"))
    return encode({
      rounds: args.integer("rounds", 1) ?? 7,
      clock: args.oneOf("clock", clocks) ?? "wall",
      input: args.value("input"),
      output: args.value("output")
    });
  const asked = {
    shapes: only ? [only] : benchShapeNames,
    rounds: args.integer("rounds", 1) ?? 7,
    clock: args.oneOf("clock", clocks) ?? "wall"
  };
  const record =
    args.oneOf("backend", backends) === "webgpu"
      ? await measureWebgpu({...asked, python: args.value("python")})
      : await measure({...asked, python: args.value("python")});
  if (args.flag("profile")) {
    const profile = await profileStep(only ?? "standard", {rounds: 40, clock: processorTime});
    record.profile = profile!;
  }
  console.log(benchMarkdown(record));
  await writeRecord(args.value("output"), record);
}

async function writeRecord(path: string | undefined, record: object): Promise<void> {
  const json = `${JSON.stringify(record, null, 1)}\n`;
  if (path !== undefined) await withPath(path, () => writeFile(path, json));
}

/** Times the encoding of a megabyte of text, generated where no file is named. */
async function encode({
  rounds,
  clock,
  input,
  output
}: {
  rounds: number;
  clock: (typeof clocks)[number];
  input: string | undefined;
  output: string | undefined;
}): Promise<void> {
  const text = input
    ? await withPath(input, () => readFile(input, "utf8"))
    : corpusText(generateCorpus({documents: 2000, seed: 1}));
  const lines = text.slice(0, 1e6).split("\n").filter(Boolean);
  const timed = await timeEncoding(lines, await loadTokenizers(), {
    rounds,
    clock: clock === "cpu" ? processorTime : undefined
  });
  const record = {date: new Date().toISOString(), machine: machineName(), clock, ...timed};
  console.log(`${machineName()}; ${encodingMarkdown(record)}`);
  await writeRecord(output, record);
}

/** Times the plan over each size, prints the fitted powers and draws them. */
async function growth({
  rounds,
  clock,
  output,
  svg
}: {
  rounds: number;
  clock: (typeof clocks)[number];
  output: string | undefined;
  svg: string | undefined;
}): Promise<void> {
  const executor = kernelName(needKernels());
  const series = growthAxisNames.map((axis) =>
    measureGrowth(axis, {
      rounds,
      clock: clock === "cpu" ? processorTime : () => performance.now(),
      onRound: (round) => showProgress(`${axis}: ${round} of ${rounds}`)
    })
  );
  showProgress("");
  const record: GrowthRecord = {
    date: new Date().toISOString(),
    machine: machineName(),
    executor,
    clock,
    rounds,
    series
  };
  console.log(growthMarkdown(record));
  await writeRecord(output, record);
  if (svg !== undefined) {
    const picture = await growthPicture(series);
    await withPath(svg, () => writeFile(svg, picture));
  }
}

/** The page's figure as a file: black on white, whatever reads it. */
async function growthPicture(series: readonly GrowthSeries[]): Promise<string> {
  const {JSDOM} = await import("jsdom");
  const {window} = new JSDOM();
  Object.assign(globalThis, {document: window.document});
  const {growthChart} = await import("../../src/components/growthChart.js");
  const figure = growthChart(series);
  figure.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  figure.setAttribute("style", "background: #fff; font: 11px system-ui, sans-serif");
  return `${figure.outerHTML}\n`;
}

const machineName = () =>
  `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}, one thread each`;

/** @throws InputError where this Node has not what the plan needs */
function needKernels(): KernelKind {
  // Node 20 has the relaxed instructions behind a flag; every contender may use them.
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  const kernels = bestKernels();
  if (!kernels) throw new InputError("this Node has no WebAssembly SIMD, which the plan needs");
  return kernels;
}

/** The instructions of a shape's step, one a line. */
function planText(name: BenchShapeName): string {
  const shape = benchShapes[name];
  const {batch, sequence, maskedLabels} = benchBatch(shape);
  const slots = maskedLabels.length;
  return printPlan(lowerPretraining(benchConfig(shape), {batch, sequence, slots}));
}

interface Asked {
  shapes: readonly BenchShapeName[];
  rounds: number;
  clock: (typeof clocks)[number];
}

/** The plan, TensorFlow.js and PyTorch on one graphics card, and what it costs to issue a step. */
async function measureWebgpu({
  shapes,
  rounds,
  clock,
  python
}: Asked & {python: string | undefined}): Promise<BenchRecord> {
  await useNodeBackend("webgpu");
  await import("@tensorflow/tfjs");
  const device = webgpuDevice();
  const adapter = await navigator.gpu.requestAdapter();
  const torch = await pytorchOnCard(python, clock);
  const makers: MakeContender[] = [
    (start) => webgpuContender("plan on WebGPU", device, start),
    (start) => stockContender("tfjs webgpu", start),
    ...torch.map(({make}) => make)
  ];
  let rows: BenchRow[];
  try {
    rows = await timeShapes(shapes, {rounds, clock}, makers);
  } finally {
    for (const {close} of torch) close();
    showProgress("");
  }
  const idle = await idleDevice();
  for (const shape of shapes) {
    if (!idle || benchShapes[shape].forwardOnly) continue;
    const {dispatches, median, min, max} = await timeIssue(idle, shape, 100);
    const ms = (x: number) => x.toFixed(2);
    console.log(
      `${shape}: issuing a step of ${dispatches} dispatches to a device that does nothing takes ${ms(median)} ms (${ms(min)}–${ms(max)}, 100 rounds)`
    );
  }
  return {
    date: new Date().toISOString(),
    machine: `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}, Dawn on ${(adapter && adapterName(adapter.info)) ?? "an adapter without a name"}`,
    executor: webgpuExecutor,
    clock,
    rows,
    skipped: torch.length
      ? []
      : ["PyTorch (no Python with torch, transformers and CUDA; name one: --python)"]
  };
}

/**
 * PyTorch on the same card, operation by operation and compiled.
 *
 * @throws InputError where the named interpreter cannot
 */
async function pytorchOnCard(
  python: string | undefined,
  clock: (typeof clocks)[number]
): Promise<PyTorch[]> {
  const found: PyTorch[] = [];
  for (const how of ["eager", "default", "reduce-overhead"] as const) {
    const started = await startPyTorch(python ?? "python3", {
      threads: 1,
      clock,
      device: "cuda",
      how
    });
    if (!started) break;
    found.push(started);
  }
  if (python !== undefined && found.length === 0)
    throw new InputError(
      `${python}: cannot import torch, transformers and safetensors, or has no CUDA`
    );
  return found;
}

async function timeShapes(
  shapes: readonly BenchShapeName[],
  {rounds, clock}: Pick<Asked, "rounds" | "clock">,
  makers: readonly MakeContender[]
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const shape of shapes) {
    const timed = await benchShape(shape, makers, {
      rounds,
      clock: clock === "cpu" ? processorTime : undefined,
      onProgress: ({work, round}) => showProgress(`${shape} ${work}: ${round} of ${rounds}`)
    });
    rows.push(...timed!);
  }
  return rows;
}

async function measure({
  shapes,
  rounds,
  clock,
  python
}: Asked & {python: string | undefined}): Promise<BenchRecord> {
  const kernels = needKernels();
  await useNodeBackend("wasm");
  // The gradients of TensorFlow.js itself, which the project's own operations do without.
  await import("@tensorflow/tfjs");
  const pytorch = await startPyTorch(python ?? "python3", {threads: 1, clock});
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
  let rows: BenchRow[];
  try {
    rows = await timeShapes(shapes, {rounds, clock}, makers);
  } finally {
    pytorch?.close();
    showProgress("");
  }
  return {
    date: new Date().toISOString(),
    machine: machineName(),
    executor: kernelName(kernels),
    clock,
    rows,
    skipped
  };
}

/** Overwrites one line of a terminal; silent elsewhere. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}
