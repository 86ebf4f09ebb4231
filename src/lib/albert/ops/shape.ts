import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import type {AttentionShape} from "./attention.js";
import {oneHotRows} from "./rows.js";

/** The same elements in another shape. Gradient: `dy` in the shape of x. */
export function reshape(x: tf.Tensor, shape: number[]): tf.Tensor {
  return operation(
    [x],
    () => ({value: tf.reshape(x, shape)}),
    (dy) => [tf.reshape(dy, x.shape)]
  ).value;
}

/**
 * One column of a matrix. Gradient: `dy` in that column, 0 elsewhere.
 *
 * @param x `[rows, columns]`
 * @returns `[rows, 1]`
 */
export function column(x: tf.Tensor, index: number): tf.Tensor {
  const [rows, columns] = x.shape as [number, number];
  return operation(
    [x],
    () => ({value: tf.slice(x, [0, index], [rows, 1])}),
    (dy) => [tf.mul(dy, oneHotRows(tf.tensor1d([index], "int32"), columns))]
  ).value;
}

/**
 * A tensor repeated along axes of size 1 (and new ones in front). Gradient: `dy` summed over the
 * copies.
 */
export function broadcast(x: tf.Tensor, shape: number[]): tf.Tensor {
  return operation(
    [x],
    () => ({value: tf.clone(tf.broadcastTo(tf.reshape(x, paddedShape(x.shape, shape)), shape))}),
    (dy) => [sumOverCopies(dy, x.shape)]
  ).value;
}

/** Sums over the copies that broadcasting a tensor of this shape made; a tensor of its own. */
export function sumOverCopies(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const padded = paddedShape(shape, dy.shape);
  const axes = dy.shape.flatMap((size, axis) => (size !== padded[axis] ? [axis] : []));
  return tf.reshape(axes.length ? tf.sum(dy, axes, true) : tf.clone(dy), shape);
}

const paddedShape = (shape: readonly number[], full: readonly number[]): number[] => [
  ...Array<number>(full.length - shape.length).fill(1),
  ...shape
];

/** `[batch · seq, heads · size]` → `[batch, heads, seq, size]`. Gradient: `joinHeads` of `dy`. */
export function headsOf(x: tf.Tensor, shape: AttentionShape): tf.Tensor {
  return operation(
    [x],
    () => ({value: splitHeads(x, shape)}),
    (dy) => [mergeHeads(dy, shape)]
  ).value;
}

/** `[batch, heads, seq, size]` → `[batch · seq, heads · size]`. Gradient: `headsOf` of `dy`. */
export function joinHeads(x: tf.Tensor, shape: AttentionShape): tf.Tensor {
  return operation(
    [x],
    () => ({value: mergeHeads(x, shape)}),
    (dy) => [splitHeads(dy, shape)]
  ).value;
}

/** `headsOf` without a gradient. */
export function splitHeads(x: tf.Tensor, {batch, seq, heads, size}: AttentionShape): tf.Tensor {
  return tf.transpose(tf.reshape(x, [batch, seq, heads, size]), [0, 2, 1, 3]);
}

/** `joinHeads` without a gradient; the batch and heads axes may be one. */
export function mergeHeads(x: tf.Tensor, {batch, seq, heads, size}: AttentionShape): tf.Tensor {
  const merged = tf.transpose(tf.reshape(x, [batch, heads, seq, size]), [0, 2, 1, 3]);
  return tf.reshape(merged, [batch * seq, heads * size]);
}
