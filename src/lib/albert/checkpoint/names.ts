import {InputError} from "../../errors.js";
import type {AlbertConfig} from "../config.js";
import type {ParameterSpec} from "../specs.js";
import {bodyPrefix} from "../sharing.js";
import {oursFromFamily} from "../variantNames.js";
import {printable} from "../../json.js";
import type {Weight} from "./weights.js";

/**
 * The name that `parameterSpecs(config)` uses for a tensor of a file, undoing what older files and
 * wrappers do: `module.` (DataParallel) and `_orig_mod.` (torch.compile) in front, the family's own
 * prefix absent or present, LayerNorm's `gamma` and `beta` for `weight` and `bias`. Names of BERT,
 * RoBERTa, DistilBERT and ELECTRA become ALBERT's; one that is not known stays as it is.
 *
 * Example: `module.embeddings.LayerNorm.gamma` → `albert.embeddings.LayerNorm.weight`; for BERT
 * `bert.pooler.dense.bias` → `albert.pooler.bias`.
 */
export function canonicalName(name: string, config: AlbertConfig): string {
  const plain = name
    .replace(/^(?:(?:module|_orig_mod)\.)+/, "")
    .replace(/(LayerNorm|layer_norm)\.gamma$/, "$1.weight")
    .replace(/(LayerNorm|layer_norm)\.beta$/, "$1.bias");
  const bare = oursFromFamily(plain, config).replace(/^albert\./, "");
  return /^(embeddings|encoder|pooler)\./.test(bare) ? bodyPrefix(config) + bare : bare;
}

/**
 * The tensors of a file by canonical name.
 *
 * @throws InputError if two of them have one canonical name
 */
export function canonicalWeights(
  weights: ReadonlyMap<string, Weight>,
  config: AlbertConfig
): Map<string, Weight> {
  const canonical = new Map<string, Weight>();
  for (const weight of weights.values()) {
    const name = canonicalName(weight.name, config);
    const other = canonical.get(name);
    if (other !== undefined)
      throw new InputError(
        `${weight.file}: tensors '${printable(other.name)}' and '${printable(weight.name)}' are both ${printable(name)}`
      );
    canonical.set(name, weight);
  }
  return canonical;
}

/**
 * Refuses a checkpoint of another family whose config.json says that it is ALBERT's.
 *
 * @throws InputError with the first such name
 */
export function refuseOtherFamilies(weights: ReadonlyMap<string, Weight>): void {
  const foreign =
    /^(?:module\.)?(?:(bert|roberta|distilbert|electra|xlm|deberta|gpt2|transformer|model)\.|encoder\.layer\.\d)/;
  const names = [...weights.keys()];
  if (names.some((name) => name.includes("albert_layer_groups."))) return;
  const name = names.find((n) => foreign.test(n));
  if (name !== undefined)
    throw new InputError(
      `${weights.get(name)!.file}: not an ALBERT checkpoint, its tensors are named like '${printable(name)}' (expected albert.encoder.albert_layer_groups.…)`
    );
}

/** What a tensor of another shape contradicts: the keys of config.json that its shape comes from. */
export function shapeKeys({name, shape}: ParameterSpec, config: AlbertConfig): string {
  const sizes: Record<string, number> = {
    vocab_size: config.vocabSize,
    embedding_size: config.embeddingSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositionEmbeddings,
    type_vocab_size: config.typeVocabSize,
    "number of labels": config.id2label.length
  };
  const rule = shapeRules.find(([pattern]) => pattern.test(name));
  if (rule === undefined) return "";
  const keys = rule[1].slice(0, shape.length).filter((key) => key !== "");
  return [...new Set(keys)].map((key) => `${key} ${sizes[key]}`).join(", ");
}

const shapeRules: [RegExp, string[]][] = [
  [/word_embeddings|predictions\.(decoder|bias)/, ["vocab_size", "embedding_size"]],
  [/position_embeddings/, ["max_position_embeddings", "embedding_size"]],
  [/token_type_embeddings/, ["type_vocab_size", "embedding_size"]],
  [/(embeddings|predictions)\.LayerNorm/, ["embedding_size"]],
  [/embedding_hidden_mapping_in/, ["hidden_size", "embedding_size"]],
  [/predictions\.dense/, ["embedding_size", "hidden_size"]],
  [/\.ffn\./, ["intermediate_size", "hidden_size"]],
  [/\.ffn_output\./, ["hidden_size", "intermediate_size"]],
  [/encoder|pooler/, ["hidden_size", "hidden_size"]],
  [/classifier/, ["number of labels", "hidden_size"]],
  [/qa_outputs/, ["", "hidden_size"]]
];
