import * as tf from "@tensorflow/tfjs-core";
import type {Step} from "./rule.js";

/** One tensor's place in the flat vectors. */
export interface FlatEntry {
  name: string;
  shape: number[];
  offset: number;
  size: number;
  isAdapted: boolean;
}

/** What an update on tensors needs besides the moments: layout, and λ per element. */
export interface FlatLayout {
  entries: FlatEntry[];
  /** λ of each element, [size], or null where no tensor decays. */
  decay: tf.Tensor1D | null;
}

/**
 * The optimizer's update on all tensors laid end to end, for backends that are slow to read back: a
 * small model is bound by the number of kernels, and this way their number is one slice per tensor
 * and a dozen besides, instead of a dozen per tensor.
 *
 * @param weights flat weights, [size]; not disposed
 * @param gradient flat gradient, [size]; not disposed
 * @param first flat first moment, [size]; not disposed
 * @param second flat second moment, [size]; not disposed
 * @returns new flat tensors, which the caller disposes
 */
export function updateFlat(
  weights: tf.Tensor1D,
  gradient: tf.Tensor1D,
  first: tf.Tensor1D,
  second: tf.Tensor1D,
  {entries, decay}: FlatLayout,
  step: Step,
  isCoupled: boolean
): {weights: tf.Tensor1D; first: tf.Tensor1D; second: tf.Tensor1D} {
  return tf.tidy(() => {
    const {beta1, beta2, epsilon, correction1, correction2, learningRate, scale} = step;
    let g = scale === 1 ? gradient : tf.mul(gradient, scale);
    const decayed = decay ? tf.mul(decay, weights) : null;
    if (decayed && isCoupled) g = tf.add(g, decayed);
    const m = tf.add<tf.Tensor1D>(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
    const v = tf.add<tf.Tensor1D>(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
    const root = tf.sqrt(correction2 === 1 ? v : tf.mul(v, correction2));
    const mean = correction1 === 1 ? m : tf.mul(m, correction1);
    let u = tf.div(mean, tf.add(root, epsilon));
    if (decayed && !isCoupled) u = tf.add(u, decayed);
    const rates = entries.some(({isAdapted}) => isAdapted)
      ? adaptedRates(weights, u as tf.Tensor1D, entries, learningRate)
      : learningRate;
    const w = tf.sub<tf.Tensor1D>(weights, tf.mul(u, rates));
    return {weights: w, first: m, second: v};
  });
}

/** The learning rate times each tensor's trust ratio, per element. */
function adaptedRates(
  weights: tf.Tensor1D,
  update: tf.Tensor1D,
  entries: FlatEntry[],
  learningRate: number
): tf.Tensor1D {
  const one = tf.scalar(1);
  return tf.concat1d(
    entries.map(({offset, size, isAdapted}) => {
      if (!isAdapted) return tf.fill([size], learningRate) as tf.Tensor1D;
      const w = tf.norm(tf.slice(weights, offset, size));
      const u = tf.norm(tf.slice(update, offset, size));
      const isUsable = tf.logicalAnd(tf.greater(w, 0), tf.greater(u, 0));
      const ratio = tf.where(isUsable, tf.div(w, tf.where(isUsable, u, one)), one);
      return tf.tile(tf.reshape(tf.mul(ratio, learningRate), [1]), [size]) as tf.Tensor1D;
    })
  );
}
