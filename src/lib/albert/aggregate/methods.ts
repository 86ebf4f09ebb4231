import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ModelInputs} from "../forward.js";
import {maskedLmLogits} from "../heads.js";
import {dot} from "../ops/arithmetic.js";
import {gatherRows} from "../ops/rows.js";
import {reshape} from "../ops/shape.js";
import type {Parameters} from "../params.js";
import {contributions} from "./contributions.js";
import {attentionFlow} from "./flow.js";
import {attentionGradients, gradientRollout} from "./gradientAttention.js";
import {fuseHeads, rollout, scaledRows, withResidual} from "./rollout.js";

/** Ways to say from attention which pieces the guess at a position rests on. */
export const methodNames = [
  "attention",
  "rollout",
  "flow",
  "norm-weighted",
  "value zeroing",
  "gradient × attention"
] as const;
export type MethodName = (typeof methodNames)[number];

/**
 * What each method says of every input, for the guess of one piece at one position. `attention` is
 * the last depth's, averaged over the heads; rollout and flow start from the mean over the heads
 * with half of each row kept for the piece itself; norm-weighted attention and value zeroing are
 * scaled to rows that sum to 1 at each depth and rolled out, the first with the residual path, the
 * second without, since it is measured behind it.
 *
 * @param inputs one row
 * @param position the piece that is guessed, from 0
 * @param target id of the guess, whose logit gradient × attention explains
 * @returns `[n]` each, at least 0; only the order within a method means anything
 */
export async function methodScores(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  position: number,
  target: number
): Promise<Map<MethodName, Float64Array>> {
  const score = (sequence: tf.Tensor3D): tf.Scalar => {
    const rows = reshape(sequence, [sequence.shape[1], config.hiddenSize]);
    const row = gatherRows(rows, tf.tensor1d([position], "int32"));
    const isTarget = tf.oneHot(tf.tensor1d([target], "int32"), config.vocabSize);
    return dot(maskedLmLogits(params, row, config), tf.cast(isTarget, "float32"));
  };
  const {probs, gradients, shape} = await attentionGradients(params, inputs, config, score);
  const taken = await contributions(params, inputs, config);
  const n = shape[2];
  const fused = fuseHeads(probs, shape);
  const graph = withResidual(fused, n);
  const row = (matrix: Float64Array) => matrix.slice(position * n, (position + 1) * n);
  const last = (matrices: Float64Array[]) => row(matrices.at(-1)!);
  const norms = taken.map(({norms}) => norms);
  const zeroing = taken.map(({zeroing}) => scaledRows(zeroing, n));
  return new Map<MethodName, Float64Array>([
    ["attention", last(fused)],
    ["rollout", last(rollout(graph, n))],
    ["flow", attentionFlow(graph, n, position)],
    ["norm-weighted", last(rollout(withResidual(norms, n), n))],
    ["value zeroing", last(rollout(zeroing, n))],
    ["gradient × attention", row(gradientRollout(probs, gradients, shape))]
  ]);
}
