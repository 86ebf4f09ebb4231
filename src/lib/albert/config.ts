import {InputError} from "../errors.js";

/**
 * Heads this library knows, by the class names that Hugging Face writes in `architectures`; there is no
 * class for text pairs that are compared piece by piece (see textPairs.ts).
 */
export const architectures = [
  "AlbertModel",
  "AlbertForPreTraining",
  "AlbertForMaskedLM",
  "AlbertForSequenceClassification",
  "AlbertForTokenClassification",
  "AlbertForQuestionAnswering",
  "AlbertForMultipleChoice",
  "AlbertForTextPairs"
] as const;

/** One of the known heads. */
export type Architecture = (typeof architectures)[number];

/** Activations of the feed-forward layer: `gelu` is the erf form, `gelu_new` the tanh form. */
export const activations = ["gelu", "gelu_new", "relu"] as const;

/** One of the known activations. */
export type Activation = (typeof activations)[number];

/** What a sequence classifier predicts; null means: decided by the number of labels and their type. */
export const problemTypes = [
  "regression",
  "single_label_classification",
  "multi_label_classification"
] as const;

/** One of the problem types, or null. */
export type ProblemType = (typeof problemTypes)[number] | null;

/** Model families that the same encoder can be switched to; see variants.ts. */
export type ModelType = "albert" | "bert" | "roberta" | "distilbert" | "electra";

/**
 * Which depths use the same tensors. `none`: every depth has its own; `all`: one layer for every
 * depth; `attention` / `ffn`: only that half is shared; `{groups, inner}`: ALBERT's general form,
 * `groups` groups of `inner` layers each; `{layers}`: the number of the stored layer that each depth
 * uses, for a model that is tied or untied in part.
 *
 * @see paper section 3.1 "Cross-layer parameter sharing"
 */
export type Sharing =
  | "none"
  | "attention"
  | "ffn"
  | "all"
  | {groups: number; inner: number}
  | {layers: readonly number[]};

/** Everything that determines the model's shapes and its forward pass. */
export interface AlbertConfig {
  /** Rows of the piece embedding, at least 1. */
  vocabSize: number;
  /** Width E of the embeddings. */
  embeddingSize: number;
  /** Width H of the encoder, a multiple of numAttentionHeads. */
  hiddenSize: number;
  /** Applications L of a layer group; the effective depth is L times the inner layers. */
  numHiddenLayers: number;
  sharing: Sharing;
  numAttentionHeads: number;
  /** Width F of the feed-forward layer. */
  intermediateSize: number;
  hiddenAct: Activation;
  /** Dropout probability after embeddings, attention output and feed-forward output, in [0, 1). */
  hiddenDropoutProb: number;
  /** Dropout probability of attention probabilities, in [0, 1). */
  attentionProbsDropoutProb: number;
  /** Dropout probability in front of a classifier, in [0, 1). */
  classifierDropoutProb: number;
  /** Rows of the position embedding. */
  maxPositionEmbeddings: number;
  /** Rows of the token type embedding; 0 means there is none. */
  typeVocabSize: number;
  /** Standard deviation of the initial weights. */
  initializerRange: number;
  layerNormEps: number;
  padTokenId: number;
  bosTokenId: number;
  eosTokenId: number;
  /** Whether the masked LM decoder is the piece embedding. */
  tieWordEmbeddings: boolean;
  /** Names of the labels; their number is the size of the classifier. */
  id2label: string[];
  problemType: ProblemType;
  architecture: Architecture;
  /** Family whose Hugging Face names a checkpoint uses; the switches below do the work. */
  modelType: ModelType;
  /** Whether the E→H tensor exists (ALBERT: always, even if E = H). */
  factorisation: boolean;
  /** Position of the first piece (RoBERTa: padTokenId + 1, skipping padding; others 0). */
  positionOffset: number;
  /**
   * Activation of the pooler, or none where the family has no pooler; one of relu (DistilBERT) is
   * part of the classifiers, and a bare model has none.
   */
  pooler: "tanh" | "relu" | "none";
}

/** The largest size a configuration may name; far above any model, far below an allocation bomb. */
const largestSize = 1 << 24;

/** The largest effective depth; every layer costs time before a weight is looked at. */
const largestDepth = 4096;

/** albert-base-v2, with a pretraining head; `makeConfig` starts from it. */
const defaults: AlbertConfig = {
  vocabSize: 30000,
  embeddingSize: 128,
  hiddenSize: 768,
  numHiddenLayers: 12,
  sharing: "all",
  numAttentionHeads: 12,
  intermediateSize: 3072,
  hiddenAct: "gelu_new",
  hiddenDropoutProb: 0,
  attentionProbsDropoutProb: 0,
  classifierDropoutProb: 0.1,
  maxPositionEmbeddings: 512,
  typeVocabSize: 2,
  initializerRange: 0.02,
  layerNormEps: 1e-12,
  padTokenId: 0,
  bosTokenId: 2,
  eosTokenId: 3,
  tieWordEmbeddings: true,
  id2label: ["LABEL_0", "LABEL_1"],
  problemType: null,
  architecture: "AlbertForPreTraining",
  modelType: "albert",
  factorisation: true,
  positionOffset: 0,
  pooler: "tanh"
};

/**
 * A validated configuration: the given fields over the defaults (albert-base-v2 with a pretraining
 * head).
 *
 * @param where what an error names first, for example a file
 * @throws InputError naming the field (by its Hugging Face key), its value and what was expected
 */
export function makeConfig(partial: Partial<AlbertConfig> = {}, where = "model"): AlbertConfig {
  const config: AlbertConfig = {...defaults, ...withoutUndefined(partial)};
  validate(config, where);
  return config;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

function validate(c: AlbertConfig, where: string): void {
  const refuse = (key: string, value: unknown, expected: string): never => {
    throw new InputError(`${where}: ${key} is ${show(value)}, expected ${expected}`);
  };
  const integer = (key: string, value: unknown, least: number): void => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > largestSize)
      refuse(key, value, `an integer from ${least} to ${largestSize}`);
  };
  const probability = (key: string, value: unknown): void => {
    if (typeof value !== "number" || !(value >= 0 && value < 1))
      refuse(key, value, "a probability of at least 0 and below 1");
  };
  integer("vocab_size", c.vocabSize, 1);
  integer("embedding_size", c.embeddingSize, 1);
  integer("hidden_size", c.hiddenSize, 1);
  integer("num_hidden_layers", c.numHiddenLayers, 1);
  integer("num_attention_heads", c.numAttentionHeads, 1);
  integer("intermediate_size", c.intermediateSize, 1);
  integer("max_position_embeddings", c.maxPositionEmbeddings, 1);
  integer("type_vocab_size", c.typeVocabSize, 0);
  integer("position offset", c.positionOffset, 0);
  if (c.hiddenSize % c.numAttentionHeads !== 0)
    refuse("hidden_size", c.hiddenSize, `a multiple of num_attention_heads ${c.numAttentionHeads}`);
  if (!c.factorisation && c.embeddingSize !== c.hiddenSize)
    refuse("embedding_size", c.embeddingSize, `hidden_size ${c.hiddenSize} without factorisation`);
  if (!activations.includes(c.hiddenAct)) refuse("hidden_act", c.hiddenAct, oneOf(activations));
  probability("hidden_dropout_prob", c.hiddenDropoutProb);
  probability("attention_probs_dropout_prob", c.attentionProbsDropoutProb);
  probability("classifier_dropout_prob", c.classifierDropoutProb);
  if (
    typeof c.initializerRange !== "number" ||
    !(c.initializerRange >= 0 && c.initializerRange < 1e6)
  )
    refuse("initializer_range", c.initializerRange, "a number of at least 0");
  if (typeof c.layerNormEps !== "number" || !(c.layerNormEps >= 0 && c.layerNormEps < 1e6))
    refuse("layer_norm_eps", c.layerNormEps, "a number of at least 0");
  integer("pad_token_id", c.padTokenId, 0);
  integer("bos_token_id", c.bosTokenId, 0);
  integer("eos_token_id", c.eosTokenId, 0);
  if (typeof c.tieWordEmbeddings !== "boolean")
    refuse("tie_word_embeddings", c.tieWordEmbeddings, "true or false");
  if (!Array.isArray(c.id2label) || c.id2label.length === 0)
    refuse("id2label", c.id2label, "at least one label");
  if (c.problemType !== null && !problemTypes.includes(c.problemType))
    refuse("problem_type", c.problemType, oneOf(problemTypes));
  if (!architectures.includes(c.architecture))
    refuse("architectures", c.architecture, oneOf(architectures));
  validateSharing(c, integer, refuse);
  const inner = typeof c.sharing === "object" && "inner" in c.sharing ? c.sharing.inner : 1;
  if (c.numHiddenLayers * inner > largestDepth)
    refuse(
      inner === 1 ? "num_hidden_layers" : "num_hidden_layers times inner_group_num",
      c.numHiddenLayers * inner,
      `at most ${largestDepth}`
    );
}

function validateSharing(
  {sharing, numHiddenLayers}: AlbertConfig,
  integer: (key: string, value: unknown, least: number) => void,
  refuse: (key: string, value: unknown, expected: string) => never
): void {
  if (typeof sharing === "string") {
    if (!["none", "attention", "ffn", "all"].includes(sharing))
      refuse("sharing", sharing, "none, attention, ffn, all or {groups, inner}");
    return;
  }
  if (sharing === null || typeof sharing !== "object")
    refuse("sharing", sharing, "none, attention, ffn, all or {groups, inner}");
  if ("layers" in sharing) {
    const {layers} = sharing;
    if (layers.length !== numHiddenLayers)
      refuse("sharing.layers", layers, `a layer for each of ${numHiddenLayers} depths`);
    const inOrder = [...new Set(layers)].every((layer, i) => layer === i);
    if (!inOrder) refuse("sharing.layers", layers, "layers numbered from 0 in order of first use");
    return;
  }
  integer("num_hidden_groups", sharing.groups, 1);
  integer("inner_group_num", sharing.inner, 1);
  if (sharing.groups > numHiddenLayers)
    refuse("num_hidden_groups", sharing.groups, `at most num_hidden_layers ${numHiddenLayers}`);
}

/** A value as it would stand in JSON, shortened. */
function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(value); // JSON has no NaN
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.join(", ")}`;
}

export {configFromHf, configToHf} from "./hfConfig.js";
