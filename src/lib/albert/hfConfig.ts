import {InputError} from "../errors.js";
import {makeConfig, type AlbertConfig, type Architecture, type Sharing} from "./config.js";
import {innerGroupNum, numGroups} from "./sharing.js";

type Json = Record<string, unknown>;

/** Hugging Face's own defaults of an absent key (its AlbertConfig class, which is xxlarge). */
const hfDefaults: Partial<AlbertConfig> = {
  hiddenSize: 4096,
  numAttentionHeads: 64,
  intermediateSize: 16384,
  architecture: "AlbertModel"
};

/** Plain fields: ours and the key of config.json. */
const plainKeys = [
  ["vocabSize", "vocab_size"],
  ["embeddingSize", "embedding_size"],
  ["hiddenSize", "hidden_size"],
  ["numHiddenLayers", "num_hidden_layers"],
  ["numAttentionHeads", "num_attention_heads"],
  ["intermediateSize", "intermediate_size"],
  ["hiddenAct", "hidden_act"],
  ["hiddenDropoutProb", "hidden_dropout_prob"],
  ["attentionProbsDropoutProb", "attention_probs_dropout_prob"],
  ["classifierDropoutProb", "classifier_dropout_prob"],
  ["maxPositionEmbeddings", "max_position_embeddings"],
  ["typeVocabSize", "type_vocab_size"],
  ["initializerRange", "initializer_range"],
  ["layerNormEps", "layer_norm_eps"],
  ["padTokenId", "pad_token_id"],
  ["bosTokenId", "bos_token_id"],
  ["eosTokenId", "eos_token_id"],
  ["tieWordEmbeddings", "tie_word_embeddings"],
  ["problemType", "problem_type"]
] as const satisfies readonly (readonly [keyof AlbertConfig, string])[];

/**
 * The configuration that an ALBERT `config.json` describes, absent keys with Hugging Face's
 * defaults. The number of labels is the size of `id2label` (absent: `num_labels`, else 2).
 *
 * @param json the parsed file
 * @param file its name, for errors
 * @throws InputError naming file, key, value and expectation
 */
export function configFromHf(json: unknown, file = "config.json"): AlbertConfig {
  const source = asObject(json, file);
  const type = source.model_type;
  if (type != null && type !== "albert")
    throw new InputError(`${file}: model_type is ${JSON.stringify(type)}, expected "albert"`);
  return readHf(source, file, hfDefaults);
}

/**
 * The same for any family whose `config.json` uses BERT's keys; `base` holds its defaults and
 * switches.
 */
export function readHf(source: Json, file: string, base: Partial<AlbertConfig>): AlbertConfig {
  const position = source.position_embedding_type;
  if (position != null && position !== "absolute")
    throw new InputError(
      `${file}: position_embedding_type is ${JSON.stringify(position)}, expected "absolute"`
    );
  const partial: Record<string, unknown> = {...base};
  for (const [ours, key] of plainKeys)
    if (source[key] != null) partial[ours] = source[key];
    else if (key === "classifier_dropout_prob" && key in source)
      partial[ours] = source.hidden_dropout_prob ?? 0;
  const labels = readLabels(source, file);
  if (labels) partial.id2label = labels;
  const architecture = readArchitecture(source, file);
  if (architecture) partial.architecture = architecture;
  partial.sharing = readSharing(source, file) ?? base.sharing;
  return makeConfig(partial as Partial<AlbertConfig>, file);
}

/** The value as a JSON object. @throws InputError otherwise */
export function asObject(json: unknown, file: string): Json {
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new InputError(`${file}: expected a JSON object with the model's configuration`);
  return json as Json;
}

function readArchitecture(source: Json, file: string): Architecture | null {
  const list = source.architectures;
  if (list == null || (Array.isArray(list) && list.length === 0)) return null;
  if (!Array.isArray(list) || typeof list[0] !== "string")
    throw new InputError(`${file}: architectures is not a list of class names`);
  return list[0] as Architecture;
}

function readLabels(source: Json, file: string): string[] | null {
  const map = source.id2label;
  if (map == null) {
    const count = source.num_labels;
    if (count == null) return null;
    if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > 1e6)
      throw new InputError(
        `${file}: num_labels is ${JSON.stringify(count)}, expected a positive integer`
      );
    return Array.from({length: count as number}, (_, i) => `LABEL_${i}`);
  }
  if (typeof map !== "object")
    throw new InputError(`${file}: id2label is ${JSON.stringify(map)}, expected {"0": "…", …}`);
  const labels = Object.entries(map);
  return labels.map((_, i) => {
    const label = (map as Json)[i];
    if (typeof label !== "string")
      throw new InputError(
        `${file}: id2label has no label ${i}, expected keys 0 to ${labels.length - 1}`
      );
    return label;
  });
}

function readSharing(source: Json, file: string): Sharing | undefined {
  const named = source.sharing;
  if (named != null) {
    if (typeof named === "string" || (typeof named === "object" && "groups" in named))
      return named as Sharing;
    throw new InputError(
      `${file}: sharing is ${JSON.stringify(named)}, expected none, attention, ffn, all or {groups, inner}`
    );
  }
  if (source.num_hidden_groups == null && source.inner_group_num == null) return undefined;
  const groups = source.num_hidden_groups ?? 1;
  const inner = source.inner_group_num ?? 1;
  if (groups === 1 && inner === 1) return "all";
  if (groups === (source.num_hidden_layers ?? 12) && inner === 1) return "none";
  return {groups, inner} as Sharing;
}

/**
 * The `config.json` that Hugging Face's AlbertConfig reads. Half-shared models have one group per
 * depth there (their shared tensors are written once per group) and keep the extra key `sharing`.
 *
 * @throws InputError for another family's model, and one that is tied in part
 */
export function configToHf(config: AlbertConfig): Record<string, unknown> {
  if (config.modelType !== "albert")
    throw new InputError(`a ${config.modelType} model cannot be written in ALBERT's layout`);
  if (typeof config.sharing === "object" && "layers" in config.sharing)
    throw new InputError(
      "model: layers shared between some depths only, which config.json cannot say (untie them all first)"
    );
  const out: Json = {architectures: [config.architecture], model_type: "albert"};
  for (const [ours, key] of plainKeys)
    if (ours !== "problemType" || config.problemType !== null) out[key] = config[ours];
  out.num_hidden_groups = numGroups(config);
  out.inner_group_num = innerGroupNum(config);
  if (config.sharing === "attention" || config.sharing === "ffn") out.sharing = config.sharing;
  out.id2label = Object.fromEntries(config.id2label.map((label, i) => [i, label]));
  out.label2id = Object.fromEntries(config.id2label.map((label, i) => [label, i]));
  out.dtype = "float32";
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}
