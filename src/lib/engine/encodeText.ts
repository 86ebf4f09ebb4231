/** A text or pair as what a model takes. */
import type {AlbertConfig} from "../albert/config.js";
import type {ModelInputs} from "../albert/forward.js";
import {InputError} from "../errors.js";
import type {Encoding, Tokenizer} from "../tokenizer/tokenizer.js";
import type {LoadedModel} from "./loadedModel.js";

/** The tokenizer of a model. @throws InputError where it came without one */
export function needTokenizer({tokenizer, name}: LoadedModel): Tokenizer {
  if (!tokenizer)
    throw new InputError(`${name}: has no spiece.model or tokenizer.json that can be read`);
  return tokenizer;
}

/**
 * A text or pair with [CLS] and [SEP], cut to the model's positions, and the same as inputs of the
 * encoder: one row, nothing padded.
 *
 * @param most pieces that are kept, [CLS] and [SEP] included; by default the model's positions
 * @throws InputError for an empty text, or a model without a tokenizer
 */
export function encodeText(
  model: LoadedModel,
  text: string,
  pair: string | null,
  most = Infinity
): {encoding: Encoding; inputs: ModelInputs} {
  if (text.trim() === "") throw new InputError("the text is empty (expected a sentence)");
  const {config} = model;
  const encoding = needTokenizer(model).encode(text, {
    pair: pair?.trim() ? pair : undefined,
    maxLength: Math.min(most, config.maxPositionEmbeddings - config.positionOffset),
    truncation: "longest_first"
  });
  const tokenTypeIds = [encoding.typeIds.map((type) => clampType(type, config))];
  return {encoding, inputs: {inputIds: [encoding.ids], tokenTypeIds}};
}

/** Models of one token type see every segment as the first. */
function clampType(type: number, {typeVocabSize}: AlbertConfig): number {
  return Math.min(type, Math.max(0, typeVocabSize - 1));
}
