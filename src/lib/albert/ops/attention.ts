import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import {batchProduct} from "./product.js";
import {mergeHeads, splitHeads} from "./shape.js";

/** Sizes of an attention layer; `heads · size` is the hidden width. */
export interface AttentionShape {
  batch: number;
  seq: number;
  heads: number;
  /** Width of one head. */
  size: number;
}

/**
 * Attention probabilities: `softmax_to(q·kᵀ/√size + bias)`.
 *
 * Gradient: `ds = p·(dp − Σ_to dp·p)`, `dq = ds·k/√size`, `dk = dsᵀ·q/√size`.
 *
 * @param query `[batch · seq, heads · size]`
 * @param key the same shape
 * @param bias added to the scores, broadcast to `[batch, heads, from, to]`; null adds nothing
 * @returns `[batch, heads, from, to]`, rows sum to 1
 */
export function attentionProbs(
  query: tf.Tensor,
  key: tf.Tensor,
  bias: tf.Tensor | null,
  shape: AttentionShape
): tf.Tensor {
  const {batch, seq, heads, size} = shape;
  const scale = 1 / Math.sqrt(size);
  const full = [batch, heads, seq, seq];
  const stacked = (x: tf.Tensor) => tf.reshape(splitHeads(x, shape), [batch * heads, seq, size]);
  return operation(
    [query, key],
    () => {
      const q = tf.mul(stacked(query), scale); // [batch · heads, seq, size]
      const k = stacked(key);
      const scores = tf.reshape(batchProduct(q, k, false, true), full);
      const probs = tf.softmax(bias ? tf.add(scores, bias) : scores);
      return {value: probs, saved: [q, k, probs]};
    },
    (dy, [q, k, probs]) => {
      const ofRow = tf.sum(tf.mul(dy, probs!), -1, true);
      const ds = tf.reshape(tf.mul(probs!, tf.sub(dy, ofRow)), [batch * heads, seq, seq]);
      const dq = mergeHeads(batchProduct(ds, k!), shape);
      return [tf.mul(dq, scale), mergeHeads(batchProduct(ds, q!, true, false), shape)];
    }
  ).value;
}

/**
 * Values averaged by attention: `context = probs·value`, head by head.
 *
 * Gradient: `dprobs = dcontext·valueᵀ`, `dvalue = probsᵀ·dcontext`.
 *
 * @param probs `[batch, heads, from, to]`
 * @param value `[batch · seq, heads · size]`
 * @returns `[batch · seq, heads · size]`
 */
export function attentionContext(
  probs: tf.Tensor,
  value: tf.Tensor,
  shape: AttentionShape
): tf.Tensor {
  const {batch, seq, heads, size} = shape;
  const stacked = (x: tf.Tensor) => tf.reshape(splitHeads(x, shape), [batch * heads, seq, size]);
  return operation(
    [probs, value],
    () => {
      const p = tf.reshape(probs, [batch * heads, seq, seq]);
      const v = stacked(value);
      return {value: mergeHeads(batchProduct(p, v), shape), saved: [p, v]};
    },
    (dy, [p, v]) => {
      const d = stacked(dy);
      const dp = tf.reshape(batchProduct(d, v!, false, true), probs.shape);
      return [dp, mergeHeads(batchProduct(p!, d, true, false), shape)];
    }
  ).value;
}
