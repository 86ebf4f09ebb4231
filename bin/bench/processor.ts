/** The benchmark on the processor, one thread each. */
import {
  planContender,
  plainContender,
  stockContender
} from "../../src/lib/albert/bench/contenders.js";
import type {BenchRow, MakeContender} from "../../src/lib/albert/bench/bench.js";
import type {BenchRecord} from "../../src/lib/albert/bench/table.js";
import {kernelName} from "../../src/lib/albert/plan/kernels.js";
import {InputError} from "../../src/lib/errors.js";
import {useNodeBackend} from "../nodeBackends.js";
import {needKernels, oneThread, showProgress, timeShapes, type Asked} from "./common.js";
import {loadPeers} from "./peers.js";
import {startPyTorch} from "./pytorch.js";

/** The plan, TensorFlow.js, the peers of bench/ and PyTorch. @throws InputError where the named interpreter cannot */
export async function timeOnProcessor({
  shapes,
  rounds,
  clock,
  python
}: Asked): Promise<BenchRecord> {
  const kernels = needKernels();
  await useNodeBackend("wasm");
  // The gradients of TensorFlow.js itself, which the project's own operations do without.
  await import("@tensorflow/tfjs");
  const pytorch = await startPyTorch(python ?? "python3", {threads: 1, clock});
  if (!pytorch && python)
    throw new InputError(`${python}: cannot import torch, transformers and safetensors`);
  const peers = await loadPeers("wasm");
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
    machine: oneThread(),
    executor: kernelName(kernels),
    clock,
    rows,
    skipped
  };
}
