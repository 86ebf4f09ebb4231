import {InputError} from "../../errors.js";
import {Random} from "../../random.js";
import type {SentenceObjective} from "./batch.js";

/** A run of consecutive sentences, [first, end) into the text's sentences. */
export interface Section {
  first: number;
  end: number;
}

/** A tokenised corpus laid out flat, ready to be cut into rows. */
export interface Text {
  /** All ids, sentence after sentence. */
  ids: Int32Array;
  /** Where each sentence starts in `ids`, and one more entry: the end. */
  starts: Int32Array;
  /** Sections to train on. */
  training: Section[];
  /** Sections never trained on; the training sections themselves if the text is too short. */
  heldOut: Section[];
  /** What was done to the text that its owner should know, one sentence each. */
  notes: string[];
}

/** How a tokenised corpus is laid out. */
export interface SectionOptions {
  sentence: SentenceObjective;
  /** Most tokens a row can hold besides special tokens. */
  maxTokens: number;
  /** Share of the sections that is held out, in [0, 1). */
  heldOut: number;
  /** Whether documents of one sentence are joined with their neighbours; see `layOut`. */
  joinSingles: boolean;
  /** Whether an id begins a word: long sentences are cut there. */
  startsWord(id: number): boolean;
}

/** With fewer documents than this, documents are cut so that something can be held out. */
const SECTIONS = 20;

/**
 * Lays a corpus out flat, mends what cannot be used as it is, and holds a part out.
 *
 * - A sentence longer than a row is cut, at words where possible, into parts that count as
 *   sentences: two of them fit a row of a sentence pair. (The original cuts the excess away.)
 * - Neighbouring documents of one sentence are joined into one document: a pair needs two
 *   sentences, and without pairs the rows would be mostly padding. Without `joinSingles` they stay
 *   alone with `none`, and are left out with `nsp` and `sop`. (The original pairs a lone sentence
 *   with one of another document and calls that swapped, which mixes NSP into SOP.)
 * - The split is by document, drawn from the stream "splits"; a text of fewer than 20 documents is
 *   first cut into runs of sentences.
 *
 * @throws InputError if nothing is left to train on
 */
export function layOut(documents: Int32Array[][], options: SectionOptions, seed: number): Text {
  const notes: string[] = [];
  const pairs = options.sentence !== "none";
  const cut = cutLong(documents, options, notes);
  const joined = joinSingles(cut, pairs, options.joinSingles, notes);
  const sentences = joined.flat();
  if (sentences.length === 0)
    throw new InputError(
      cut.length > 0
        ? `corpus: no document has two sentences, which sentence: ${options.sentence} needs (expected documents of several sentences, or sentence: none)`
        : "corpus: no token in it (expected at least one sentence)"
    );

  const starts = new Int32Array(sentences.length + 1);
  for (let i = 0; i < sentences.length; ++i) starts[i + 1] = starts[i]! + sentences[i]!.length;
  const ids = new Int32Array(starts[sentences.length]!);
  for (let i = 0; i < sentences.length; ++i) ids.set(sentences[i]!, starts[i]);

  const sections = toSections(joined, pairs ? 2 : 1);
  const count = Math.min(
    sections.length - 1,
    options.heldOut > 0 ? Math.max(1, Math.round(options.heldOut * sections.length)) : 0
  );
  const order = new Random(seed, "splits").shuffle(sections.map((_, i) => i));
  const isHeldOut = new Set(order.slice(0, count));
  const training = sections.filter((_, i) => !isHeldOut.has(i));
  const heldOut = sections.filter((_, i) => isHeldOut.has(i));
  if (count === 0 && options.heldOut > 0)
    notes.push("the text is too short to hold a part out: evaluation uses the training text");
  return {ids, starts, training, heldOut: count === 0 ? training : heldOut, notes};
}

/** Drops empty sentences and documents, and cuts sentences that are longer than a row. */
function cutLong(documents: Int32Array[][], options: SectionOptions, notes: string[]) {
  const {maxTokens, startsWord} = options;
  const part = options.sentence === "none" ? maxTokens : Math.max(1, Math.floor(maxTokens / 2));
  let long = 0;
  const result: Int32Array[][] = [];
  for (const document of documents) {
    const sentences: Int32Array[] = [];
    for (const sentence of document) {
      if (sentence.length === 0) continue;
      if (sentence.length <= maxTokens) {
        sentences.push(sentence);
        continue;
      }
      ++long;
      let from = 0;
      while (from < sentence.length) {
        let to = Math.min(sentence.length, from + part);
        if (to < sentence.length) {
          const lowest = from + Math.ceil(part / 2);
          let word = to;
          while (word > lowest && !startsWord(sentence[word]!)) --word;
          if (word > lowest) to = word;
        }
        sentences.push(sentence.subarray(from, to));
        from = to;
      }
    }
    if (sentences.length > 0) result.push(sentences);
  }
  if (long > 0)
    notes.push(`${long} sentences longer than a row of ${maxTokens} pieces were cut into parts`);
  return result;
}

function joinSingles(documents: Int32Array[][], pairs: boolean, join: boolean, notes: string[]) {
  const singles = documents.filter((document) => document.length === 1).length;
  if (singles === 0 || (!pairs && !join)) return documents;
  const result: Int32Array[][] = [];
  let run: Int32Array[] = [];
  let left = 0;
  const close = () => {
    if (run.length > 1 || (run.length === 1 && !pairs)) result.push(run);
    else left += run.length;
    run = [];
  };
  for (const document of documents) {
    if (document.length === 1 && join) run.push(document[0]!);
    else {
      close();
      if (document.length > 1) result.push(document);
      else ++left;
    }
  }
  close();
  if (join && singles - left > 0)
    notes.push(
      `${singles - left} documents of one sentence were joined with their neighbours` +
        (pairs ? ": where their order means nothing, the sentence objective stays near chance" : "")
    );
  if (left > 0) notes.push(`${left} documents of one sentence were left out: a pair needs two`);
  return result;
}

/** One section per document, or runs of sentences where there are few documents. */
function toSections(documents: Int32Array[][], shortest: number): Section[] {
  const total = documents.reduce((sum, document) => sum + document.length, 0);
  const longest =
    documents.length >= SECTIONS ? Infinity : Math.max(shortest, Math.ceil(total / SECTIONS));
  const sections: Section[] = [];
  let first = 0;
  for (const document of documents) {
    const end = first + document.length;
    while (first < end) {
      const to = end - first < longest + shortest ? end : first + longest;
      sections.push({first, end: to});
      first = to;
    }
  }
  return sections;
}
