import type * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {activation} from "./ops/activation.js";
import {add} from "./ops/arithmetic.js";
import {attentionContext, attentionProbs} from "./ops/attention.js";
import type {AttentionShape} from "./ops/attention.js";
import {dense} from "./ops/dense.js";
import {dropout, dropoutSite, type DropoutKey, type LayerDropout} from "./ops/dropout.js";
import {layerNorm} from "./ops/layerNorm.js";
import {headsOf, joinHeads, reshape} from "./ops/shape.js";
import type {Parameters} from "./params.js";
import {storageOf, type LayerTensor} from "./sharing.js";

/** What every layer of one forward pass has in common. */
export interface LayerContext {
  params: Parameters;
  config: AlbertConfig;
  shape: AttentionShape;
  /** Added to attention scores; null adds nothing. */
  bias: tf.Tensor | null;
  dropout: DropoutKey | null | undefined;
  /**
   * Passes a value through its site: keeps it if asked for, and returns it as interventions leave
   * it. `toSite` and `fromSite` change between the computation's shape and the site's.
   */
  visit: (
    site: string,
    value: tf.Tensor,
    toSite: (value: tf.Tensor) => tf.Tensor,
    fromSite: (value: tf.Tensor) => tf.Tensor
  ) => tf.Tensor;
}

/**
 * One layer of the encoder, normalised after each half:
 * `a = LN(h + Wo·attention(h))`, `h' = LN(a + W2·act(W1·a))`.
 *
 * @param h `[batch · seq, hidden]`
 * @param depth in [0, effectiveDepth)
 * @returns `[batch · seq, hidden]`
 */
export function encoderLayer(h: tf.Tensor, depth: number, context: LayerContext): tf.Tensor {
  const {config, shape, bias} = context;
  const get = (tensor: LayerTensor) => context.params.get(storageOf(config, depth, tensor))!;
  const linear = (x: tf.Tensor, name: DenseName) =>
    dense(x, get(`${name}.weight`), get(`${name}.bias`));
  const norm = (x: tf.Tensor, name: "attention.LayerNorm" | "full_layer_layer_norm") =>
    layerNorm(x, get(`${name}.weight`), get(`${name}.bias`), config.layerNormEps);
  const drop = (x: tf.Tensor, probability: number, place: LayerDropout) =>
    dropout(x, probability, context.dropout, dropoutSite(depth, place));
  const {pieces, heads, asIs} = siteShapes(shape);
  const visit = (site: string, x: tf.Tensor, {to, from}: SiteShape) =>
    context.visit(`layer.${depth}.${site}`, x, to, from);

  const query = visit("attention.query", linear(h, "attention.query"), heads);
  const key = visit("attention.key", linear(h, "attention.key"), heads);
  const value = visit("attention.value", linear(h, "attention.value"), heads);
  const weights = attentionProbs(query, key, bias, shape); // [batch, heads, from, to]
  const dropped = drop(weights, config.attentionProbsDropoutProb, "probs");
  const probs = visit("attention.probs", dropped, asIs);
  const mixed = visit("attention.context", attentionContext(probs, value, shape), heads);
  const attended = drop(linear(mixed, "attention.dense"), config.hiddenDropoutProb, "attention");
  const sum = add(h, visit("attention.output", attended, pieces));
  const a = visit("attention.normalized", norm(sum, "attention.LayerNorm"), pieces);

  const units = activation(linear(a, "ffn"), config.hiddenAct); // [batch · seq, intermediate]
  const inner = visit("ffn.activation", units, pieces);
  const fed = drop(linear(inner, "ffn_output"), config.hiddenDropoutProb, "ffn");
  const total = add(a, visit("ffn.output", fed, pieces));
  return visit("output", norm(total, "full_layer_layer_norm"), pieces);
}

type DenseName =
  | "attention.query"
  | "attention.key"
  | "attention.value"
  | "attention.dense"
  | "ffn"
  | "ffn_output";

/** How a value is reshaped for its site and back. */
interface SiteShape {
  to: (value: tf.Tensor) => tf.Tensor;
  from: (value: tf.Tensor) => tf.Tensor;
}

/** Changes of shape between rows of pieces and the shapes that sites show. */
export function siteShapes(shape: AttentionShape): Record<"pieces" | "heads" | "asIs", SiteShape> {
  const {batch, seq} = shape;
  return {
    pieces: {
      to: (x) => reshape(x, [batch, seq, x.size / (batch * seq)]),
      from: (x) => reshape(x, [batch * seq, x.size / (batch * seq)])
    },
    heads: {
      to: (x) => headsOf(x, shape),
      from: (x) => joinHeads(x, shape)
    },
    asIs: {to: (x) => x, from: (x) => x}
  };
}
