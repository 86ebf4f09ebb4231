import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ModelInputs} from "../forward.js";
import {encode} from "../forward.js";
import {lossAndGradients} from "../gradients.js";
import type {Intervention} from "../interventions.js";
import type {Parameters} from "../params.js";
import {effectiveDepth} from "../sharing.js";
import {product, type Square} from "./rollout.js";

/**
 * How a score depends on every attention weight: the weights and the score's derivative by each,
 * through everything behind it.
 *
 * @param score a differentiable scalar of the encoder's output
 * @returns `[depth, heads, from, to]` of one row of input
 */
export async function attentionGradients(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  score: (sequenceOutput: tf.Tensor3D) => tf.Scalar
): Promise<{
  probs: Float32Array;
  gradients: Float32Array;
  shape: [number, number, number, number];
}> {
  const depths = effectiveDepth(config);
  const heads = config.numAttentionHeads;
  const sites = Array.from({length: depths}, (_, depth) => `layer.${depth}.attention.probs`);
  const tensors = tf.tidy(() => {
    const {captured} = encode(params, inputs, config, {capture: sites});
    const probs = tf.concat(sites.map((site) => captured.get(site)!));
    // Something is added to each weight, namely nothing; the derivative by it is the weight's.
    const added: Parameters = new Map(
      sites.map((site) => [site, tf.zerosLike(captured.get(site)!)])
    );
    const interventions: Intervention[] = sites.map((site) => ({
      type: "add",
      site,
      value: added.get(site)!
    }));
    const {gradients} = lossAndGradients(added, () => ({
      loss: score(encode(params, inputs, config, {interventions}).sequenceOutput)
    }));
    return {probs, gradients: tf.concat(sites.map((site) => gradients.get(site)!))};
  });
  const probs = (await tensors.probs.data<"float32">()).slice();
  const gradients = (await tensors.gradients.data<"float32">()).slice();
  tf.dispose(tensors);
  const n = Math.round(Math.sqrt(probs.length / depths / heads));
  return {probs, gradients, shape: [depths, heads, n, n]};
}

/**
 * Gradient × attention, rolled out: `Ā_l` is the mean over the heads of the positive part of
 * weight times derivative, and `R ← R + Ā_l·R` from `R = I`. Row i of the result is what the score
 * of position i draws from the inputs; it is not scaled.
 *
 * @param shape `[depth, heads, n, n]` of both arrays
 * @see Chefer, Gur and Wolf 2021, equations 5 and 6, https://arxiv.org/abs/2103.15679
 */
export function gradientRollout(
  probs: ArrayLike<number>,
  gradients: ArrayLike<number>,
  [depths, heads, n]: readonly [number, number, number, number]
): Square {
  let relevance: Square = new Float64Array(n * n);
  for (let i = 0; i < n; ++i) relevance[i * n + i] = 1;
  for (let depth = 0; depth < depths; ++depth) {
    const mean = new Float64Array(n * n);
    for (let head = 0; head < heads; ++head) {
      const start = (depth * heads + head) * n * n;
      for (let i = 0; i < n * n; ++i)
        mean[i]! += Math.max(0, probs[start + i]! * gradients[start + i]!) / heads;
    }
    const passed = product(mean, relevance, n);
    relevance = relevance.map((r, i) => r + passed[i]!);
  }
  return relevance;
}
