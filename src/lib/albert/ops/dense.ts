import * as tf from "@tensorflow/tfjs-core";
import {isWasm, operation} from "../tensor.js";
import {columnSum, productOverRows, transposeOf} from "./product.js";

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
      value: wT
        ? tf.fused.matMul({a: x as tf.Tensor2D, b: wT as tf.Tensor2D, bias: b})
        : tf.fused.matMul({a: x as tf.Tensor2D, b: w as tf.Tensor2D, transposeB: true, bias: b}),
      saved: [x, w]
    }),
    (dy, [x, w]) => [tf.matMul(dy, w!), productOverRows(dy, x!), columnSum(dy)]
  ).value;
}
