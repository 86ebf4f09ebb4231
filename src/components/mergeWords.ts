import {wordGroups} from "./wordGroups.js";

/** Attention between words: labels in order, and weights [words, words]. */
export interface WordAttention {
  words: string[];
  probs: Float32Array;
  /** First piece of each word. */
  starts: number[];
}

/**
 * Attention between words from attention between pieces: weights *into* a word's pieces are added,
 * weights *from* its pieces are averaged, so every row still sums to what it did. Words are those of
 * `wordGroups`.
 *
 * @param probs weights [from, to] between pieces, row by row
 * @param tokens pieces
 * @param wordIds the word of each piece, ascending; null (special tokens) stands for itself
 */
export function mergeWords(
  probs: ArrayLike<number>,
  tokens: readonly string[],
  wordIds: readonly (number | null)[]
): WordAttention {
  const n = tokens.length;
  const group = wordGroups(tokens, wordIds);
  const starts: number[] = [];
  const words: string[] = [];
  for (let i = 0; i < n; ++i)
    if (i > 0 && group[i] === group[i - 1]) words[words.length - 1] += tokens[i]!;
    else {
      starts.push(i);
      words.push(tokens[i]!);
    }
  const w = words.length;
  const size = new Array<number>(w).fill(0);
  for (const g of group) ++size[g]!;
  const merged = new Float32Array(w * w);
  for (let from = 0; from < n; ++from)
    for (let to = 0; to < n; ++to)
      merged[group[from]! * w + group[to]!]! += probs[from * n + to]! / size[group[from]!]!;
  return {words, probs: merged, starts};
}
