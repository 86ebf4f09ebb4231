/** A text as the rest of the program sees it: documents of sentences in their natural order. */
export interface Corpus {
  /** Where the text comes from: a file name, or the generator's parameters. */
  name: string;
  /** Sentences of each document, in order; no sentence is empty. */
  documents: string[][];
  /** What a reader of the text should know: what was skipped, merged or decoded, one sentence each. */
  notes?: string[];
}

/** Universal part-of-speech tags that the generator uses. @see https://universaldependencies.org/u/pos/ */
export type Upos =
  | "ADJ"
  | "ADP"
  | "ADV"
  | "AUX"
  | "CCONJ"
  | "DET"
  | "NOUN"
  | "NUM"
  | "PART"
  | "PRON"
  | "PROPN"
  | "PUNCT"
  | "SCONJ"
  | "VERB";

/** Grammatical number. */
export type GrammaticalNumber = "sing" | "plur";

/** Types of named entities: person, location, organisation. */
export type EntityType = "PER" | "LOC" | "ORG";

/** Begin–inside–outside tag of a word (IOB2). */
export type EntityTag = "O" | `B-${EntityType}` | `I-${EntityType}`;

/** What a sentence expresses by its choice of words, negation counted. */
export type Sentiment = "positive" | "negative" | "neutral";

/** A named entity in a sentence: words `[start, end)`, and which of the document's entities it is. */
export interface EntitySpan {
  type: EntityType;
  start: number;
  end: number;
  /** Index of the entity in its document; the same number is the same person, place or organisation. */
  id: number;
}

/** A generated sentence with everything that is true of it by construction. Arrays are per word. */
export interface SentenceTruth {
  /** The sentence as written; ASCII, so code points and UTF-16 units agree. */
  text: string;
  /** Words and punctuation marks, as CoNLL-U's FORM (`'s` is a word of its own). */
  words: string[];
  /** `[start, end)` of each word in `text`. */
  offsets: [number, number][];
  lemmas: string[];
  pos: Upos[];
  /** Head of each word, counted from 1 as in CoNLL-U; 0 for the root. Trees are projective. */
  heads: number[];
  /** Universal dependency relation to the head. */
  deprels: string[];
  /** Number of nouns, names, pronouns, and of those verb forms that show it (`is`, `waters`, `were`). */
  number: (GrammaticalNumber | null)[];
  /** IOB2 tags. */
  entities: EntityTag[];
  spans: EntitySpan[];
  sentiment: Sentiment;
  topic: string;
  /** Steps from the deepest word to the root, at least 1. */
  depth: number;
  /** Clauses inside the main clause, counted along the deepest chain; 0 for a simple sentence. */
  clauseDepth: number;
  /** Name of the sentence template. */
  template: string;
  /** Index of the (first) event of the document's script that the sentence tells; null if none. */
  event: number | null;
}

/** What is true of a whole generated document. */
export interface DocumentTruth {
  /** Index of the document: with the seed it determines every word. */
  index: number;
  topic: string;
  /** Name of the script whose events the document tells, as `topic.script`. */
  script: string;
  tense: "past" | "present";
  sentiment: Sentiment;
  sentences: SentenceTruth[];
}

/** A corpus with its truth: `truth[d].sentences[s].text === documents[d][s]`. */
export interface GeneratedCorpus extends Corpus {
  seed: number;
  truth: DocumentTruth[];
}
