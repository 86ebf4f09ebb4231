import * as tf from "@tensorflow/tfjs-core";
import {philox, streamKey} from "../../random.js";
import {operation} from "../tensor.js";

/** What the masks of one training step are a function of. */
export interface DropoutKey {
  /** Integer in [0, 2³²). */
  seed: number;
  /** Training step, an integer in [0, 2³²). */
  step: number;
}

/**
 * Drops elements with a probability and scales the others: `y = x·mask`, `mask` 0 or `1/(1 − p)`.
 * A probability of 0 or no key returns x itself.
 *
 * Gradient: `dx = dy·mask`.
 *
 * @param probability p in [0, 1)
 * @param site which dropout of the model this is; see `dropoutSite`
 * @returns the shape of x
 */
export function dropout(
  x: tf.Tensor,
  probability: number,
  key: DropoutKey | null | undefined,
  site: number
): tf.Tensor {
  if (!key || probability === 0) return x;
  const mask = tf.tensor(dropoutMask(x.size, probability, key, site), x.shape);
  return operation(
    [x],
    () => ({value: tf.mul(x, mask), saved: [mask]}),
    (dy, [mask]) => [tf.mul(dy, mask!)]
  ).value;
}

/** Dropout sites of a layer, in the order they are applied. */
export type LayerDropout = "probs" | "attention" | "ffn";

const layerSites: readonly LayerDropout[] = ["probs", "attention", "ffn"];

/** Number of a layer's dropout: `1 + 3·depth + 0, 1, 2`; 0 is the embeddings'. */
export function dropoutSite(depth: number, place: LayerDropout): number {
  return 1 + 3 * depth + layerSites.indexOf(place);
}

/** Number of the embeddings' dropout. */
export const embeddingsDropoutSite = 0;

/** Number of the dropout in front of a classifier. */
export const classifierDropoutSite = 0x7fffffff;

/**
 * The mask of a site, the same on every executor. Two words `k0, k1` come from Philox with counter
 * `(0, 0, step, site)` and key `(seed, dropout)`; element i is kept when
 * `mix(mix(i xor k0) + k1) ≥ p·2³²`, where `mix` is the 32-bit finaliser
 * `x ^= x >>> 16; x *= 0x7feb352d; x ^= x >>> 15; x *= 0x846ca68b; x ^= x >>> 16`.
 *
 * @see https://nullprogram.com/blog/2018/07/31/ for the finaliser
 */
export function dropoutMask(
  size: number,
  probability: number,
  key: DropoutKey,
  site: number
): Float32Array {
  const {k0, k1, threshold, kept} = dropoutWords(probability, key, site);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; ++i) {
    let x = i ^ k0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    x = ((x ^ (x >>> 16)) + k1) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    x ^= x >>> 16;
    mask[i] = x >>> 0 >= threshold ? kept : 0;
  }
  return mask;
}

/** What a mask is drawn from: two words, the least draw that is kept, and the factor then. */
export function dropoutWords(
  probability: number,
  {seed, step}: DropoutKey,
  site: number
): {k0: number; k1: number; threshold: number; kept: number} {
  const words = new Uint32Array(4);
  philox(words, 0, 0, step >>> 0, site >>> 0, seed >>> 0, streamKey("dropout"));
  return {
    k0: words[0]!,
    k1: words[1]!,
    threshold: Math.ceil(probability * 4294967296),
    kept: 1 / (1 - probability)
  };
}
