/** A step of the plan taken apart: its instructions with their times, its buffers with their places. */
import {initParameters} from "../specs.js";
import {bestKernels, kernelName} from "../plan/kernels.js";
import {bufferBytes} from "../plan/layout.js";
import {lowerPretraining} from "../plan/lower.js";
import {WasmExecutor} from "../plan/wasm.js";
import {kindOf, type StepProfile} from "./kinds.js";
import {benchBatch, benchConfig, benchShapes, type BenchShapeName} from "./shapes.js";

/**
 * Runs a shape's step instruction by instruction.
 *
 * @param rounds steps that count; times are means over them, since a browser's clock is coarse
 * @param clock milliseconds from a fixed moment; the wall's clock unless given
 * @returns null where it was stopped
 */
export async function profileStep(
  shape: BenchShapeName,
  {
    rounds,
    clock = () => performance.now(),
    onRound = () => {},
    signal = null
  }: {
    rounds: number;
    clock?: () => number;
    onRound?: (round: number) => void | Promise<void>;
    signal?: AbortSignal | null;
  }
): Promise<StepProfile | null> {
  const sizes = benchShapes[shape];
  const config = benchConfig(sizes);
  const batch = benchBatch(sizes);
  const {sequence, maskedLabels} = batch;
  const plan = lowerPretraining(config, {
    batch: batch.batch,
    sequence,
    slots: maskedLabels.length
  });
  const executor = new WasmExecutor(plan);
  executor.setParameters(initParameters(config, 1));
  executor.setBatch(batch, null);
  const times = new Float64Array(plan.instructions.length);
  const warmUp = 5;
  for (let round = -warmUp; round < rounds; ++round) {
    if (signal?.aborted) return null;
    for (let i = 0; i < times.length; ++i) {
      const begun = clock();
      executor.runInstruction(i);
      if (round >= 0) times[i]! += (clock() - begun) / rounds;
    }
    await onRound(Math.max(0, round + 1));
  }
  const {offsets, lifetimes, bytes} = executor.layout;
  const last = plan.instructions.length - 1;
  executor.dispose();
  return {
    shape,
    executor: kernelName(bestKernels()!),
    rounds,
    instructions: plan.instructions.map(({op, label, flops}, i) => ({
      op,
      kind: kindOf(op),
      label,
      isBackward: i >= plan.backward,
      flops,
      ms: times[i]!
    })),
    buffers: [...offsets].map(([buffer, offset]) => {
      const [from, to] = buffer.kind === "activation" ? lifetimes.get(buffer)! : [0, last];
      const {name, kind} = buffer;
      return {name, kind, offset, bytes: bufferBytes(buffer), first: from, last: to};
    }),
    arenaBytes: bytes,
    activationBytes: plan.buffers
      .filter(({kind}) => kind === "activation")
      .reduce((sum, buffer) => sum + bufferBytes(buffer), 0)
  };
}
