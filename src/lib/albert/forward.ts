import * as tf from "@tensorflow/tfjs-core";
import {capturePredicate, type CaptureFilter} from "./capture.js";
import type {AlbertConfig} from "./config.js";
import {encoderLayer, siteShapes, type LayerContext} from "./encoder.js";
import {flatInputs, type FlatInputs, type ModelInputs} from "./inputs.js";
import {intervene, interventionsBySite, type Intervention} from "./interventions.js";
import {tanh} from "./ops/arithmetic.js";
import {relu} from "./ops/activation.js";
import type {AttentionShape} from "./ops/attention.js";
import {dense} from "./ops/dense.js";
import {dropout, embeddingsDropoutSite, type DropoutKey} from "./ops/dropout.js";
import {embed, type Lookup} from "./ops/embedding.js";
import {layerNorm} from "./ops/layerNorm.js";
import {gatherRows} from "./ops/rows.js";
import {reshape} from "./ops/shape.js";
import type {Parameters} from "./params.js";
import {bodyPrefix, effectiveDepth} from "./sharing.js";
import {hasPooler} from "./specs.js";
import {isHalfPrecision} from "./tensor.js";

export type {ModelInputs} from "./inputs.js";
export type {Intervention} from "./interventions.js";

/** What a forward pass does besides computing its output. */
export interface EncodeOptions {
  /** Sites to keep; by default none, at no cost. */
  capture?: CaptureFilter;
  /** Training step that dropout masks belong to; absent or null: no dropout. */
  dropout?: DropoutKey | null;
  interventions?: readonly Intervention[];
  /** Whether the plain form is asked for, whatever executor there is. */
  isPlain?: boolean;
}

/** What the encoder returns. */
export interface Encoded {
  /** `[batch, seq, hidden]` */
  sequenceOutput: tf.Tensor3D;
  /** `[batch, hidden]`; absent where the model has no pooler. */
  pooledOutput?: tf.Tensor2D;
  /** Site → value, see `captureSites` for names and shapes. */
  captured: Map<string, tf.Tensor>;
}

/**
 * Another way to compute what `encode` does, or null where it cannot.
 *
 * @param changes checked interventions, by site
 */
export type EncodeExecutor = (
  params: Parameters,
  inputs: FlatInputs,
  config: AlbertConfig,
  options: EncodeOptions,
  changes: ReadonlyMap<string, Intervention[]>
) => Encoded | null;

/** A head that goes row by row: the masked LM's, or the dense layer of that name. */
export type RowHead = "vocabulary" | "sop_classifier.classifier" | "classifier" | "qa_outputs";

/** What the head for texts that are read apart knows of their pieces besides the states. */
export interface ComparedPieces {
  /** Positions of a row. */
  sequence: number;
  /** `[batch, seq]` */
  inputIds: Int32Array;
  /** 1 for pieces that are compared, else 0, `[batch, seq]`. */
  inner: Float32Array;
}

/**
 * Another way to compute what a head makes of states, or null where it cannot.
 *
 * @param states `[rows, hidden]`
 * @param pieces of the rows, for the head that compares texts
 * @returns `[rows, classes]`; of texts that are compared `[pairs, classes]`
 */
export type HeadExecutor = (
  params: Parameters,
  states: tf.Tensor2D,
  config: AlbertConfig,
  head: RowHead | "alignment",
  pieces?: ComparedPieces
) => tf.Tensor2D | null;

/** What computes the parts of a model that is asked and not trained. */
export interface ForwardExecutor {
  encode: EncodeExecutor;
  head: HeadExecutor;
}

let executor: ForwardExecutor | null = null;

/** Lets `encode` and the heads try an executor before their plain form; null for that alone. */
export function useForwardExecutor(other: ForwardExecutor | null): void {
  executor = other;
}

/** Logits of rows by the executor in use, or null where there is none or it cannot. */
export const headOnExecutor: HeadExecutor = (...given) => executor?.head(...given) ?? null;

/**
 * The encoder: embeddings, normalised and projected, then `effectiveDepth` layers, then the pooler
 * if the model has one. A pure function; differentiable with respect to the parameters and to
 * tensors given in interventions.
 *
 * The returned tensors belong to the enclosing `tf.tidy`, or to the caller, who disposes every one
 * (`disposeEncoded`); everything else is freed.
 *
 * @throws InputError if inputs or interventions do not fit the model
 */
export function encode(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  options: EncodeOptions = {}
): Encoded {
  const given = flatInputs(inputs, config);
  const changes = interventionsBySite(config, options.interventions);
  const planned = options.isPlain
    ? null
    : executor?.encode(params, given, config, options, changes);
  if (planned) return planned;
  const isCaptured = capturePredicate(options.capture);
  const result = tf.tidy(() => {
    const captured: Record<string, tf.Tensor> = {};
    const visit: LayerContext["visit"] = (site, value, toSite, fromSite) => {
      const applied = changes.get(site);
      const keep = isCaptured(site);
      if (!applied && !keep) return value;
      const changed = applied ? intervene(toSite(value), applied) : toSite(value);
      if (keep) captured[site] = reshape(changed, changed.shape);
      return applied ? fromSite(changed) : value;
    };
    return {...encodeFlat(params, given, config, options.dropout, visit), captured};
  });
  return {...result, captured: new Map(Object.entries(result.captured))};
}

/** Frees what `encode` returned, where no `tf.tidy` does. */
export function disposeEncoded({sequenceOutput, pooledOutput, captured}: Encoded): void {
  sequenceOutput.dispose();
  pooledOutput?.dispose();
  for (const tensor of captured.values()) tensor.dispose();
}

function encodeFlat(
  params: Parameters,
  given: FlatInputs,
  config: AlbertConfig,
  dropoutKey: DropoutKey | null | undefined,
  visit: LayerContext["visit"]
): Pick<Encoded, "sequenceOutput" | "pooledOutput"> {
  const {batch, sequence} = given;
  const {hiddenSize, numAttentionHeads: heads} = config;
  const shape: AttentionShape = {batch, seq: sequence, heads, size: hiddenSize / heads};
  const {pieces, asIs} = siteShapes(shape);
  const get = (name: string) => params.get(bodyPrefix(config) + name)!;

  const summed = embed(lookups(get, given, config)); // [batch · seq, embedding]
  const normal = layerNorm(
    summed,
    get("embeddings.LayerNorm.weight"),
    get("embeddings.LayerNorm.bias"),
    config.layerNormEps
  );
  const embedded = visit(
    "embeddings",
    dropout(normal, config.hiddenDropoutProb, dropoutKey, embeddingsDropoutSite),
    pieces.to,
    pieces.from
  );
  const mapping = "encoder.embedding_hidden_mapping_in";
  const projected = config.factorisation
    ? dense(embedded, get(`${mapping}.weight`), get(`${mapping}.bias`))
    : embedded;
  let h = visit("embeddings.projected", projected, pieces.to, pieces.from); // [batch · seq, hidden]

  const bias = attentionBias(given);
  const context: LayerContext = {params, config, shape, bias, dropout: dropoutKey, visit};
  for (let depth = 0; depth < effectiveDepth(config); ++depth) h = encoderLayer(h, depth, context);

  const sequenceOutput = reshape(h, [batch, sequence, hiddenSize]) as tf.Tensor3D;
  if (!hasPooler(config)) return {sequenceOutput};
  const first = tf.tensor1d(
    Int32Array.from({length: batch}, (_, row) => row * sequence),
    "int32"
  );
  const linear = dense(gatherRows(h, first), get("pooler.weight"), get("pooler.bias"));
  const pooled = config.pooler === "relu" ? relu(linear) : tanh(linear);
  return {sequenceOutput, pooledOutput: visit("pooler", pooled, asIs.to, asIs.from) as tf.Tensor2D};
}

function lookups(
  get: (name: string) => tf.Tensor,
  {inputIds, positionIds, tokenTypeIds}: FlatInputs,
  {typeVocabSize}: AlbertConfig
): Lookup[] {
  const lookup = (table: string, ids: Int32Array): Lookup => ({
    table: get(`embeddings.${table}_embeddings.weight`),
    indices: tf.tensor1d(ids, "int32")
  });
  const words = lookup("word", inputIds);
  const positions = lookup("position", positionIds);
  return typeVocabSize > 0
    ? [words, lookup("token_type", tokenTypeIds), positions]
    : [words, positions];
}

/**
 * What is added to a score that must not be attended to: the lowest float32, as in the reference, or
 * on a GPU a number which its maximum and exponential take, and which swallows a score just the same.
 */
function maskedScore(): number {
  if (!tf.getBackend().startsWith("webg")) return -3.4028234663852886e38;
  return isHalfPrecision() ? -3e4 : -1e15;
}

/**
 * What is added to attention scores: 0 to attend, `maskedScore` not to, broadcast over heads.
 * A piece with nothing to attend to gets equal probabilities.
 *
 * @returns `[batch, 1, 1 or from, to]`, or null if everything is attended to
 */
function attentionBias({attentionMask, batch, sequence}: FlatInputs): tf.Tensor | null {
  if (!attentionMask) return null;
  const from = attentionMask.length / (batch * sequence);
  const lowest = maskedScore();
  const bias = attentionMask.map((x) => (1 - x) * lowest);
  return tf.tensor(bias, [batch, 1, from, sequence]);
}
