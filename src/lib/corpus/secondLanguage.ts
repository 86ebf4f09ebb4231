/** A second language of the same grammar: every word has another form, and the verb comes last. */
import {Random} from "../random.js";
import {generateDocument} from "./generate.js";
import {sentenceText} from "./text.js";
import type {Corpus, SentenceTruth} from "./types.js";

const onsets = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sk"];
const vowels = ["a", "e", "i", "o", "u", "ai", "ou", "y"];

/**
 * The second language's form of a word: the same word always gives the same form, of two syllables or
 * more, in which nothing of its spelling is left. What holds no letter (punctuation, numbers) stays.
 */
export function secondWord(word: string): string {
  if (!/\p{L}/u.test(word)) return word;
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; ++i)
    hash = Math.imul(hash ^ word.toLowerCase().charCodeAt(i), 0x01000193) >>> 0;
  // Three syllables of seven bits each: 2²¹ forms.
  const syllables = [0, 1, 2].map((i) => {
    const bits = (hash ^ (hash >>> 11)) >>> (7 * i);
    return onsets[bits & 15]! + vowels[(bits >>> 4) & 7]!;
  });
  const form = syllables.join("");
  return /^\p{Lu}/u.test(word) ? form[0]!.toUpperCase() + form.slice(1) : form;
}

/** A sentence in the second language: its words' other forms, the root after all other words. */
export function inSecondLanguage({words, heads}: SentenceTruth): string {
  const root = heads.indexOf(0);
  let end = words.length;
  while (end > 0 && !/[\p{L}\p{N}]/u.test(words[end - 1]!)) --end;
  const order = words.map((_, i) => i);
  if (root >= 0 && root < end) order.splice(end - 1, 0, ...order.splice(root, 1));
  const forms = order.map((i) => secondWord(words[i]!));
  const text = sentenceText(forms);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What {@link bilingualCorpus} writes. */
export interface BilingualOptions {
  /** Documents, at least 2. */
  documents: number;
  /** Integer in [0, 2³²). */
  seed: number;
  /** Share of the documents that say every sentence in both languages, one after the other; 0 to 1. */
  parallel: number;
}

/**
 * Documents in two languages: a share says every sentence twice, the rest are in either language, half
 * of them each, and no document of one is the translation of one of the other.
 */
export function bilingualCorpus({documents, seed, parallel}: BilingualOptions): Corpus {
  const both = Math.round(parallel * documents);
  return {
    name: `two generated languages, seed ${seed}`,
    documents: Array.from({length: documents}, (_, index) => {
      const random = new Random(seed, "corpus", index, 78);
      const {sentences} = generateDocument(seed, index);
      if (index < both)
        return sentences.flatMap((sentence) => {
          const pair = [sentence.text, inSecondLanguage(sentence)];
          return random.uniform() < 0.5 ? pair : pair.reverse();
        });
      return sentences.map((sentence) =>
        (index - both) % 2 === 0 ? sentence.text : inSecondLanguage(sentence)
      );
    })
  };
}

/**
 * Different sentences with their translations, of another seed than the corpus.
 *
 * @returns n pairs, no sentence twice
 */
export function translationPairs(n: number, seed: number): [first: string, second: string][] {
  const pairs = new Map<string, string>();
  for (let index = 0; pairs.size < n; ++index)
    for (const sentence of generateDocument(seed, index).sentences)
      if (pairs.size < n) pairs.set(sentence.text, inSecondLanguage(sentence));
  return [...pairs];
}
