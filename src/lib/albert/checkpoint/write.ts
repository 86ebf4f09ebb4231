import type {AlbertConfig} from "../config.js";
import type {ParameterData} from "../specs.js";
import {hasMaskedLm, parameterSpecs} from "../specs.js";
import {layerTensors, numGroups} from "../sharing.js";
import {familyName} from "../variantNames.js";
import {anyConfigToHf} from "../variants.js";
import {modelCard} from "./card.js";
import type {StoredTensor} from "./safetensors.js";
import {writeSafetensors} from "./safetensors.js";
import {layerName} from "./shared.js";

/** What a tokenizer gives for the files that `AutoTokenizer` reads. */
export interface TokenizerFiles {
  toSpiece(): Uint8Array;
  toTokenizerJson(): string;
  toTokenizerConfig(): string;
  toSpecialTokensMap(): string;
}

export interface ModelToWrite {
  config: AlbertConfig;
  /** At least the tensors of `parameterSpecs(config)`; others are not written. */
  parameters: ParameterData;
  tokenizer?: TokenizerFiles;
  /** Paragraphs about this model for its README.md, in Markdown; default none. */
  about?: string;
}

/** Keys whose whole numbers are written `0.0`, as Python writes a float. */
const floatKeys = new Set([
  "attention_probs_dropout_prob",
  "attention_dropout",
  "classifier_dropout",
  "classifier_dropout_prob",
  "dropout",
  "hidden_dropout_prob",
  "initializer_range",
  "layer_norm_eps",
  "seq_classif_dropout"
]);

/**
 * The files of a Hugging Face model folder, name → bytes: `config.json`, `model.safetensors` with
 * the names and the order that `save_pretrained` gives (tied tensors not stored), `README.md`, and
 * with a tokenizer `spiece.model`, `tokenizer.json`, `tokenizer_config.json` and
 * `special_tokens_map.json`. `readModelFolder` gives the same model back.
 *
 * Sharing only the attention or only the feed-forward half has no form there: such a model is
 * written as one group per depth, the shared tensors repeated, with the extra key `sharing` in
 * config.json by which this library folds them again.
 *
 * @throws TypeError if a parameter is missing or has another shape
 */
export function writeModelFolder(model: ModelToWrite): Map<string, Uint8Array> {
  const {config, parameters, tokenizer} = model;
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const files = new Map<string, Uint8Array>([
    ["config.json", text(configJson(config))],
    ["model.safetensors", writeSafetensors(storedTensors(config, parameters))],
    ["README.md", text(modelCard(config, model.about))]
  ]);
  if (tokenizer !== undefined) {
    files.set("spiece.model", tokenizer.toSpiece());
    files.set("tokenizer.json", text(tokenizer.toTokenizerJson()));
    files.set("tokenizer_config.json", text(tokenizer.toTokenizerConfig()));
    files.set("special_tokens_map.json", text(tokenizer.toSpecialTokensMap()));
  }
  return files;
}

/** config.json as `save_pretrained` formats it: sorted keys, two spaces, floats as floats. */
export function configJson(config: AlbertConfig): string {
  const json = JSON.stringify(anyConfigToHf(config), null, 2);
  return `${json.replace(
    /^ {2}"(\w+)": (-?\d+)(,?)$/gm,
    (line, key: string, digits: string, comma: string) =>
      floatKeys.has(key) ? `  "${key}": ${digits}.0${comma}` : line
  )}\n`;
}

/** The tensors that a file of this model holds, by Hugging Face name. */
export function storedTensors(
  config: AlbertConfig,
  parameters: ParameterData
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const {name, shape} of parameterSpecs(config)) {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw new TypeError(`${name}: missing parameter`);
    if (`${parameter.shape}` !== `${shape}`)
      throw new TypeError(`${name}: expected shape [${shape}], got [${parameter.shape}]`);
    tensors.set(familyName(config, name), {dtype: "F32", shape, data: parameter.data});
  }
  repeatShared(config, tensors);
  // transformers 4 reads predictions.bias where 5 reads predictions.decoder.bias
  const bias = tensors.get("predictions.decoder.bias");
  if (hasMaskedLm(config) && bias !== undefined) tensors.set("predictions.bias", bias);
  return tensors;
}

/** Gives every group of a half-shared model the tensors that only group 0 has. */
function repeatShared(config: AlbertConfig, tensors: Map<string, StoredTensor>): void {
  if (config.sharing !== "attention" && config.sharing !== "ffn") return;
  for (let group = 1; group < numGroups(config); ++group)
    for (const tensor of layerTensors) {
      const name = layerName(config, group, 0) + tensor;
      if (!tensors.has(name)) tensors.set(name, tensors.get(layerName(config, 0, 0) + tensor)!);
    }
}
