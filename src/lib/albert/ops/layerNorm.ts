import * as tf from "@tensorflow/tfjs-core";
import {isHalfPrecision, operation} from "../tensor.js";
import {columnSum} from "./product.js";

/** Added to a variance, what half precision tells from 0, also after the inverse root. */
const halfPrecisionEps = 1e-4;

/**
 * Layer normalisation of every row: `y = n·weight + bias` with `n = (x − mean)/√(variance + eps)`
 * and the variance divided by the width. A constant row gives the bias.
 *
 * Gradient: with `g = dy·weight`, `dx = (g − mean(g) − n·mean(g·n))/√(variance + eps)`,
 * `dweight = Σ_rows dy·n`, `dbias = Σ_rows dy`.
 *
 * @param x `[rows, width]`
 * @param weight `[width]`
 * @param bias `[width]`
 * @param eps added to the variance; raised to 1e-4 on a device that stores half precision
 * @returns `[rows, width]`
 */
export function layerNorm(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  eps: number
): tf.Tensor {
  const representable = isHalfPrecision() ? Math.max(eps, halfPrecisionEps) : eps;
  return operation(
    [x, weight, bias],
    () => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true); // [rows, 1]
      const scale = tf.rsqrt(tf.add(variance, representable));
      const normal = tf.mul(centred, scale);
      return {value: tf.add(tf.mul(normal, weight), bias), saved: [normal, scale, weight]};
    },
    (dy, [normal, scale, weight]) => {
      const g = tf.mul(dy, weight!);
      const along = tf.mean(tf.mul(g, normal!), -1, true);
      const dx = tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normal!, along));
      return [tf.mul(dx, scale!), columnSum(tf.mul(dy, normal!)), columnSum(dy)];
    }
  ).value;
}
