import {isPieceAllowed} from "./scripts.js";
import type {WordTable} from "./words.js";

/** A candidate piece with how often it occurs. */
export interface Seed {
  piece: string;
  count: number;
}

/**
 * The substrings that pay most to have as pieces: frequency × length. Substrings are the nodes of
 * the suffix tree of all words (found from a suffix array and the lengths its neighbours share),
 * so one that only ever occurs inside a longer one is left to the longer; whole words are there too.
 *
 * @param most how many to return at most
 * @param longest most UTF-16 units of a piece
 */
export function seedPieces(words: WordTable, most: number, longest: number): Seed[] {
  const {units, starts, counts} = words;
  const positions: number[] = [];
  const weight = new Float64Array(units.length);
  for (let w = 0; w + 1 < starts.length; ++w)
    for (let i = starts[w]!; i < starts[w + 1]! - 1; ++i) {
      weight[i] = counts[w]!;
      if ((units[i]! & 0xfc00) !== 0xdc00) positions.push(i);
    }
  const order = Int32Array.from(positions);
  sortSuffixes(order, units, longest);

  const found: {start: number; length: number; count: number}[] = [];
  const add = (start: number, length: number, count: number) => {
    if (count >= 2 && length >= 2) found.push({start, length, count});
  };
  // A stack of the open nodes: the length they share, and the sum of weights before them.
  const lengths: number[] = [];
  const sums: number[] = [];
  let sum = 0;
  let before = 0;
  for (let i = 0; i < order.length; ++i) {
    const here = order[i]!;
    const next = order[i + 1];
    const after = next === undefined ? 0 : sharedLength(units, here, next, longest);
    const total = sum + weight[here]!;
    // A whole word that no neighbour goes through is a leaf, and no node.
    if (here === 0 || units[here - 1] === 0) {
      let length = 0;
      while (length <= longest && units[here + length] !== 0) ++length;
      if (length <= longest && length > Math.max(before, after)) add(here, length, weight[here]!);
    }
    let opened = sum;
    while (lengths.length && lengths.at(-1)! > after) {
      opened = sums.pop()!;
      add(here, lengths.pop()!, total - opened);
    }
    if (after > 0 && (lengths.at(-1) ?? 0) < after) {
      lengths.push(after);
      sums.push(opened);
    }
    sum = total;
    before = after;
  }
  found.sort((a, b) => b.count * b.length - a.count * a.length || a.start - b.start);

  const seeds: Seed[] = [];
  const seen = new Set<string>();
  for (const {start, length, count} of found) {
    if (seeds.length >= most) break;
    const cutsPair = (units[start + length - 1]! & 0xfc00) === 0xd800;
    const piece = String.fromCharCode(...units.subarray(start, start + length - Number(cutsPair)));
    if (seen.has(piece) || Array.from(piece).length < 2 || !isPieceAllowed(piece)) continue;
    seen.add(piece);
    seeds.push({piece, count});
  }
  return seeds;
}

/** How many units two places have in common, up to the end of a word. */
function sharedLength(units: Uint16Array, a: number, b: number, most: number): number {
  let length = 0;
  while (length < most && units[a + length] === units[b + length] && units[a + length] !== 0)
    ++length;
  return length;
}

/** Sorts places in the words by what follows them there (three-way radix quicksort). */
function sortSuffixes(order: Int32Array, units: Uint16Array, depth: number): void {
  const work: [number, number, number][] = [[0, order.length, 0]];
  for (let job = work.pop(); job; job = work.pop()) {
    const [from, to, at] = job;
    if (to - from < 2 || at >= depth) continue;
    const pivot = units[order[(from + to) >> 1]! + at]!;
    let less = from;
    let more = to;
    for (let i = from; i < more;) {
      const place = order[i]!;
      const unit = units[place + at]!;
      if (unit < pivot) {
        order[i++] = order[less]!;
        order[less++] = place;
      } else if (unit > pivot) {
        order[i] = order[--more]!;
        order[more] = place;
      } else ++i;
    }
    work.push([from, less, at], [more, to, at]);
    if (pivot !== 0) work.push([less, more, at + 1]);
  }
}
