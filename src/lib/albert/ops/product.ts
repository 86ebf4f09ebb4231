import * as tf from "@tensorflow/tfjs-core";
import {isWasm} from "../tensor.js";

/**
 * `aᵀ` of a matrix `[rows, columns]`. On wasm a large transpose goes through blocks of rows, which
 * its cache-missing kernel is several times faster at.
 */
export function transposed(a: tf.Tensor): tf.Tensor {
  const [rows, columns] = a.shape as [number, number];
  if (!isWasm() || rows * columns < 1 << 15) return tf.transpose(a);
  const block = [64, 48, 32, 24, 16].find((size) => rows % size === 0);
  if (block === undefined) return tf.transpose(a);
  return tf.tidy(() => {
    const blocks = tf.transpose(tf.reshape(a, [rows / block, block, columns]), [0, 2, 1]);
    return tf.reshape(tf.transpose(blocks, [1, 0, 2]), [columns, rows]);
  });
}

const transposes = new WeakMap<tf.Tensor, tf.Tensor>();

/**
 * The transpose of a weight, made once while it lives: layers that share a weight share its
 * transpose. Call it outside an operation, so that the enclosing `tf.tidy` owns the result.
 *
 * @param w `[out, in]`
 * @returns `[in, out]`
 */
export function transposeOf(w: tf.Tensor): tf.Tensor {
  const known = transposes.get(w);
  if (known && !known.isDisposed) return known;
  const made = transposed(w);
  transposes.set(w, made);
  return made;
}

/**
 * `op(a)·op(b) + bias` of matrices, or of stacks of them. tfjs-webgl packs two rows and two columns
 * into a texel and multiplies what fills up an odd number, which earlier operations leave other than
 * 0; there an odd number of terms gets one more, 0 times 0.
 *
 * @param a `[…, m, k]`, or `[…, k, m]` with transposeA
 * @param b `[…, k, n]`, or `[…, n, k]` with transposeB
 * @param bias `[n]`
 * @returns `[…, m, n]`
 */
export function matrixProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA = false,
  transposeB = false,
  bias?: tf.Tensor
): tf.Tensor {
  const multiply = (a: tf.Tensor, b: tf.Tensor) =>
    bias
      ? tf.fused.matMul({a: a as tf.Tensor2D, b: b as tf.Tensor2D, transposeA, transposeB, bias})
      : tf.matMul(a, b, transposeA, transposeB);
  const terms = a.shape.at(transposeA ? -2 : -1)!;
  if (tf.getBackend() !== "webgl" || terms % 2 === 0) return multiply(a, b);
  const even = (x: tf.Tensor, axisFromEnd: number) =>
    tf.pad(
      x,
      x.shape.map((_, i): [number, number] => [0, i === x.rank - axisFromEnd ? 1 : 0])
    );
  return tf.tidy(() => multiply(even(a, transposeA ? 2 : 1), even(b, transposeB ? 1 : 2)));
}

/**
 * `aᵀ·b`, the product of a weight's gradient. On wasm, whose product with a transposed operand is
 * slow, the wider matrix is transposed and the narrower one packed.
 *
 * @param a `[rows, m]`
 * @param b `[rows, n]`
 * @returns `[m, n]`
 */
export function productOverRows(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!isWasm()) return matrixProduct(a, b, true, false);
  if (a.shape[1]! >= b.shape[1]!) return tf.matMul(transposed(a), b);
  return tf.transpose(tf.matMul(transposed(b), a));
}

/**
 * Products of a stack of matrices, `op(a)·op(b)` for each. tfjs-wasm's own kernel is slow for more
 * than one matrix; there it runs as a depthwise convolution whose channels are the stack:
 * `out[i, c, j] = Σ_k a[i, k, c]·b[k, c, j]`.
 *
 * @param a `[count, m, k]`, or `[count, k, m]` with transposeA
 * @param b `[count, k, n]`, or `[count, n, k]` with transposeB
 * @returns `[count, m, n]`
 */
export function batchProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA = false,
  transposeB = false
): tf.Tensor {
  if (!isWasm()) return matrixProduct(a, b, transposeA, transposeB);
  return tf.tidy(() => {
    const image = tf.transpose(tf.transpose(a, [1, 0, 2]), [0, 2, 1]); // [m, k, count], or [k, m, count]
    const taps = tf.transpose(b, transposeB ? [2, 0, 1] : [1, 0, 2]); // [k, count, n]
    const [height, width, count] = image.shape as [number, number, number];
    const [k, , n] = taps.shape as [number, number, number];
    const m = transposeA ? width : height;
    const out = tf.depthwiseConv2d(
      tf.reshape(image, [1, height, width, count]) as tf.Tensor4D,
      tf.reshape(taps, transposeA ? [k, 1, count, n] : [1, k, count, n]) as tf.Tensor4D,
      1,
      "valid"
    ); // [1, m, 1, count · n], or [1, 1, m, count · n]
    return tf.transpose(tf.reshape(out, [m, count, n]), [1, 0, 2]);
  });
}

/**
 * Sum over the rows of a matrix. On wasm an average pool over one tall window, which reads rows in
 * order where its sum over the first axis transposes.
 *
 * @param x `[rows, columns]`
 * @returns `[columns]`
 */
export function columnSum(x: tf.Tensor): tf.Tensor {
  const [rows, columns] = x.shape as [number, number];
  if (rows === 1) return tf.reshape(tf.clone(x), [columns]);
  if (!isWasm()) return tf.sum(x, 0);
  return tf.tidy(() => {
    const tall = tf.reshape(x, [1, rows, 1, columns]) as tf.Tensor4D;
    return tf.mul(tf.reshape(tf.avgPool(tall, [rows, 1], 1, "valid"), [columns]), rows);
  });
}
