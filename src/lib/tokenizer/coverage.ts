/** How well a vocabulary covers a text: what it does not know, and into how many pieces it cuts words. */
import type {Tokenizer} from "./tokenizer.js";

/** Counts over the texts of one language or file. */
export interface Coverage {
  name: string;
  texts: number;
  /** Words by Unicode's rules, by a dictionary where a script has no spaces. */
  words: number;
  /** Code points, white space not counted. */
  characters: number;
  pieces: number;
  /** Characters that stand in unknown pieces. */
  unknownCharacters: number;
}

/** Texts that are counted before other work gets its turn. */
const atOnce = 20;

/** Code points that the segmenter is given at once: its time grows with the square of a text's length. */
const stretch = 1000;

/** Where to cut a text for it: behind white space, or, in a longer run without any, anywhere. */
const stretches = new RegExp(`[^]{1,${stretch - 1}}(?:\\s|$)|[^]{1,${stretch}}`, "gu");

/**
 * Counts pieces, words and unknown characters of texts.
 *
 * @param pause lets other work in, for a page that must stay usable
 */
export async function coverageOf(
  tokenizer: Tokenizer,
  name: string,
  texts: readonly string[],
  pause: () => Promise<void> = () => Promise.resolve()
): Promise<Coverage> {
  const segmenter = new Intl.Segmenter(undefined, {granularity: "word"});
  const sum = {name, texts: texts.length, words: 0, characters: 0, pieces: 0, unknownCharacters: 0};
  for (const [i, text] of texts.entries()) {
    if (i % atOnce === atOnce - 1) await pause();
    for (const part of text.match(stretches) ?? [])
      for (const {isWordLike} of segmenter.segment(part)) sum.words += Number(isWordLike);
    sum.characters += Array.from(text.replace(/\s+/g, "")).length;
    const {ids, offsets} = tokenizer.encode(text, {addSpecialTokens: false});
    sum.pieces += ids.length;
    ids.forEach((id, k) => {
      if (id === tokenizer.special.unk) sum.unknownCharacters += offsets[k]![1] - offsets[k]![0];
    });
  }
  return sum;
}

/** A coverage as a row of a table; shares in percent. */
export function coverageRow({name, texts, words, characters, pieces, unknownCharacters}: Coverage) {
  const ratio = (a: number, b: number) => (b === 0 ? null : a / b);
  const percent = ratio(100 * unknownCharacters, characters);
  const rounded = (value: number | null) => (value === null ? null : +value.toFixed(2));
  return {
    text: name,
    texts,
    words,
    "pieces per word": rounded(ratio(pieces, words)),
    "characters per piece": rounded(ratio(characters, pieces)),
    "unknown characters, %": rounded(percent)
  };
}
