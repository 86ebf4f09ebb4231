import {InputError} from "../../errors.js";
import type {Random} from "../../random.js";
import type {PieceTable} from "./batch.js";

/** How tokens are chosen for the masked language model. */
export interface MaskingOptions {
  /** Longest run of words masked together, at least 1; 3 in the paper. */
  maxNgram?: number;
  /** Share of a row's tokens to predict, special tokens counted, in [0, 1]; 0.15 in the paper. */
  probability?: number;
  /** Cap on the predictions of a row; default: what `probability` gives for a full row. */
  maxPredictions?: number;
  /** Whether a word is masked as a whole; default true. */
  wholeWord?: boolean;
  /** Chance that a chosen token becomes [MASK]; 0.8 in the paper. */
  mask?: number;
  /** Chance that a chosen token becomes any id; 0.1 in the paper. What is left stays as it was. */
  random?: number;
}

/**
 * The chance of each run length: `p(n) = (1/n) / Σₖ (1/k)`, n = 1 … maxNgram.
 *
 * Example: maxNgram 3 → 6/11, 3/11, 2/11.
 *
 * @see paper section 4.1
 */
export function ngramProbabilities(maxNgram: number): number[] {
  const weights = Array.from({length: maxNgram}, (_, i) => 1 / (i + 1));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/** Draws a run length from `ngramProbabilities(maxNgram)`, an integer in [1, maxNgram]. */
export function drawNgram(random: Random, maxNgram: number): number {
  let total = 0;
  for (let n = 1; n <= maxNgram; ++n) total += 1 / n;
  let left = random.uniform() * total;
  for (let n = 1; n < maxNgram; ++n) {
    left -= 1 / n;
    if (left < 0) return n;
  }
  return maxNgram;
}

/**
 * How many tokens of a row are predicted: `min(maxPredictions, max(1, round(tokens · probability)))`,
 * 0 where the probability is 0; halves round to the even number, as in Python.
 *
 * @param tokens tokens of the row, [CLS] and [SEP] included
 */
export function predictionCount(
  tokens: number,
  probability: number,
  maxPredictions = Infinity
): number {
  if (probability === 0) return 0;
  return Math.min(maxPredictions, Math.max(1, roundHalfEven(tokens * probability)));
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Masks tokens [from, to) of `ids` in place; see `makeMasker`. Returns the number of slots used. */
export type Masker = (
  ids: Int32Array,
  from: number,
  to: number,
  random: Random,
  positions: Int32Array,
  labels: Int32Array,
  slot: number
) => number;

const BARRIER = 2;

/**
 * A function that masks rows in place, as google-research/albert does: words in random order start
 * runs of n words, n drawn from p(n) over what is left of the segment; a run that would exceed the
 * budget is shortened, one that still does or meets a masked word is passed over. Each chosen token
 * becomes [MASK] (chance 0.8), stays as it is (0.1), or becomes any id of the vocabulary (0.1).
 * [CLS], [SEP] and padding are never chosen and, unlike in the original, no run reaches across them.
 *
 * The masker writes positions (indices into `ids`, ascending) and original ids from `slot` on.
 *
 * @param longest tokens of the longest row that will be masked
 * @throws InputError if maxNgram is not a positive integer or a chance is outside [0, 1]
 * @see google-research/albert create_pretraining_data.py, create_masked_lm_predictions
 */
export function makeMasker(pieces: PieceTable, options: MaskingOptions, longest: number): Masker {
  const {maxNgram = 3, probability = 0.15, maxPredictions = Infinity, wholeWord = true} = options;
  const {mask = 0.8, random: replaced = 0.1} = options;
  checkMasking(maxNgram, probability, mask, replaced);
  const {vocabSize, special} = pieces;
  const kinds = new Uint8Array(vocabSize);
  for (let id = 0; id < vocabSize; ++id) kinds[id] = !wholeWord || pieces.startsWord(id) ? 1 : 0;
  for (const id of [special.pad, special.cls, special.sep]) kinds[id] = BARRIER;

  const wordStart = new Int32Array(longest + 1);
  const wordEnd = new Int32Array(longest + 1);
  const segmentEnd = new Int32Array(longest + 1); // one past the last word of the word's segment
  const order = new Int32Array(longest + 1);
  const covered = new Uint8Array(longest + 1); // per word
  const chosen = new Uint8Array(longest + 1); // per token

  return (ids, from, to, random, positions, labels, slot) => {
    const budget = predictionCount(to - from, probability, maxPredictions);
    let words = 0;
    let segmentStart = 0;
    let open = false;
    for (let i = from; i <= to; ++i) {
      const kind = i < to ? kinds[ids[i]!]! : BARRIER;
      if (kind === BARRIER) {
        for (let w = segmentStart; w < words; ++w) segmentEnd[w] = words;
        segmentStart = words;
        open = false;
      } else if (kind === 0 && open) {
        wordEnd[words - 1] = i + 1;
      } else {
        wordStart[words] = i;
        wordEnd[words++] = i + 1;
        open = true;
      }
    }
    for (let w = 0; w < words; ++w) order[w] = w;
    covered.fill(0, 0, words);
    chosen.fill(0, 0, to - from);

    let count = 0;
    for (let i = 0; i < words && count < budget; ++i) {
      const j = i + random.int(words - i);
      const w = order[j]!;
      order[j] = order[i]!;
      let n = drawNgram(random, Math.min(maxNgram, segmentEnd[w]! - w));
      const start = wordStart[w]!;
      while (n > 0 && count + wordEnd[w + n - 1]! - start > budget) --n;
      let free = n > 0;
      for (let k = w; k < w + n; ++k) if (covered[k]) free = false;
      if (!free) continue;
      covered.fill(1, w, w + n);
      const end = wordEnd[w + n - 1]!;
      chosen.fill(1, start - from, end - from);
      count += end - start;
    }

    for (let i = from; i < to; ++i) {
      if (!chosen[i - from]) continue;
      positions[slot] = i;
      labels[slot++] = ids[i]!;
      const fate = random.uniform();
      if (fate < mask) ids[i] = special.mask;
      else if (fate >= 1 - replaced) ids[i] = random.int(vocabSize);
    }
    return count;
  };
}

/**
 * Masks one row and returns copies: what the row became, where it was masked, what was there.
 *
 * Example: `[2, 51, 52, 53, 3]` with one prediction → inputIds `[2, 51, 4, 53, 3]`, positions `[2]`,
 * labels `[52]`.
 *
 * @param ids one row, special tokens included
 * @throws InputError as `makeMasker`
 */
export function maskTokens(
  ids: ArrayLike<number>,
  pieces: PieceTable,
  random: Random,
  options: MaskingOptions = {}
): {inputIds: Int32Array; positions: Int32Array; labels: Int32Array} {
  const inputIds = Int32Array.from(ids);
  const positions = new Int32Array(inputIds.length);
  const labels = new Int32Array(inputIds.length);
  const masker = makeMasker(pieces, options, inputIds.length);
  const count = masker(inputIds, 0, inputIds.length, random, positions, labels, 0);
  return {inputIds, positions: positions.slice(0, count), labels: labels.slice(0, count)};
}

function checkMasking(ngram: number, probability: number, mask: number, random: number): void {
  const refuse = (field: string, value: number, expected: string) => {
    throw new InputError(`invalid masking.${field}: ${value} (must be ${expected})`);
  };
  const isShare = (x: number) => x >= 0 && x <= 1;
  if (!Number.isInteger(ngram) || ngram < 1) refuse("max_ngram", ngram, "an integer of at least 1");
  if (!isShare(probability)) refuse("probability", probability, "in [0, 1]");
  if (!isShare(mask)) refuse("mask", mask, "in [0, 1]");
  if (!(random >= 0 && mask + random <= 1 + 1e-9)) refuse("random", random, `in [0, ${1 - mask}]`);
}
