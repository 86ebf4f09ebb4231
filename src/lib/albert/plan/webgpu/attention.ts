/** Attention of all heads at once: matrix products over a grid of heads, and softmax between them. */
import type {AttentionSizes} from "../attentionInstructions.js";
import {multiply} from "./elementwise.js";
import type {Dispatch, Sharing} from "./kernel.js";
import type {Factor, Product} from "./product.js";
import {multiply as multiplyMatrices} from "./products.js";
import {softmax, softmaxBackward} from "./rows.js";

/** Numbers of scratch that either direction needs: the dropped weights, and the gradient of all. */
export function attentionScratch({batch, sequence, heads}: AttentionSizes, isDropped: boolean) {
  const square = roundUp(batch * heads * sequence * sequence);
  return {forward: isDropped ? square : 0, backward: isDropped ? 2 * square : square};
}

const roundUp = (numbers: number) => 4 * Math.ceil(numbers / 4);

/** How the heads lie in q, k and v (side by side, [batch·seq, 3H]), in the weights and the context. */
function factors({sequence: S, heads, size: D}: AttentionSizes) {
  const H = heads * D;
  /** Heads beside each other in rows of `width`. */
  const rows = (at: number, width: number): Factor => ({
    at,
    rowStep: width,
    columnStep: 1,
    outer: S * width,
    inner: D
  });
  return {
    q: (qkv: number) => rows(qkv, 3 * H),
    k: (qkv: number) => rows(qkv + H, 3 * H),
    v: (qkv: number) => rows(qkv + 2 * H, 3 * H),
    context: (at: number) => rows(at, H),
    weights: (at: number): Factor => ({
      at,
      rowStep: S,
      columnStep: 1,
      outer: heads * S * S,
      inner: S * S
    })
  };
}

const transposed = (factor: Factor): Factor => ({
  ...factor,
  rowStep: factor.columnStep,
  columnStep: factor.rowStep
});

/** Products of all heads at once. */
const onHeads =
  ({batch, heads}: AttentionSizes, sharing: Sharing) =>
  (product: Product) =>
    multiplyMatrices({...product, grid: {outer: batch, inner: heads}}, sharing, null);

/**
 * `context = dropout(softmax(q·kᵀ/√size + bias))·v`; keeps the weights before dropout in `probs`.
 *
 * @param isApart whether each piece that looks has a row of the bias
 */
export function attention(
  {qkv, bias, probs, context}: Record<"qkv" | "bias" | "probs" | "context", number>,
  drop: number | null,
  isApart: boolean,
  sizes: AttentionSizes,
  scratch: number,
  sharing: Sharing
): Dispatch[] {
  const {batch, sequence: S, heads, size: D} = sizes;
  const at = factors(sizes);
  const product = onHeads(sizes, sharing);
  const shared = {rows: heads * S, biasRows: isApart ? S : 1};
  const mask = drop === null ? null : {drop, kept: scratch};
  return [
    ...product({
      a: at.q(qkv),
      b: transposed(at.k(qkv)),
      c: at.weights(probs),
      m: S,
      n: S,
      k: D
    }),
    softmax(probs, bias, mask, batch * heads * S, S, shared, 1 / Math.sqrt(D), sharing),
    ...product({
      a: at.weights(mask ? mask.kept : probs),
      b: at.v(qkv),
      c: at.context(context),
      m: S,
      n: D,
      k: S
    })
  ];
}

/**
 * Gradient of `attention` at its queries, keys and values.
 *
 * @param changed the weights that averaged where they are not `probs·drop`, and the derivative by them
 */
export function attentionBackward(
  {qkv, probs, dContext, dQkv}: Record<"qkv" | "probs" | "dContext" | "dQkv", number>,
  drop: number | null,
  changed: {used: number; dUsed: number} | null,
  sizes: AttentionSizes,
  scratch: number,
  sharing: Sharing
): Dispatch[] {
  const {batch, sequence: S, heads, size: D} = sizes;
  const at = factors(sizes);
  const product = onHeads(sizes, sharing);
  const n = batch * heads * S * S;
  const d = scratch;
  const kept = scratch + roundUp(n);
  const isDropped = drop !== null && !changed;
  const used = changed?.used ?? (isDropped ? kept : probs);
  const dUsed = changed?.dUsed ?? d;
  const dropping = !isDropped ? [] : [multiply({x: probs, y: drop, z: kept, n, isPadded: true})];
  return [
    ...dropping,
    ...product({
      a: transposed(at.weights(used)),
      b: at.context(dContext),
      c: at.v(dQkv),
      m: S,
      n: D,
      k: S
    }),
    ...product({
      a: at.context(dContext),
      b: transposed(at.v(qkv)),
      c: at.weights(dUsed),
      m: S,
      n: S,
      k: D,
      accumulate: changed !== null
    }),
    softmaxBackward(probs, dUsed, d, drop, batch * heads * S, S, 1 / Math.sqrt(D), sharing),
    ...product({
      a: at.weights(d),
      b: at.k(qkv),
      c: at.q(dQkv),
      m: S,
      n: D,
      k: S
    }),
    ...product({
      a: transposed(at.weights(d)),
      b: at.q(qkv),
      c: at.k(dQkv),
      m: S,
      n: D,
      k: S
    })
  ];
}
