/** What a probe is asked to find in a hidden state. */
import {Random} from "../random.js";
import type {ProbeSentence} from "./sentences.js";

/** What one row of a task is: a word, a sentence, or two sentences that follow each other. */
export type ProbeUnit = "word" | "sentence" | "pair";

/** One property that is looked for. */
export interface ProbeTask {
  id: string;
  name: string;
  unit: ProbeUnit;
  /** What the classes are, in a few words. */
  about: string;
  /** The class of a word or of a sentence; null where the source does not say or none applies. */
  label(sentence: ProbeSentence, word: number): string | null;
}

const places = 8;

function distance(head: number, word: number): string | null {
  if (head === 0) return null;
  const steps = Math.abs(head - 1 - word);
  return steps <= 2 ? String(steps) : steps <= 4 ? "3–4" : "5 or more";
}

/** Every property that can be looked for, words first. */
export const probeTasks: readonly ProbeTask[] = [
  {
    id: "pos",
    name: "part of speech",
    unit: "word",
    about: "the universal tag of a word",
    label: ({pos}, i) => pos?.[i] ?? null
  },
  {
    id: "direction",
    name: "direction of the head",
    unit: "word",
    about: "whether the word that a word depends on stands before it or after it, or there is none",
    label: ({heads}, i) => {
      const head = heads?.[i];
      if (head === undefined) return null;
      return head === 0 ? "root" : head - 1 < i ? "before" : "after";
    }
  },
  {
    id: "distance",
    name: "distance of the head",
    unit: "word",
    about: "how many words away the word that a word depends on stands: 1, 2, 3–4, 5 or more",
    label: ({heads}, i) => (heads ? distance(heads[i]!, i) : null)
  },
  {
    id: "number",
    name: "number",
    unit: "word",
    about: "singular or plural, of the words that have it",
    label: ({number}, i) => number?.[i] ?? null
  },
  {
    id: "entity",
    name: "entity",
    unit: "word",
    about: "person, place, organisation or none",
    label: ({entities}, i) => entities?.[i] ?? null
  },
  {
    id: "position",
    name: "position",
    unit: "word",
    about: `which word of its sentence a word is: 1st, 2nd … ${places}th or later`,
    label: (_, i) => (i + 1 < places ? String(i + 1) : `${places} or later`)
  },
  {
    id: "topic",
    name: "topic",
    unit: "sentence",
    about: "what the document of a sentence is about",
    label: ({topic}) => topic
  },
  {
    id: "sentiment",
    name: "sentiment",
    unit: "sentence",
    about: "positive, negative or neutral",
    label: ({sentiment}) => sentiment
  },
  {
    id: "order",
    name: "sentence order",
    unit: "pair",
    about: "whether two neighbouring sentences stand in their order or are swapped",
    // The class of a pair is drawn, not read: see `pairsOf`.
    label: () => null
  }
];

/** A text to run through the model, and the rows that are read off it. */
export interface ProbeText {
  /** Words of the text; of a pair, those of the first and of the second sentence. */
  first: readonly string[];
  second: readonly string[] | null;
  /**
   * What is read: one entry a word, or a single one. Classes by task; `type` is what the control
   * task draws its classes by: the word, or the first word of the text.
   */
  items: {type: string; labels: (string | null)[]}[];
}

/**
 * The texts of some documents for tasks of one unit.
 *
 * @param tasks all of the same unit
 * @param seed draws which pairs are swapped
 */
export function probeTexts(
  documents: readonly (readonly ProbeSentence[])[],
  tasks: readonly ProbeTask[],
  seed: number
): ProbeText[] {
  const unit = tasks[0]!.unit;
  if (unit === "pair") return pairsOf(documents, tasks.length, seed);
  return documents.flat().map((sentence): ProbeText => {
    const {words} = sentence;
    const items =
      unit === "word"
        ? words.map((word, i) => ({
            type: word.toLowerCase(),
            labels: tasks.map((task) => task.label(sentence, i))
          }))
        : [{type: words[0]!.toLowerCase(), labels: tasks.map((task) => task.label(sentence, 0))}];
    return {first: words, second: null, items};
  });
}

function pairsOf(
  documents: readonly (readonly ProbeSentence[])[],
  tasks: number,
  seed: number
): ProbeText[] {
  const random = new Random(seed, "sentences", 1);
  return documents.flatMap((sentences) =>
    sentences.slice(1).map((sentence, i): ProbeText => {
      const isSwapped = random.uniform() < 0.5;
      const pair = [sentences[i]!.words, sentence.words] as const;
      const [first, second] = isSwapped ? [pair[1], pair[0]] : pair;
      const label = isSwapped ? "swapped" : "in order";
      const labels = Array.from({length: tasks}, () => label);
      return {first, second, items: [{type: first[0]!.toLowerCase(), labels}]};
    })
  );
}
