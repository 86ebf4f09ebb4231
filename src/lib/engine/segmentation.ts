/** A text as pieces, for a page that holds a tokenizer. */
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import type {TokenizationResult, VocabularyResult} from "./tokenizerCalls.js";
import {describeTokenization} from "./tokenization.js";

/** A tokenizer under the name that figures show. */
export interface NamedVocabulary {
  name: string;
  tokenizer: Tokenizer;
  pieces: VocabularyResult["pieces"];
}

/** A tokenizer with its pieces listed. */
export function namedVocabulary(name: string, tokenizer: Tokenizer): NamedVocabulary {
  const pieces = tokenizer.pieces.map((piece, id) => ({id, piece, score: tokenizer.scores[id]!}));
  return {name, tokenizer, pieces};
}

/** The pieces of a text, and characters (code points, white space at the ends not counted) a piece. */
export function segment(
  {tokenizer}: NamedVocabulary,
  text: string
): TokenizationResult & {charactersPerPiece: number} {
  const result = describeTokenization(tokenizer, text);
  const characters = Array.from(text.trim()).length;
  return {...result, charactersPerPiece: characters / result.pieces.length};
}

/**
 * The first words of a text, for a lattice that can be taken in at a glance.
 *
 * @param most characters, which a first word alone may exceed
 */
export function firstWords(text: string, most = 48): string {
  const words = text.trim().split(/\s+/);
  let length = words[0]?.length ?? 0;
  let count = 1;
  while (count < words.length && length + 1 + words[count]!.length <= most)
    length += 1 + words[count++]!.length;
  return words
    .slice(0, count)
    .join(" ")
    .slice(0, 4 * most);
}
