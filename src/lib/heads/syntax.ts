/** Does a head look along the edges of a sentence's tree? */

/** The tree of a sentence, and which of its words each piece belongs to. */
export interface WordTree {
  /** Word of each piece, from 0; −1 for pieces that belong to none. */
  group: number[];
  /** Head of each word, counted from 1 as in CoNLL-U; 0 for the root. */
  heads: number[];
  /** Relation of each word to its head. */
  relations: string[];
}

/** Distances, in words, that the rule "the head is always there" is tried with. */
export const offsets: readonly number[] = [-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8];

/** How often a way of guessing found the head of a word. */
export interface HeadHits {
  /** Words asked of: those with a head, punctuation left out. */
  total: number;
  /** `[2 · heads]`: by the word's own look, then by the look of the others at it. */
  hits: Float64Array;
  /** As `offsets`. */
  byOffset: Float64Array;
}

/**
 * The word of each piece by the characters they have in common; of two words the one with more.
 *
 * @param pieces `[start, end)` of each piece; empty ones belong to no word
 * @param words `[start, end)` of each word, ascending
 */
export function groupPieces(
  pieces: readonly (readonly [number, number])[],
  words: readonly (readonly [number, number])[]
): number[] {
  return pieces.map(([start, end]) => {
    let best = -1;
    let most = 0;
    words.forEach(([from, to], word) => {
      const shared = Math.min(end, to) - Math.max(start, from);
      if (shared > most) [best, most] = [word, shared];
    });
    return best;
  });
}

/**
 * Attention between words: added up into a word, averaged from a word; pieces of no word are left
 * out, so rows sum to less than 1.
 *
 * @returns `[words, words]`
 */
export function wordAttention(
  probs: ArrayLike<number>,
  group: readonly number[],
  words: number
): Float64Array {
  const n = group.length;
  const size = new Float64Array(words);
  for (const word of group) if (word >= 0) size[word]! += 1;
  const merged = new Float64Array(words * words);
  for (let from = 0; from < n; ++from)
    for (let to = 0; to < n; ++to) {
      const [a, b] = [group[from]!, group[to]!];
      if (a >= 0 && b >= 0) merged[a * words + b]! += probs[from * n + to]! / size[a]!;
    }
  return merged;
}

/**
 * Counts by relation how often the word that is looked at most (other than itself) is the head: by
 * the dependent's own look, and by which word looks most at the dependent.
 *
 * @param attention one `[words, words]` a head
 * @param into relation → counts, added to
 * @see Clark et al. 2019, section 4.2, https://arxiv.org/abs/1906.04341
 */
export function countHeadHits(
  attention: readonly ArrayLike<number>[],
  {heads, relations}: Pick<WordTree, "heads" | "relations">,
  into: Map<string, HeadHits>
): void {
  const n = heads.length;
  for (let word = 0; word < n; ++word) {
    const truth = heads[word]! - 1;
    const relation = relations[word]!;
    if (truth < 0 || relation === "punct") continue;
    let counts = into.get(relation);
    if (!counts) {
      const hits = new Float64Array(2 * attention.length);
      counts = {total: 0, hits, byOffset: new Float64Array(offsets.length)};
      into.set(relation, counts);
    }
    ++counts.total;
    attention.forEach((weights, head) => {
      const own = strongest(n, word, (other) => weights[word * n + other]!);
      const others = strongest(n, word, (other) => weights[other * n + word]!);
      counts.hits[head]! += Number(own === truth);
      counts.hits[attention.length + head]! += Number(others === truth);
    });
    const at = offsets.indexOf(truth - word);
    if (at >= 0) counts.byOffset[at]! += 1;
  }
}

function strongest(n: number, not: number, weight: (other: number) => number): number {
  let best = -1;
  let most = -Infinity;
  for (let other = 0; other < n; ++other)
    if (other !== not && weight(other) > most) [best, most] = [other, weight(other)];
  return best;
}
