import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import {encode, type ModelInputs} from "../forward.js";
import {activation} from "../ops/activation.js";
import {dense} from "../ops/dense.js";
import {layerNorm} from "../ops/layerNorm.js";
import type {Parameters} from "../params.js";
import {effectiveDepth, storageOf, type LayerTensor} from "../sharing.js";
import type {Square} from "./rollout.js";

/** What each position takes from each, at one depth. */
export interface Contributions {
  /** `[from, to]`: length of the vector that `to` sends to `from`, `‖Σ_heads α·f(x_to)‖`. */
  norms: Square;
  /** `[from, to]`: cosine distance by which the layer's output at `from` moves without the value of `to`. */
  zeroing: Square;
}

/** Rows of the feed-forward layer that are computed at once, in numbers. */
const largest = 1 << 22;

/**
 * Norm-weighted attention and value zeroing at every depth, for one row of input.
 *
 * Both rest on the vectors `d_ij = Σ_h α^h_ij·f_h(x_j)`, `f_h(x) = (x·W_V + b_V)·W_O` of head h:
 * the first is their length, the second how far `LN(a + FFN(a))` with `a = LN(x_i + o_i − d_ij)`
 * turns from the layer's output, `o_i` being attention's output.
 *
 * @returns one for each depth
 * @see Kobayashi et al. 2020, section 3, https://arxiv.org/abs/2004.10102
 * @see Mohebbi et al. 2023, section 3, https://arxiv.org/abs/2301.12971
 */
export async function contributions(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig
): Promise<Contributions[]> {
  const result: Contributions[] = [];
  for (let depth = 0; depth < effectiveDepth(config); ++depth) {
    const {norms, zeroing} = tf.tidy(() => oneDepth(params, inputs, config, depth));
    result.push({
      norms: Float64Array.from(await norms.data<"float32">()),
      zeroing: Float64Array.from(await zeroing.data<"float32">())
    });
    tf.dispose([norms, zeroing]);
  }
  return result;
}

function oneDepth(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  depth: number
): {norms: tf.Tensor; zeroing: tf.Tensor} {
  const get = (tensor: LayerTensor) => params.get(storageOf(config, depth, tensor))!;
  const site = (name: string) => `layer.${depth}.${name}`;
  const below = depth === 0 ? "embeddings.projected" : `layer.${depth - 1}.output`;
  const sites = [
    below,
    ...["attention.value", "attention.probs", "attention.output", "output"].map(site)
  ];
  const {captured} = encode(params, inputs, config, {capture: sites});
  const at = (name: string) => tf.squeeze(captured.get(name)!, [0]);
  const value = at(site("attention.value")); // [heads, n, size]
  const [heads, n, size] = value.shape as [number, number, number];
  const hidden = heads * size;
  const mixing = tf.reshape(tf.transpose(get("attention.dense.weight")), [heads, size, hidden]);
  const sentByHead = tf.matMul(value, mixing); // [heads, to, hidden]
  const sent = tf.transpose(sentByHead, [1, 0, 2]); // [to, heads, hidden]
  const shares = tf.transpose(at(site("attention.probs")), [2, 1, 0]); // [to, from, heads]
  const residual = tf.add(at(below), at(site("attention.output"))); // [from, hidden]
  const output = unit(at(site("output")));

  const norms: tf.Tensor[] = [];
  const zeroing: tf.Tensor[] = [];
  const step = Math.max(1, Math.floor(largest / (n * config.intermediateSize)));
  for (let start = 0; start < n; start += step) {
    const count = Math.min(step, n - start);
    const [length, turn] = tf.tidy(() => {
      const part = (x: tf.Tensor) => tf.slice(x, [start, 0, 0], [count, -1, -1]);
      const vectors = tf.matMul(part(shares), part(sent)); // [count, from, hidden]
      const without = tf.reshape(tf.sub(residual, vectors), [count * n, hidden]);
      const moved = tf.reshape(secondHalf(without, get, config), [count, n, hidden]);
      const cosine = tf.sum(tf.mul(unit(moved), output), -1); // [count, from]
      return [tf.norm(vectors, 2, -1), tf.maximum(tf.sub(1, cosine), 0)] as const;
    });
    norms.push(length);
    zeroing.push(turn);
  }
  return {norms: tf.transpose(tf.concat(norms, 0)), zeroing: tf.transpose(tf.concat(zeroing, 0))};
}

/** The rest of a layer, from the sum of its input and attention's output: `[rows, hidden]`. */
function secondHalf(
  sum: tf.Tensor,
  get: (tensor: LayerTensor) => tf.Tensor,
  {layerNormEps, hiddenAct}: AlbertConfig
): tf.Tensor {
  const norm = (x: tf.Tensor, name: "attention.LayerNorm" | "full_layer_layer_norm") =>
    layerNorm(x, get(`${name}.weight`), get(`${name}.bias`), layerNormEps);
  const a = norm(sum, "attention.LayerNorm");
  const inner = activation(dense(a, get("ffn.weight"), get("ffn.bias")), hiddenAct);
  const fed = dense(inner, get("ffn_output.weight"), get("ffn_output.bias"));
  return norm(tf.add(a, fed), "full_layer_layer_norm");
}

/** Vectors of length 1 along the last axis. */
function unit(x: tf.Tensor): tf.Tensor {
  return tf.divNoNan(x, tf.norm(x, 2, -1, true));
}
