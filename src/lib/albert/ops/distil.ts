import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";

/**
 * `T² · Σ w·KL(softmax(goal/T) ‖ softmax(logits/T)) / Σ w` over rows. Gradient at the logits:
 * `T · w/Σw · (softmax(logits/T) − softmax(goal/T))`; the goal is a constant.
 *
 * @param logits `[rows, classes]`
 * @param goal `[rows, classes]`
 * @param weights `[rows]`
 * @see Hinton, Vinyals and Dean 2015, section 2
 */
export function softCrossEntropy(
  logits: tf.Tensor,
  goal: tf.Tensor,
  weights: tf.Tensor1D,
  T: number
): tf.Scalar {
  return operation(
    [logits],
    () => {
      const logQ = tf.logSoftmax(tf.div(logits, T));
      const logP = tf.logSoftmax(tf.div(goal, T));
      const p = tf.exp(logP);
      const shares = tf.reshape(tf.div(weights, tf.sum(weights)), [-1, 1]);
      const value = tf.mul(tf.sum(tf.mul(tf.mul(p, tf.sub(logP, logQ)), shares)), T * T);
      return {value, saved: [tf.mul(tf.mul(tf.sub(tf.exp(logQ), p), shares), T)]};
    },
    (dy, [slope]) => [tf.mul(slope!, dy)]
  ).value as tf.Scalar;
}

/**
 * Mean of `1 − cos(x, goal)` over the rows in use. Gradient at x: `−(goal/|x||goal| − cos·x/|x|²) / n`;
 * the goal is a constant.
 *
 * @param x `[rows, width]`
 * @param used `[rows]`, 1 or 0
 */
export function cosineDistance(x: tf.Tensor, goal: tf.Tensor, used: tf.Tensor1D): tf.Scalar {
  return operation(
    [x],
    () => {
      const along = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b), 1, true);
      const squared = along(x, x);
      const lengths = tf.sqrt(tf.mul(squared, along(goal, goal)));
      const cosine = tf.div(along(x, goal), lengths);
      const shares = tf.reshape(tf.div(used, tf.sum(used)), [-1, 1]);
      const value = tf.sum(tf.mul(tf.sub(1, cosine), shares));
      const toward = tf.sub(tf.div(goal, lengths), tf.mul(tf.div(cosine, squared), x));
      return {value, saved: [tf.neg(tf.mul(toward, shares))]};
    },
    (dy, [slope]) => [tf.mul(slope!, dy)]
  ).value as tf.Scalar;
}
