import type {Random} from "../../random.js";
import {adjectiveGroup} from "../lexicon/nouns.js";
import {planDocument} from "../planner.js";
import {personNouns} from "../script.js";
import {sentenceText} from "../text.js";
import type {DocumentTruth, SentenceTruth} from "../types.js";
import {rowRandom, type ExampleOptions} from "./scene.js";

/** A question about a context, in SQuAD's terms. */
export interface QuestionExample {
  id: string;
  context: string;
  question: string;
  /** Null if the context does not answer it. */
  answer: {text: string; /** First character of the answer in the context. */ start: number} | null;
}

/** Options of {@link questionExamples}. */
export interface QuestionOptions extends ExampleOptions {
  /** Fraction of questions that the context does not answer (SQuAD 2.0), in [0, 1]; default 0. */
  impossible?: number;
}

/** Words of the subtree of word `at` (0-based), in order, without the relations named. */
function subtree(sentence: SentenceTruth, at: number, without: RegExp): number[] {
  const inside = sentence.words.map(() => false);
  inside[at] = true;
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < inside.length; ++i) {
      const head = sentence.heads[i]! - 1;
      if (inside[i] || head < 0 || !inside[head]) continue;
      if (without.test(sentence.deprels[i]!)) continue;
      inside[i] = true;
      changed = true;
    }
  }
  return sentence.words.map((_, i) => i).filter((i) => inside[i]);
}

const extra = /^(?:acl|acl:relcl|advcl|conj|cc|punct|appos|mark)$/;

function dependents(sentence: SentenceTruth, head: number): Map<string, number> {
  const found = new Map<string, number>();
  sentence.heads.forEach((value, i) => {
    if (value === head + 1 && !found.has(sentence.deprels[i]!)) found.set(sentence.deprels[i]!, i);
  });
  return found;
}

/** A first word with a small letter, unless it is a name. */
function lowered(sentence: SentenceTruth, i: number): string {
  const word = sentence.words[i]!;
  return i === 0 && sentence.pos[i] !== "PROPN"
    ? word.charAt(0).toLowerCase() + word.slice(1)
    : word;
}

/** The place where a verb happens, "Brennick" or "the old barn", without its preposition. */
function placeOf(sentence: SentenceTruth, verb: number): {from: number; to: number} | null {
  for (let i = verb + 1; i < sentence.words.length; ++i) {
    if (sentence.heads[i] !== verb + 1 || sentence.deprels[i] !== "obl") continue;
    const isName = sentence.entities[i] === "B-LOC";
    const isPlace = /^(?:place|building|room|land)$/.test(adjectiveGroup(sentence.lemmas[i]!));
    const words = subtree(sentence, i, /^(?:case|acl|acl:relcl|punct)$/);
    if (!isName && !(isPlace && sentence.pos[i] === "NOUN")) continue;
    const preposition = sentence.words[words[0]! - 1];
    if (/^(?:in|at|on)$/.test(preposition ?? "")) return {from: words[0]!, to: words.at(-1)!};
  }
  return null;
}

interface Asked {
  question: string;
  /** Words `[from, to]` of the answer. */
  from: number;
  to: number;
}

/** Questions that one sentence answers: who did it, what was done to, where. */
function questionsOf(sentence: SentenceTruth): Asked[] {
  const root = sentence.heads.indexOf(0);
  if (sentence.pos[root] !== "VERB" || !/^(?:event|intro|scene)/.test(sentence.template)) return [];
  const parts = dependents(sentence, root);
  const subject = parts.get("nsubj");
  const object = parts.get("obj");
  if (
    subject === undefined ||
    subject > root ||
    parts.has("conj") ||
    parts.has("aux") ||
    parts.has("xcomp")
  )
    return [];
  if (parts.has("csubj") || parts.has("ccomp") || parts.has("expl") || parts.has("iobj")) return [];
  const verb = sentence.words[root]!;
  const text = (indices: number[]) => sentenceText(indices.map((i) => lowered(sentence, i)));
  const hasPronoun = (indices: number[]) =>
    indices.some((i) =>
      /^(?:he|she|it|they|him|her|them|his|its|their|this|these)$/i.test(sentence.words[i]!)
    );
  const asked: Asked[] = [];
  const objectWords = object === undefined ? [] : subtree(sentence, object, extra);
  const subjectWords = subtree(sentence, subject, extra);
  const particle = parts.get("compound:prt");
  const tail = [...(particle === undefined ? [] : [particle]), ...objectWords].sort(
    (a, b) => a - b
  );
  const isPlain = sentence.pos[subject] !== "PRON";
  const isPerson = sentence.entities[subject] === "B-PER";
  if (
    object !== undefined &&
    isPlain &&
    isPerson &&
    !hasPronoun(tail) &&
    sentence.pos[object] !== "PRON"
  ) {
    const isThird = sentence.number[root] !== "plur";
    if (isThird) {
      asked.push({
        question: `Who ${verb} ${text(tail)}?`,
        from: subjectWords[0]!,
        to: subjectWords.at(-1)!
      });
    }
  }
  const isKnown =
    sentence.pos[subject] === "PROPN" || /^the$/i.test(sentence.words[subjectWords[0]!]!);
  if (isPlain && isKnown && subjectWords.length <= 3 && !hasPronoun(subjectWords)) {
    const auxiliary =
      sentence.number[root] === null ? "did" : sentence.number[root] === "sing" ? "does" : "do";
    const base = sentence.lemmas[root]!;
    const end = particle === undefined ? base : `${base} ${sentence.words[particle]!}`;
    const who = text(subjectWords);
    if (object !== undefined && sentence.pos[object] === "NOUN" && !hasPronoun(objectWords)) {
      asked.push({
        question: `${personNouns().has(sentence.lemmas[object]!) ? "Who" : "What"} ${auxiliary} ${who} ${end}?`,
        from: objectWords[0]!,
        to: objectWords.at(-1)!
      });
    }
    const where = placeOf(sentence, root);
    const isWhole =
      object === undefined || (sentence.pos[object] === "NOUN" && !hasPronoun(objectWords));
    if (where && isWhole) {
      const what = object === undefined ? "" : ` ${text(objectWords)}`;
      asked.push({question: `Where ${auxiliary} ${who} ${end}${what}?`, ...where});
    }
  }
  return asked;
}

/** A question that just one sentence of the document answers. */
function ask(
  document: DocumentTruth,
  random: Random
): {question: string; answer: QuestionExample["answer"]} | null {
  const context = document.sentences.map(({text}) => text);
  let at = 0;
  const all: {question: string; answer: {text: string; start: number}}[] = [];
  document.sentences.forEach((sentence, s) => {
    for (const {question, from, to} of questionsOf(sentence)) {
      const start = sentence.offsets[from]![0];
      const text = sentence.text.slice(start, sentence.offsets[to]![1]);
      all.push({question, answer: {text, start: at + start}});
    }
    at += context[s]!.length + 1;
  });
  const unique = all.filter(
    ({question}) => all.filter((other) => other.question === question).length === 1
  );
  if (unique.length === 0) return null;
  const word = random.pick([...new Set(unique.map(({question}) => question.split(" ")[0]!))]);
  return random.pick(unique.filter(({question}) => question.startsWith(word)));
}

/**
 * Questions about generated documents, with the answer's place in characters. An unanswerable
 * question is one about a document that tells another script.
 */
export function questionExamples({n, seed, impossible = 0}: QuestionOptions): QuestionExample[] {
  return Array.from({length: n}, (_, row) => {
    const random = rowRandom("question", seed, row);
    const isImpossible = random.uniform() < impossible;
    for (;;) {
      const document = planDocument(random, row);
      const other = isImpossible ? planDocument(random, row) : document;
      const asked = ask(other, random);
      if (!asked || (isImpossible && other.script === document.script)) continue;
      const context = document.sentences.map(({text}) => text).join(" ");
      const answer = isImpossible ? null : asked.answer;
      return {id: `generated-${seed}-${row}`, context, question: asked.question, answer};
    }
  });
}
