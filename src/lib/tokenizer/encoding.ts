import {InputError} from "../errors.js";
import type {Segmentation, TokenizerRules} from "./segmenter.js";

/** Model inputs of a text or a pair of texts; all arrays are of one length. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /** Code points [start, end) of the piece's own text; [0, 0] for [CLS], [SEP] and padding. */
  offsets: [number, number][];
  /** 0 for [CLS], the first text and its [SEP]; 1 for the second and its [SEP]; 0 for padding. */
  typeIds: number[];
  /** 1 for pieces, 0 for padding. */
  attentionMask: number[];
  /** Index of the word in its own text; null for [CLS], [SEP] and padding. */
  wordIds: (number | null)[];
}

/** Which text gives way when there is not room for all. */
export type Truncation = "longest_first" | "only_first" | "only_second";

/** Ids of ALBERT's special pieces. */
export interface SpecialIds {
  pad: number;
  unk: number;
  cls: number;
  sep: number;
  mask: number;
}

/** The first `length` pieces. */
export function head(text: Segmentation, length: number, from = 0): Segmentation {
  if (from === 0 && length >= text.ids.length) return text;
  return {
    ids: text.ids.slice(from, from + length),
    tokens: text.tokens.slice(from, from + length),
    offsets: text.offsets.slice(from, from + length),
    words: text.words.slice(from, from + length)
  };
}

/**
 * How many pieces of each text stay. Where `only_first` or `only_second` names a text too short to
 * give enough, Hugging Face's slow tokenizer leaves everything as it is and the fast one refuses.
 *
 * Example: 5 and 4 pieces with room for 6, longest first: 3 and 3; with room for 5: 3 and 2.
 *
 * @param pair number of pieces of the second text, or undefined where there is none
 * @param room number of pieces there is room for, without special ones
 * @param rules the odd slot goes to the first text by slow rules, to the longer by fast ones
 */
export function truncatedLengths(
  first: number,
  pair: number | undefined,
  room: number,
  truncation: Truncation,
  rules: TokenizerRules
): [number, number] {
  const second = pair ?? 0;
  const excess = first + second - room;
  const isSlow = rules === "slow";
  if (excess <= 0 || (room < 0 && !isSlow)) return [first, second];
  if (truncation === "only_second" && pair === undefined) return [first, second];
  if (pair === undefined || truncation === "only_first") {
    if (first > excess) return [first - excess, second];
    return isSlow ? [first, second] : tooShort("first", first, excess);
  }
  if (truncation === "only_second") {
    if (second > excess) return [first, second - excess];
    return isSlow ? [first, second] : tooShort("second", second, excess);
  }
  if (isSlow) {
    const uneven = Math.min(Math.abs(first - second), excess);
    const half = Math.floor((excess - uneven) / 2);
    const rest = excess - uneven - half;
    const [fromFirst, fromSecond] = first > second ? [uneven + half, rest] : [half, uneven + rest];
    return [Math.max(0, first - fromFirst), Math.max(0, second - fromSecond)];
  }
  let short = Math.min(first, second);
  let long = Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + (room % 2);
  }
  return first > second ? [long, short] : [short, long];
}

function tooShort(which: string, length: number, excess: number): never {
  throw new InputError(
    `truncation: the ${which} text has ${length} pieces, expected more than the ${excess} to remove`
  );
}

/**
 * `[CLS] A [SEP]` or `[CLS] A [SEP] B [SEP]`, or the pieces alone.
 *
 * @param padding pads on the right with `<pad>` to at least this length
 */
export function assemble(
  first: Segmentation,
  second: Segmentation | undefined,
  special: SpecialIds,
  pieces: readonly string[],
  {addSpecialTokens = true, padding = 0}: {addSpecialTokens?: boolean; padding?: number}
): Encoding {
  const encoding: Encoding = {
    ids: [],
    tokens: [],
    offsets: [],
    typeIds: [],
    attentionMask: [],
    wordIds: []
  };
  const addSpecial = (id: number, typeId: number, mask = 1) => {
    encoding.ids.push(id);
    encoding.tokens.push(pieces[id]!);
    encoding.offsets.push([0, 0]);
    encoding.typeIds.push(typeId);
    encoding.attentionMask.push(mask);
    encoding.wordIds.push(null);
  };
  const addText = ({ids, tokens, offsets, words}: Segmentation, typeId: number) => {
    for (let i = 0; i < ids.length; ++i) {
      encoding.ids.push(ids[i]!);
      encoding.tokens.push(tokens[i]!);
      encoding.offsets.push(offsets[i]!);
      encoding.typeIds.push(typeId);
      encoding.attentionMask.push(1);
      encoding.wordIds.push(words[i]!);
    }
  };
  if (addSpecialTokens) addSpecial(special.cls, 0);
  addText(first, 0);
  if (addSpecialTokens) addSpecial(special.sep, 0);
  if (second) {
    addText(second, 1);
    if (addSpecialTokens) addSpecial(special.sep, 1);
  }
  while (encoding.ids.length < padding) addSpecial(special.pad, 0, 0);
  return encoding;
}

/**
 * Where the windows over a long text begin and end, each overlapping the last by `stride`.
 *
 * Example: 10 pieces, room 6, stride 2 → [0, 6), [4, 10).
 */
export function windowRanges(length: number, room: number, stride: number): [number, number][] {
  if (room <= stride || stride < 0)
    throw new InputError(
      `stride: ${stride}, expected 0 up to less than the ${room} pieces there is room for`
    );
  if (length <= room) return [[0, length]];
  const ranges: [number, number][] = [];
  for (let start = 0; ; start += room - stride) {
    ranges.push([start, Math.min(start + room, length)]);
    if (start + room >= length) return ranges;
  }
}
