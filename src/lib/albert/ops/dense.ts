import type * as tf from "@tensorflow/tfjs-core";
import {isWasm, operation} from "../tensor.js";
import {columnSum, matrixProduct, productOverRows, transposeOf} from "./product.js";

/**
 * Affine map of every row: `y = x·wᵀ + b`.
 *
 * Gradient: `dx = dy·w`, `dw = dyᵀ·x`, `db = Σ_rows dy`.
 *
 * @param x `[rows, in]`
 * @param w `[out, in]`
 * @param b `[out]`
 * @returns `[rows, out]`
 */
export function dense(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const wT = isWasm() ? transposeOf(w) : null;
  return operation(
    [x, w, b],
    () => ({
      value: wT ? matrixProduct(x, wT, false, false, b) : matrixProduct(x, w, false, true, b),
      saved: [x, w]
    }),
    (dy, [x, w]) => [matrixProduct(dy, w!), productOverRows(dy, x!), columnSum(dy)]
  ).value;
}
