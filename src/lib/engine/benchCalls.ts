/** The benchmark in the worker: what crosses, and what answers. */
import * as tf from "@tensorflow/tfjs-core";
import {
  benchShape,
  type BenchProgress,
  type BenchRow,
  type MakeContender
} from "../albert/bench/bench.js";
import {
  planContender,
  plainContender,
  stockContender,
  webgpuContender,
  type Start
} from "../albert/bench/contenders.js";
import type {StepProfile} from "../albert/bench/kinds.js";
import {profileStep} from "../albert/bench/profile.js";
import type {BenchShapeName} from "../albert/bench/shapes.js";
import {bestKernels, kernelName} from "../albert/plan/kernels.js";
import {webgpuDevice} from "../albert/plan/tfjsDevice.js";
import {webgpuExecutor} from "../albert/plan/webgpuStepper.js";
import {InputError} from "../errors.js";
import {hasPlan} from "./planTest.js";
import {yieldToMessages} from "./yield.js";

/** Calls of the page on speed. */
export interface BenchCalls {
  /** Times one shape by turns; null where it was cancelled. */
  bench: {
    input: {shape: BenchShapeName; rounds: number};
    progress: BenchProgress;
    output: {rows: BenchRow[]; executor: string} | null;
  };
  /** Takes the compiled step apart; null where it was cancelled. */
  profile: {
    input: {shape: BenchShapeName; rounds: number};
    progress: {round: number; rounds: number};
    output: StepProfile | null;
  };
}

interface Context<Progress> {
  report(progress: Progress): void;
  signal: AbortSignal;
}

/** @throws InputError where the plan does not run */
function needKernels(): string {
  const kernels = bestKernels();
  if (!kernels)
    throw new InputError("this browser has no WebAssembly SIMD, which the compiled step needs");
  return kernelName(kernels);
}

/** Who takes part after the site's own: nobody on the site; `npm run bench:browser` adds other projects. */
export const otherContenders: MakeContender[] = [];

/**
 * The compiled step where training would run it, and on a graphics device also the one on the processor.
 *
 * @throws InputError where it runs nowhere
 */
function plans(backend: string): {executor: string; makers: MakeContender[]} {
  if (backend !== "webgpu" || !hasPlan(backend))
    return {executor: needKernels(), makers: [(start) => planContender("plan", start)]};
  const device = webgpuDevice();
  const kernels = bestKernels();
  return {
    executor: [webgpuExecutor, ...(kernels ? [kernelName(kernels)] : [])].join("; "),
    makers: [
      (start) => webgpuContender("plan on WebGPU", device, start),
      ...(kernels ? [(start: Start) => planContender("plan on WebAssembly", start)] : [])
    ]
  };
}

/** Times the compiled step against TensorFlow.js, stock and in the plain form, on the backend in use. */
export async function bench(
  {shape, rounds}: BenchCalls["bench"]["input"],
  {report, signal}: Context<BenchProgress>
): Promise<BenchCalls["bench"]["output"]> {
  const backend = tf.getBackend();
  const {executor, makers: own} = plans(backend);
  const makers: MakeContender[] = [
    ...own,
    (start) => stockContender(`tfjs ${backend}`, start),
    (start) => plainContender(`plain form on tfjs ${backend}`, start),
    ...otherContenders
  ];
  const onProgress = async (progress: BenchProgress) => {
    report(progress);
    await yieldToMessages();
  };
  const rows = await benchShape(shape, makers, {rounds, onProgress, signal});
  return rows && {rows, executor};
}

export async function profile(
  {shape, rounds}: BenchCalls["profile"]["input"],
  {report, signal}: Context<{round: number; rounds: number}>
): Promise<StepProfile | null> {
  needKernels();
  const onRound = async (round: number) => {
    report({round, rounds});
    await yieldToMessages();
  };
  return profileStep(shape, {rounds, onRound, signal});
}
