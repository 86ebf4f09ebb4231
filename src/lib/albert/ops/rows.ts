import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import {matrixProduct} from "./product.js";

/** Largest one-hot matrix that `scatterRows` makes at once, in numbers. */
const largestOneHot = 1 << 22;

/**
 * Rows of a matrix by index: `y[i] = x[indices[i]]`.
 *
 * Gradient: rows of `dy` added at their index, `dx = scatterRows(indices, dy, rows)`.
 *
 * @param x `[rows, width]`
 * @param indices `[count]` int32, each in [0, rows), repeats allowed
 * @returns `[count, width]`
 */
export function gatherRows(x: tf.Tensor, indices: tf.Tensor1D): tf.Tensor {
  const rows = x.shape[0]!;
  return operation(
    [x],
    () => ({value: takeRows(x, indices), saved: [indices]}),
    (dy, [indices]) => [scatterRows(indices as tf.Tensor1D, dy, rows)]
  ).value;
}

/** `gatherRows` without a gradient. Copies whole rows, which tfjs-wasm's `gather` does not. */
export function takeRows(x: tf.Tensor, indices: tf.Tensor1D): tf.Tensor {
  return tf.gatherND(x, tf.reshape(indices, [indices.size, 1]));
}

/**
 * Adds rows at their index: `out[r] = Σ_{i: indices[i] = r} updates[i]`. On webgpu, whose scatter
 * adds in no fixed order, and webgl, whose scatter of an odd number of rows adds one that is not
 * there, as a product with a one-hot matrix, in pieces that bound its size.
 *
 * @param indices `[count]` int32
 * @param updates `[count, width]`
 * @returns `[rows, width]`
 */
export function scatterRows(indices: tf.Tensor1D, updates: tf.Tensor, rows: number): tf.Tensor {
  const [count, width] = updates.shape as [number, number];
  if (!tf.getBackend().startsWith("webg"))
    return tf.scatterND(tf.reshape(indices, [count, 1]), updates, [rows, width]);
  return tf.tidy(() => {
    const step = Math.max(1, Math.floor(largestOneHot / count));
    const parts: tf.Tensor[] = [];
    for (let from = 0; from < rows; from += step) {
      const depth = Math.min(step, rows - from);
      const local = tf.sub<tf.Tensor1D>(indices, tf.scalar(from, "int32"));
      parts.push(matrixProduct(oneHotRows(local, depth), updates, true, false));
    }
    return parts.length === 1 ? parts[0]! : tf.concat(parts);
  });
}

/**
 * Rows that are 1 at their index and 0 elsewhere. (tfjs's `oneHot` refuses a depth of 1, and on wasm
 * fills a float tensor with the bits of integers.)
 *
 * @param indices `[count]` int32; one outside [0, depth) gives a row of 0
 * @returns `[count, depth]`
 */
export function oneHotRows(indices: tf.Tensor1D, depth: number): tf.Tensor {
  if (depth > 1) return tf.cast(tf.oneHot(indices, depth), "float32");
  const isFirst = tf.equal(indices, tf.scalar(0, "int32"));
  return tf.reshape(tf.cast(isFirst, "float32"), [indices.size, 1]);
}
