import {Random} from "../random.js";
import type {AlbertConfig} from "./config.js";
import {bodyPrefix, effectiveDepth, layerTensors, storageOf, type LayerTensor} from "./sharing.js";

/** What a parameter belongs to. */
export type ParameterPart =
  "embeddings" | "factorisation" | "attention" | "ffn" | "pooler" | "mlm" | "sentence" | "head";

/** One parameter: its Hugging Face name, shape, way of initialising and part of the model. */
export interface ParameterSpec {
  name: string;
  shape: number[];
  init: "normal" | "zeros" | "ones";
  part: ParameterPart;
}

/** Parameters as numbers: name → shape and values in row-major order. */
export type ParameterData = Map<string, {shape: number[]; data: Float32Array<ArrayBufferLike>}>;

/** Architectures whose body ends in a pooler. */
const pooled = new Set([
  "AlbertModel",
  "AlbertForPreTraining",
  "AlbertForSequenceClassification",
  "AlbertForMultipleChoice"
]);

/** Whether this model has a pooler: its family does and its head needs one. */
export function hasPooler({pooler, architecture}: AlbertConfig): boolean {
  if (pooler === "none" || !pooled.has(architecture)) return false;
  return (
    pooler === "tanh" || architecture.endsWith("Classification") || architecture.endsWith("Choice")
  );
}

/** Whether this model has a masked LM head. */
export function hasMaskedLm({architecture}: AlbertConfig): boolean {
  return architecture === "AlbertForPreTraining" || architecture === "AlbertForMaskedLM";
}

/**
 * Every parameter of a model, in the order of its Hugging Face layout, shared tensors once.
 * Dense weights are `[out, in]`.
 */
export function parameterSpecs(config: AlbertConfig): ParameterSpec[] {
  const {embeddingSize: E, hiddenSize: H} = config;
  const prefix = bodyPrefix(config);
  const specs: ParameterSpec[] = [];
  const add = (part: ParameterPart, name: string, ...shape: number[]): void => {
    specs.push({name, shape, init: initOf(name), part});
  };
  const pair = (part: ParameterPart, name: string, ...shape: number[]): void => {
    add(part, `${name}.weight`, ...shape);
    add(part, `${name}.bias`, shape[0]!);
  };
  add("embeddings", `${prefix}embeddings.word_embeddings.weight`, config.vocabSize, E);
  add(
    "embeddings",
    `${prefix}embeddings.position_embeddings.weight`,
    config.maxPositionEmbeddings,
    E
  );
  if (config.typeVocabSize > 0)
    add("embeddings", `${prefix}embeddings.token_type_embeddings.weight`, config.typeVocabSize, E);
  pair("embeddings", `${prefix}embeddings.LayerNorm`, E);
  if (config.factorisation)
    pair("factorisation", `${prefix}encoder.embedding_hidden_mapping_in`, H, E);
  const stored = new Set<string>();
  for (let depth = 0; depth < effectiveDepth(config); ++depth)
    for (const tensor of layerTensors) {
      const name = storageOf(config, depth, tensor);
      if (stored.has(name)) continue;
      stored.add(name);
      add(
        tensor.startsWith("attention.") ? "attention" : "ffn",
        name,
        ...layerShape(config, tensor)
      );
    }
  if (hasPooler(config)) pair("pooler", `${prefix}pooler`, H, H);
  addHead(config, add, pair);
  return specs;
}

type Add = (part: ParameterPart, name: string, ...shape: number[]) => void;

function addHead(config: AlbertConfig, add: Add, pair: Add): void {
  const {embeddingSize: E, hiddenSize: H, vocabSize, architecture, id2label} = config;
  if (hasMaskedLm(config)) {
    if (config.tieWordEmbeddings) add("mlm", "predictions.bias", vocabSize);
    pair("mlm", "predictions.LayerNorm", E);
    pair("mlm", "predictions.dense", E, H);
    if (!config.tieWordEmbeddings) pair("mlm", "predictions.decoder", vocabSize, E);
  }
  if (architecture === "AlbertForPreTraining" && hasPooler(config))
    pair("sentence", "sop_classifier.classifier", id2label.length, H);
  if (
    architecture === "AlbertForSequenceClassification" ||
    architecture === "AlbertForTokenClassification"
  )
    pair("head", "classifier", id2label.length, H);
  if (architecture === "AlbertForQuestionAnswering") pair("head", "qa_outputs", 2, H);
  if (architecture === "AlbertForMultipleChoice") pair("head", "classifier", 1, H);
  if (architecture === "AlbertForTextPairs") {
    pair("head", "alignment.context", E, H);
    pair("head", "alignment.importance", 1, E);
    pair("head", "alignment.dense", E, 2);
    pair("head", "classifier", id2label.length, E);
  }
}

function layerShape(
  {hiddenSize: H, intermediateSize: F}: AlbertConfig,
  tensor: LayerTensor
): number[] {
  if (tensor === "ffn.weight") return [F, H];
  if (tensor === "ffn.bias") return [F];
  if (tensor === "ffn_output.weight") return [H, F];
  return isLayerNorm(tensor) || tensor.endsWith(".bias") ? [H] : [H, H];
}

function isLayerNorm(name: string): boolean {
  return /(LayerNorm|full_layer_layer_norm)\.(weight|bias)$/.test(name);
}

function initOf(name: string): ParameterSpec["init"] {
  // Text pairs start from their words alone: what the context adds is learned.
  if (name.endsWith("bias") || name === "alignment.context.weight") return "zeros";
  return isLayerNorm(name) ? "ones" : "normal";
}

/** Numbers of parameters by part; `encoder` is attention and ffn together. */
export type ParameterCounts = Record<ParameterPart | "encoder" | "total", number>;

/** Stored parameters of a model: shared tensors count once. */
export function countParameters(config: AlbertConfig): ParameterCounts {
  const counts: ParameterCounts = {
    total: 0,
    embeddings: 0,
    factorisation: 0,
    attention: 0,
    ffn: 0,
    encoder: 0,
    pooler: 0,
    mlm: 0,
    sentence: 0,
    head: 0
  };
  for (const {shape, part} of parameterSpecs(config)) {
    const size = shape.reduce((a, b) => a * b, 1);
    counts[part] += size;
    counts.total += size;
  }
  counts.encoder = counts.attention + counts.ffn;
  return counts;
}

/**
 * Fresh parameters: weights from a normal distribution of standard deviation `initializerRange`
 * truncated at two of them, biases 0, layer norm weights 1. Each tensor has its own random
 * sequence, keyed by its name without the body prefix, so that a tensor that two configurations
 * have in common (name and shape) starts equal in both.
 *
 * @param seed integer in [0, 2³²)
 * @see google-research/albert modeling.py create_initializer
 */
export function initParameters(config: AlbertConfig, seed: number): ParameterData {
  return new Map(
    parameterSpecs(config).map((spec) => [
      spec.name,
      {shape: spec.shape, data: initParameter(spec, config.initializerRange, seed)}
    ])
  );
}

/** Fresh values of one parameter, as `initParameters` makes them. */
export function initParameter(spec: ParameterSpec, range: number, seed: number): Float32Array {
  const data = new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
  if (spec.init === "ones") data.fill(1);
  if (spec.init !== "normal") return data;
  const random = new Random(seed, "weights", 0, hashName(spec.name.replace(/^albert\./, "")));
  for (let i = 0; i < data.length; ++i) {
    let z = random.normal();
    while (Math.abs(z) > 2) z = random.normal();
    data[i] = z * range;
  }
  return data;
}

/** 32-bit FNV-1a of a name. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; ++i) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A copy that shares nothing with the original. */
export function copyParameters(data: ParameterData): ParameterData {
  return new Map(
    Array.from(data, ([name, {shape, data: values}]) => [
      name,
      {shape: [...shape], data: values.slice()}
    ])
  );
}
