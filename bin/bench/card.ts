/** The benchmark on a graphics card. */
import {stockContender, webgpuContender} from "../../src/lib/albert/bench/contenders.js";
import type {BenchRow, MakeContender} from "../../src/lib/albert/bench/bench.js";
import {timeIssue} from "../../src/lib/albert/bench/issue.js";
import {benchShapes, type BenchShapeName} from "../../src/lib/albert/bench/shapes.js";
import type {BenchRecord} from "../../src/lib/albert/bench/table.js";
import {webgpuDevice} from "../../src/lib/albert/plan/tfjsDevice.js";
import {adapterName} from "../../src/lib/albert/plan/webgpu/adapter.js";
import {webgpuExecutor} from "../../src/lib/albert/plan/webgpuStepper.js";
import {InputError} from "../../src/lib/errors.js";
import {idleDevice} from "../dawn.js";
import {useNodeBackend} from "../nodeBackends.js";
import {nodeMachine, showProgress, timeShapes, type Asked, type Clock} from "./common.js";
import {loadPeers} from "./peers.js";
import {startPyTorch, type PyTorch} from "./pytorch.js";

/** The plan, TensorFlow.js and PyTorch on one graphics card, and what it costs to issue a step. */
export async function timeOnCard({shapes, rounds, clock, python}: Asked): Promise<BenchRecord> {
  await useNodeBackend("webgpu");
  await import("@tensorflow/tfjs");
  const device = webgpuDevice();
  const adapter = await navigator.gpu.requestAdapter();
  const torch = await pytorchOnCard(python, clock);
  const peers = await loadPeers("webgpu");
  const makers: MakeContender[] = [
    (start) => webgpuContender("plan on WebGPU", device, start),
    (start) => stockContender("tfjs webgpu", start),
    ...peers.makers,
    ...torch.map(({make}) => make)
  ];
  let rows: BenchRow[];
  try {
    rows = await timeShapes(shapes, {rounds, clock}, makers);
  } finally {
    for (const {close} of torch) close();
    showProgress("");
  }
  await printIssue(shapes, device);
  return {
    date: new Date().toISOString(),
    machine: `${nodeMachine()}, Dawn on ${(adapter && adapterName(adapter.info)) ?? "an adapter without a name"}`,
    executor: webgpuExecutor,
    clock,
    rows,
    skipped: [
      ...peers.skipped,
      ...(torch.length
        ? []
        : ["PyTorch (no Python with torch, transformers and CUDA; name one: --python)"])
    ]
  };
}

/**
 * PyTorch on the same card, operation by operation and compiled.
 *
 * @throws InputError where the named interpreter cannot
 */
async function pytorchOnCard(python: string | undefined, clock: Clock): Promise<PyTorch[]> {
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

/** What it costs to give a device one step, which nothing on the device hides: on one that does nothing. */
async function printIssue(shapes: readonly BenchShapeName[], card: GPUDevice): Promise<void> {
  const idle = await idleDevice();
  if (!idle) return;
  for (const shape of shapes) {
    if (benchShapes[shape].forwardOnly) continue;
    const [timing, where] = await timeIssue(idle, shape, 100).then(
      (found) => [found, "a device that does nothing"] as const,
      async (error: unknown) => {
        // its buffers are smaller than the card's
        if (!(error instanceof InputError)) throw error;
        return [await timeIssue(card, shape, 100), "the card"] as const;
      }
    );
    const {dispatches, median, min, max} = timing;
    const ms = (x: number) => x.toFixed(2);
    console.log(
      `${shape}: issuing a step of ${dispatches} dispatches to ${where} takes ${ms(median)} ms (${ms(min)}–${ms(max)}, 100 rounds)`
    );
  }
}
