import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";

// tfjs keeps the gradients of its own operations in a module that must be loaded beside it; with
// these, the model needs none of them.

/** Sum of two tensors of one shape. Gradient: `da = db = dy`. */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return operation(
    [a, b],
    () => ({value: tf.add(a, b)}),
    (dy) => [tf.reshape(dy, a.shape), tf.reshape(dy, b.shape)]
  ).value;
}

/** `factor·x + offset`, both constant. Gradient: `dx = factor·dy`. */
export function affine(x: tf.Tensor, factor: number, offset: number): tf.Tensor {
  return operation(
    [x],
    () => ({value: tf.add(tf.mul(x, factor), offset)}),
    (dy) => [tf.mul(dy, factor)]
  ).value;
}

/** Hyperbolic tangent. Gradient: `dx = dy·(1 − y²)`. */
export function tanh(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => {
      const y = tf.tanh(x);
      return {value: y, saved: [y]};
    },
    (dy, [y]) => [tf.mul(dy, tf.sub(1, tf.square(y!)))]
  ).value;
}

/**
 * Sum of the elements of x times a constant of its shape. Gradient: `dx = dy·weights`.
 *
 * @returns scalar
 */
export function dot(x: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  return operation(
    [x],
    () => ({value: tf.sum(tf.mul(x, weights)), saved: [weights]}),
    (dy, [weights]) => [tf.mul(weights!, dy)]
  ).value as tf.Scalar;
}

/** Sum of scalars, each times a factor. Gradient: `dxᵢ = dy·factor`. */
export function sumOf(scalars: tf.Scalar[], factor = 1): tf.Scalar {
  return operation(
    scalars,
    () => ({value: tf.mul(scalars.length > 1 ? tf.addN(scalars) : scalars[0]!, factor)}),
    (dy) => scalars.map(() => tf.mul(dy, factor))
  ).value as tf.Scalar;
}

/**
 * `a` where the mask is true, `b` elsewhere. Gradient: `dy` goes to whichever was taken.
 *
 * @param mask bool, in the shape of b
 * @param a the shape of b
 * @returns the shape of b
 */
export function select(mask: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return operation(
    [a, b],
    () => ({value: tf.where(mask, a, b), saved: [mask]}),
    (dy, [mask]) => {
      const zeros = tf.zerosLike(dy);
      return [tf.where(mask!, dy, zeros), tf.where(mask!, zeros, dy)];
    }
  ).value;
}

/**
 * Each row divided by its sum: `y = x / Σx`, and 0 where the sum is 0. Gradient:
 * `dx = (dy − Σ dy·y) / Σx`.
 *
 * @param x rows along the last axis
 */
export function scaleRows(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => {
      const sum = tf.sum(x, -1, true);
      const value = tf.divNoNan(x, sum);
      return {value, saved: [value, sum]};
    },
    (dy, [y, sum]) => [tf.divNoNan(tf.sub(dy, tf.sum(tf.mul(dy, y!), -1, true)), sum!)]
  ).value;
}
