/** Pairs of texts that differ in little, which decides what a blank must be. */
import {generateCorpus} from "../corpus/generate.js";
import {plural} from "../corpus/morphology.js";
import {sentenceText} from "../corpus/text.js";
import type {SentenceTruth} from "../corpus/types.js";
import {Random} from "../random.js";
import {
  articlePairs,
  objectPairs,
  opinionPairs,
  orderPairs,
  prepositionPairs,
  tensePairs
} from "./contextPairs.js";
import {topicPairs} from "./topicPairs.js";

/** A pair of texts with [MASK] in the same place, and the word that each calls for. */
export interface MinimalPair {
  clean: string;
  corrupted: string;
  answers: [string, string];
}

/** The kinds of pairs that the generated language gives. */
export const pairKinds = [
  {
    id: "agreement",
    name: "number agreement",
    about: "the subject is singular or plural, and the hidden verb must agree with it"
  },
  {
    id: "pronoun",
    name: "pronoun and name",
    about: "the name in the first sentence decides whether the second begins with he or she"
  },
  {
    id: "article",
    name: "a or an",
    about: "the word after the hidden article begins with a vowel or a consonant"
  },
  {
    id: "tense",
    name: "tense",
    about:
      "the verb of the first sentence, past or present, decides the hidden auxiliary of the second"
  },
  {
    id: "preposition",
    name: "preposition",
    about: "the adjective before it decides the hidden preposition: happy with, proud of"
  },
  {
    id: "object",
    name: "verb and object",
    about:
      "the verb decides the hidden object: each has the one that it usually has in this language"
  },
  {
    id: "order",
    name: "word order",
    about:
      "the same words, those before and after the [MASK] exchanged: a pronoun is a subject before its verb and an object after it"
  },
  {
    id: "opinion",
    name: "opinion",
    about: "who smiles or sighs, and so whether the hidden adjective praises or blames"
  },
  {
    id: "topic",
    name: "topic",
    about:
      "one noun says what the sentence is about, and so which noun is hidden; its other words are used of several topics"
  }
] as const;
export type PairKind = (typeof pairKinds)[number]["id"];

const other: Record<string, string> = {
  is: "are",
  are: "is",
  was: "were",
  were: "was",
  has: "have",
  have: "has",
  does: "do",
  do: "does"
};

const anyNumber = /^(?:the|his|her|its|their|some|no)$/i;

function childrenOf(sentence: SentenceTruth, head: number, relation: RegExp): number[] {
  return sentence.heads.flatMap((value, i) =>
    value === head + 1 && relation.test(sentence.deprels[i]!) ? [i] : []
  );
}

function agreement(sentence: SentenceTruth): MinimalPair[] {
  const {words, pos, heads, lemmas, number} = sentence;
  return words.flatMap((word, verb): MinimalPair[] => {
    const swapped = other[word];
    if (!swapped || pos[verb] !== "AUX" || heads[verb] === 0) return [];
    const [subject] = childrenOf(sentence, heads[verb]! - 1, /^nsubj(?::pass)?$/);
    if (subject === undefined || subject > verb || pos[subject] !== "NOUN") return [];
    const determiners = childrenOf(sentence, subject, /^(?:det|nmod:poss|nummod)/);
    const fits = determiners.length === 1 && anyNumber.test(words[determiners[0]!]!);
    if (!fits || childrenOf(sentence, subject, /^(?:conj|appos)$/).length > 0) return [];
    const lemma = lemmas[subject]!;
    if (plural(lemma) === lemma || !number[subject]) return [];
    const changed = number[subject] === "plur" ? lemma : plural(lemma);
    const masked = words.map((each, i) => (i === verb ? "[MASK]" : each));
    const clean = sentenceText(masked);
    const corrupted = sentenceText(masked.map((each, i) => (i === subject ? changed : each)));
    return [{clean, corrupted, answers: [word, swapped]}];
  });
}

interface NamedStart {
  first: SentenceTruth;
  second: SentenceTruth;
  /** Words of the name in the first sentence. */
  name: [number, number];
  pronoun: "she" | "he";
}

function namedStarts(sentences: readonly SentenceTruth[]): NamedStart[] {
  return sentences.slice(1).flatMap((second, i): NamedStart[] => {
    const first = sentences[i]!;
    const pronoun = second.words[0]!.toLowerCase();
    if (pronoun !== "she" && pronoun !== "he") return [];
    const people = first.spans.filter(({type}) => type === "PER");
    const [person] = people;
    const others = first.words.some((word) => /^(?:he|she|his|her|him|hers)$/i.test(word));
    if (people.length !== 1 || others || second.spans.some(({type}) => type === "PER")) return [];
    return [{first, second, name: [person!.start, person!.end], pronoun}];
  });
}

function pronouns(starts: readonly NamedStart[], random: Random): MinimalPair[] {
  return starts.flatMap(({first, second, name, pronoun}): MinimalPair[] => {
    const wanted = name[1] - name[0];
    const others = starts.filter(
      (start) => start.pronoun !== pronoun && start.name[1] - start.name[0] === wanted
    );
    if (others.length === 0) return [];
    const swap = random.pick(others);
    const stranger = swap.first.words.slice(...swap.name);
    const rest = sentenceText(["[MASK]", ...second.words.slice(1)]);
    const words = [...first.words.slice(0, name[0]), ...stranger, ...first.words.slice(name[1])];
    return [
      {
        clean: `${first.text} ${rest}`,
        corrupted: `${sentenceText(words)} ${rest}`,
        answers: [pronoun, pronoun === "she" ? "he" : "she"]
      }
    ];
  });
}

/**
 * Minimal pairs of one kind from generated documents, in their order. Whether both texts have as
 * many pieces is for the tokenizer to say.
 */
export function minimalPairs(kind: PairKind, documents: number, seed: number): MinimalPair[] {
  const {truth} = generateCorpus({documents, seed});
  const random = new Random(seed, "probes", 2);
  switch (kind) {
    case "agreement":
      return truth.flatMap(({sentences}) => sentences.flatMap(agreement));
    case "pronoun":
      return pronouns(
        truth.flatMap(({sentences}) => namedStarts(sentences)),
        random
      );
    case "article":
      return articlePairs(truth, random);
    case "tense":
      return tensePairs(truth);
    case "preposition":
      return prepositionPairs(truth, random);
    case "object":
      return objectPairs(truth, random);
    case "order":
      return orderPairs(truth);
    case "opinion":
      return opinionPairs(truth);
    case "topic":
      return topicPairs(truth, random);
  }
}
