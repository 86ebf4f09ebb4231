import type {Random} from "../../random.js";
import {plural, verbForms} from "../morphology.js";
import {planDocument} from "../planner.js";
import {sentenceText} from "../text.js";
import type {SentenceTruth} from "../types.js";
import {rowRandom, type ExampleOptions} from "./scene.js";

/** What is wrong with the second sentence of a minimal pair. */
export type Violation = "agreement" | "order" | "case" | "form";

/** A sentence that is grammatical (label 1) or not (0). */
export interface AcceptabilityExample {
  sentence: string;
  label: 0 | 1;
  /** Rows `2p` and `2p + 1` are the two sentences of minimal pair `p`. */
  pair: number;
  violation: Violation;
}

const swaps: Record<string, string> = {
  is: "are",
  are: "is",
  was: "were",
  were: "was",
  has: "have",
  have: "has",
  does: "do",
  do: "does"
};

const cases: Record<string, string> = {
  he: "him",
  she: "her",
  they: "them",
  him: "he",
  them: "they"
};

/** A word exchanged for another, with the capital kept. */
function replaced(sentence: SentenceTruth, at: number, form: string): string[] {
  const words = [...sentence.words];
  const isCapital = /^[A-Z]/.test(words[at]!) && at <= 1;
  words[at] = isCapital ? form.charAt(0).toUpperCase() + form.slice(1) : form;
  return words;
}

/** The verb in the wrong number; not where a noun such as "sheep" may have either. */
function breakAgreement(sentence: SentenceTruth, random: Random): string[] | null {
  if (sentence.lemmas.some((lemma) => plural(lemma) === lemma)) return null;
  const verbs = indices(
    sentence,
    (i) => /^(?:VERB|AUX)$/.test(sentence.pos[i]!) && sentence.number[i] !== null
  );
  if (verbs.length === 0) return null;
  const at = random.pick(verbs);
  const word = sentence.words[at]!.toLowerCase();
  const {base, third} = verbForms(sentence.lemmas[at]!);
  return replaced(sentence, at, swaps[word] ?? (word === third ? base : third));
}

/** A determiner or adjective and the noun after it, exchanged. */
function breakOrder(sentence: SentenceTruth, random: Random): string[] | null {
  const places = indices(
    sentence,
    (i) =>
      /^(?:DET|ADJ|NUM)$/.test(sentence.pos[i]!) &&
      sentence.pos[i + 1] === "NOUN" &&
      sentence.heads[i] === i + 2
  );
  if (places.length === 0) return null;
  const at = random.pick(places);
  const words = [...sentence.words];
  const isFirst = at === 0;
  const [a, b] = [words[at]!, words[at + 1]!];
  words[at] = isFirst ? b.charAt(0).toUpperCase() + b.slice(1) : b;
  words[at + 1] = a.toLowerCase();
  return words;
}

/** A pronoun in the wrong case. */
function breakCase(sentence: SentenceTruth, random: Random): string[] | null {
  const pronouns = indices(sentence, (i) => {
    const word = sentence.words[i]!.toLowerCase();
    const isPossessive = sentence.deprels[i] === "nmod:poss";
    return cases[word] !== undefined && !isPossessive;
  });
  if (pronouns.length === 0) return null;
  const at = random.pick(pronouns);
  return replaced(sentence, at, cases[sentence.words[at]!.toLowerCase()]!);
}

/** The base form after "have" or "be": "has water", "was watering" → "was water". */
function breakForm(sentence: SentenceTruth, random: Random): string[] | null {
  const verbs = indices(sentence, (i) => {
    if (sentence.pos[i] !== "VERB" || sentence.words[i] === sentence.lemmas[i]) return false;
    return sentence.heads.some(
      (head, j) =>
        head === i + 1 &&
        j < i &&
        /^(?:have|be)$/.test(sentence.lemmas[j]!) &&
        sentence.pos[j] === "AUX"
    );
  });
  if (verbs.length === 0) return null;
  const at = random.pick(verbs);
  return replaced(sentence, at, sentence.lemmas[at]!);
}

function indices(sentence: SentenceTruth, test: (i: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < sentence.words.length; ++i) if (test(i)) found.push(i);
  return found;
}

const violations: readonly [
  Violation,
  (sentence: SentenceTruth, random: Random) => string[] | null
][] = [
  ["agreement", breakAgreement],
  ["agreement", breakAgreement],
  ["order", breakOrder],
  ["case", breakCase],
  ["form", breakForm]
];

/**
 * Minimal pairs, as rows with CoLA's labels: a sentence of the generated language and the same one
 * with a single violation of agreement (distractors between subject and verb included), word
 * order, case, or verb form.
 */
export function acceptabilityExamples({n, seed}: ExampleOptions): AcceptabilityExample[] {
  const rows: AcceptabilityExample[] = [];
  for (let pair = 0; rows.length < n; ++pair) {
    const random = rowRandom("acceptability", seed, pair);
    const [violation, violate] = random.pick(violations);
    let words: string[] | null = null;
    let good = "";
    while (!words) {
      const {sentences} = planDocument(random, pair);
      for (const sentence of random.shuffle(sentences)) {
        words = violate(sentence, random);
        good = sentence.text;
        if (words) break;
      }
    }
    rows.push({sentence: good, label: 1, pair, violation});
    rows.push({sentence: sentenceText(words), label: 0, pair, violation});
  }
  return rows.slice(0, n);
}
