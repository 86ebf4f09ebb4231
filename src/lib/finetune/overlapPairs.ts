/** Pairs of texts that share a known part of their words: a warm-up for tasks that compare two texts. */
import {Random} from "../random.js";
import {overlap} from "./baselines/baselines.js";
import type {TextExample} from "./dataset.js";
import {lowerWords} from "./words.js";

/** Words of a text that is mixed, at most: pairs stay short enough for a row. */
const mostWords = 24;
/** Share of the pairs that are lists of words instead of sentences, and their lengths. */
const listShare = 0.75;
const [shortestList, longestList] = [3, 14];

/**
 * Pairs with five times their word overlap (Jaccard) as score: one text, and the same with a random
 * share of its words replaced, half of the time in another order. A quarter of the texts are sentences.
 * What a sentence is about, and whether it still reads like one, give its score half away; so most texts
 * are lists of words drawn from all sentences, rare ones as often as frequent ones, where only comparing
 * word by word helps. A model that has learned this need not find it out from the few rows of a
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
  const vocabulary = [...new Set(pool.flat())];
  return Array.from({length: n}, (_, row) => {
    const random = new Random(seed, "corpus", row, 77);
    for (;;) {
      const isList = random.uniform() < listShare;
      const length = shortestList + random.int(longestList - shortestList + 1);
      const words = isList
        ? Array.from({length}, () => random.pick(vocabulary))
        : random.pick(pool);
      const others = isList ? vocabulary : random.pick(pool);
      const share = random.uniform();
      const changed = words.map((word) => (random.uniform() < share ? word : random.pick(others)));
      if (random.uniform() < 0.5) random.shuffle(changed);
      const [own, mixed] = [words.join(" "), changed.join(" ")];
      if (lowerWords(mixed).length === 0) continue;
      const [text, pair] = random.uniform() < 0.5 ? [own, mixed] : [mixed, own];
      const score = 5 * overlap(lowerWords(text), lowerWords(pair));
      return {text, pair, label: Math.round(score * 100) / 100, line: 0};
    }
  });
}
