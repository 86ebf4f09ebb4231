/** Sentences with what is true of their words: from the generated language or from a treebank. */
import {generateCorpus} from "../corpus/generate.js";

/** A sentence; arrays are per word, and null where the source does not say. */
export interface ProbeSentence {
  words: readonly string[];
  /** Universal part of speech. */
  pos: readonly string[] | null;
  /** Head of each word, counted from 1; 0 for the root. */
  heads: readonly number[] | null;
  /** Relation of each word to its head, as Universal Dependencies name them. */
  relations: readonly string[] | null;
  /** `sing` or `plur`, null for words without number. */
  number: readonly (string | null)[] | null;
  /** Type of the entity that a word belongs to, `none` outside. */
  entities: readonly string[] | null;
  topic: string | null;
  sentiment: string | null;
}

/** Documents that probes are trained and tested on; one is never on both sides. */
export interface ProbeCorpus {
  name: string;
  documents: readonly (readonly ProbeSentence[])[];
  notes: string[];
}

/** Documents of the generated language with their truth. */
export function generatedProbeCorpus(documents: number, seed: number): ProbeCorpus {
  const {truth, name} = generateCorpus({documents, seed});
  return {
    name,
    notes: [],
    documents: truth.map(({sentences}) =>
      sentences.map((sentence) => ({
        words: sentence.words,
        pos: sentence.pos,
        heads: sentence.heads,
        relations: sentence.deprels,
        number: sentence.number,
        entities: sentence.entities.map((tag) => (tag === "O" ? "none" : tag.slice(2))),
        topic: sentence.topic,
        sentiment: sentence.sentiment
      }))
    )
  };
}
