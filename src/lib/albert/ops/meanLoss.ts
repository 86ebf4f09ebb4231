import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";

/**
 * Mean squared error: `mean((x − target)²)`.
 *
 * Gradient: `dx = dloss·2(x − target)/size`.
 *
 * @param x any shape
 * @param target the same shape
 * @returns scalar
 */
export function meanSquaredError(x: tf.Tensor, target: tf.Tensor): tf.Scalar {
  return operation(
    [x],
    () => {
      const difference = tf.sub(x, target);
      return {value: tf.mean(tf.square(difference)), saved: [difference]};
    },
    (dy, [difference]) => [tf.mul(tf.mul(difference!, 2 / x.size), dy)]
  ).value as tf.Scalar;
}

/**
 * Mean binary cross-entropy of logits: `mean(max(x, 0) − x·target + log(1 + exp(−|x|)))`.
 *
 * Gradient: `dx = dloss·(σ(x) − target)/size`.
 *
 * @param x any shape
 * @param target the same shape, each in [0, 1]
 * @returns scalar
 */
export function binaryCrossEntropy(x: tf.Tensor, target: tf.Tensor): tf.Scalar {
  return operation(
    [x],
    () => {
      const small = tf.log1p(tf.exp(tf.neg(tf.abs(x))));
      const each = tf.add(tf.sub(tf.relu(x), tf.mul(x, target)), small);
      return {value: tf.mean(each), saved: [tf.sub(tf.sigmoid(x), target)]};
    },
    (dy, [difference]) => [tf.mul(tf.mul(difference!, 1 / x.size), dy)]
  ).value as tf.Scalar;
}
