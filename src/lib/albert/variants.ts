import {InputError} from "../errors.js";
import {architectures, configFromHf, makeConfig} from "./config.js";
import type {AlbertConfig, Architecture, ModelType} from "./config.js";
import {asObject, configToHf, readHf} from "./hfConfig.js";

/**
 * Switches that turn ALBERT into BERT: every layer its own, embeddings as wide as the encoder and
 * without projection, erf GELU, dropout 0.1.
 */
export const bertSwitches = {
  modelType: "bert",
  sharing: "none",
  factorisation: false,
  embeddingSize: 768,
  hiddenSize: 768,
  numHiddenLayers: 12,
  numAttentionHeads: 12,
  intermediateSize: 3072,
  vocabSize: 30522,
  hiddenAct: "gelu",
  hiddenDropoutProb: 0.1,
  attentionProbsDropoutProb: 0.1,
  bosTokenId: 101,
  eosTokenId: 102
} as const satisfies Partial<AlbertConfig>;

/**
 * From BERT to RoBERTa: one token type, positions that start after the padding's id, no sentence
 * task (so its pretraining head is the masked LM), another vocabulary and epsilon.
 */
export const robertaSwitches = {
  ...bertSwitches,
  modelType: "roberta",
  vocabSize: 50265,
  maxPositionEmbeddings: 514,
  typeVocabSize: 1,
  padTokenId: 1,
  bosTokenId: 0,
  eosTokenId: 2,
  positionOffset: 2,
  layerNormEps: 1e-5,
  architecture: "AlbertForMaskedLM"
} as const satisfies Partial<AlbertConfig>;

/** From BERT to DistilBERT: half the layers, no token types, no pooler but its classifiers' own. */
export const distilbertSwitches = {
  ...bertSwitches,
  modelType: "distilbert",
  numHiddenLayers: 6,
  typeVocabSize: 0,
  pooler: "relu",
  architecture: "AlbertForMaskedLM"
} as const satisfies Partial<AlbertConfig>;

/** From BERT to ELECTRA (small): embeddings narrower than the encoder, no pooler. */
export const electraSwitches = {
  ...bertSwitches,
  modelType: "electra",
  embeddingSize: 128,
  hiddenSize: 256,
  numAttentionHeads: 4,
  intermediateSize: 1024,
  pooler: "none",
  architecture: "AlbertForMaskedLM"
} as const satisfies Partial<AlbertConfig>;

/** BERT (bert-base-uncased unless changed); the embedding is as wide as the encoder. */
export function bertConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  return widened(bertSwitches, partial);
}

/** RoBERTa (roberta-base unless changed). */
export function robertaConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  return widened(robertaSwitches, partial);
}

/** DistilBERT (distilbert-base-uncased unless changed). */
export function distilbertConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  return widened(distilbertSwitches, partial);
}

/** ELECTRA's encoder (electra-small unless changed); it projects where E differs from H. */
export function electraConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  const config = {...electraSwitches, ...partial};
  return makeConfig({...config, factorisation: config.embeddingSize !== config.hiddenSize});
}

function widened(switches: Partial<AlbertConfig>, partial: Partial<AlbertConfig>): AlbertConfig {
  const config = {...switches, ...partial};
  return makeConfig({...config, embeddingSize: partial.embeddingSize ?? config.hiddenSize});
}

const families: Record<Exclude<ModelType, "albert">, Partial<AlbertConfig>> = {
  bert: bertSwitches,
  roberta: robertaSwitches,
  distilbert: distilbertSwitches,
  electra: electraSwitches
};

/** DistilBERT's keys and those of the others. */
const distilbertKeys: readonly (readonly [string, string])[] = [
  ["dim", "hidden_size"],
  ["hidden_dim", "intermediate_size"],
  ["n_layers", "num_hidden_layers"],
  ["n_heads", "num_attention_heads"],
  ["activation", "hidden_act"],
  ["dropout", "hidden_dropout_prob"],
  ["attention_dropout", "attention_probs_dropout_prob"],
  ["seq_classif_dropout", "classifier_dropout_prob"]
];

/**
 * The configuration of a `config.json` of any family that the encoder can be switched to: albert,
 * bert, roberta, distilbert or electra, by its `model_type`.
 *
 * @throws InputError naming file, key, value and expectation
 */
export function anyConfigFromHf(json: unknown, file = "config.json"): AlbertConfig {
  const source = {...asObject(json, file)};
  const type = source.model_type ?? "albert";
  if (type === "albert") return configFromHf(source, file);
  if (typeof type !== "string" || !Object.hasOwn(families, type))
    throw new InputError(
      `${file}: model_type is ${JSON.stringify(type)}, expected albert, ${Object.keys(families).join(", ")}`
    );
  const switches = families[type as keyof typeof families];
  if (source.sinusoidal_pos_embds === true)
    throw new InputError(`${file}: sinusoidal_pos_embds is true, expected learned positions`);
  if (type === "distilbert")
    for (const [theirs, key] of distilbertKeys)
      if (source[theirs] != null) source[key] ??= source[theirs];
  if (source.classifier_dropout !== undefined)
    source.classifier_dropout_prob ??= source.classifier_dropout;
  const hidden = source.hidden_size ?? switches.hiddenSize;
  if (type !== "electra") source.embedding_size = hidden;
  source.architectures = albertNames(source.architectures, file);
  delete source.num_hidden_groups;
  delete source.inner_group_num;
  const embedding = source.embedding_size ?? switches.embeddingSize;
  const pad = typeof source.pad_token_id === "number" ? source.pad_token_id : switches.padTokenId;
  return readHf(source, file, {
    ...switches,
    factorisation: embedding !== hidden,
    positionOffset: type === "roberta" ? (pad ?? 1) + 1 : 0,
    architecture: "AlbertModel"
  });
}

/**
 * The `config.json` that Hugging Face's class of the model's family reads; `anyConfigFromHf` gives
 * the same configuration back.
 *
 * @throws InputError if the family has no such model: layers are shared, or its pretraining head
 *   lacks a part
 */
export function anyConfigToHf(config: AlbertConfig): Record<string, unknown> {
  const {modelType, sharing, architecture, padTokenId} = config;
  if (modelType === "albert") return configToHf(config);
  const cannot = (why: string) =>
    new InputError(`model: a ${modelType} model ${why}, which its config.json cannot say`);
  if (sharing !== "none") throw cannot("with shared layers");
  if (architecture === "AlbertForPreTraining" && modelType !== "bert")
    throw cannot("with a sentence task");
  if (config.positionOffset !== (modelType === "roberta" ? padTokenId + 1 : 0))
    throw cannot(`with positions from ${config.positionOffset}`);
  const out: Record<string, unknown> = {
    ...configToHf({...config, modelType: "albert"}),
    model_type: modelType,
    architectures: [familyArchitecture(config)],
    classifier_dropout: config.classifierDropoutProb
  };
  const absent = ["num_hidden_groups", "inner_group_num"];
  if (modelType !== "electra") absent.push("embedding_size");
  if (modelType !== "distilbert") absent.push("classifier_dropout_prob");
  if (modelType === "distilbert") {
    for (const [theirs, key] of distilbertKeys) out[theirs] = out[key];
    absent.push("type_vocab_size", "classifier_dropout", ...distilbertKeys.map(([, key]) => key));
  }
  for (const key of absent) delete out[key];
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const classNames: Record<ModelType, string> = {
  albert: "Albert",
  bert: "Bert",
  roberta: "Roberta",
  distilbert: "DistilBert",
  electra: "Electra"
};

/** The class of Hugging Face's library that holds the model, for example `BertForMaskedLM`. */
export function familyArchitecture({modelType, architecture}: AlbertConfig): string {
  return architecture.replace(/^Albert/, classNames[modelType]);
}

/**
 * Their class names as ours: `BertForMaskedLM` → `AlbertForMaskedLM`. ELECTRA's pretraining head,
 * which tells replaced pieces, has no counterpart: its encoder is a bare model.
 */
function albertNames(list: unknown, file: string): Architecture[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  if (list[0] === "ElectraForPreTraining") return ["AlbertModel"];
  const own = /^(?:Bert|Roberta|DistilBert|Electra)((?:For|Model).*)$/;
  const name = typeof list[0] === "string" ? list[0].replace(own, "Albert$1") : "";
  const known = architectures.find((architecture) => architecture === name);
  if (!known)
    throw new InputError(`${file}: architectures is ${JSON.stringify(list[0])}, a head not known`);
  return [known];
}
