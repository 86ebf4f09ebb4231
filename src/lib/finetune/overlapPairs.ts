/** Pairs of texts that share a known part of their words: a warm-up for tasks that compare two texts. */
import {Random} from "../random.js";
import {overlap} from "./baselines/baselines.js";
import type {TextExample} from "./dataset.js";
import {lowerWords} from "./words.js";

/** Words of a text that is mixed, at most: pairs stay short enough for a row. */
const mostWords = 24;

/**
 * Pairs with five times their word overlap (Jaccard) as score. One text is a sentence; the other keeps
 * a random share of its words, half of the time in another order, among words of a second sentence.
 * A model that has learned to compare words in this way need not find it out from the few rows of a
 * similarity or paraphrase task.
 *
 * @param sentences at least two, of which those of over 24 words are left out if there are others
 */
export function overlapPairs(
  sentences: readonly string[],
  {n, seed}: {n: number; seed: number}
): TextExample[] {
  const split = sentences.map((sentence) => sentence.split(/\s+/).filter((word) => word !== ""));
  const short = split.filter(({length}) => length > 1 && length <= mostWords);
  const pool = short.length > 1 ? short : split;
  return Array.from({length: n}, (_, row) => {
    const random = new Random(seed, "corpus", row, 77);
    for (;;) {
      const [own, other] = [random.pick(pool), random.pick(pool)];
      const share = random.uniform();
      const kept = own.filter(() => random.uniform() < share);
      const filling = other.filter(() => random.uniform() < 1 - share);
      if (random.uniform() < 0.5) random.shuffle(kept);
      const at = random.int(kept.length + 1);
      const mixed = [...kept.slice(0, at), ...filling, ...kept.slice(at)].join(" ");
      if (lowerWords(mixed).length === 0) continue;
      const [text, pair] = random.uniform() < 0.5 ? [own.join(" "), mixed] : [mixed, own.join(" ")];
      const score = 5 * overlap(lowerWords(text), lowerWords(pair));
      return {text, pair, label: Math.round(score * 100) / 100, line: 0};
    }
  });
}
