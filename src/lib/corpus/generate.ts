import {InputError} from "../errors.js";
import {Random} from "../random.js";
import {planDocument, planPlainDocument} from "./planner.js";
import type {DocumentTruth, GeneratedCorpus} from "./types.js";

/** Most documents of one corpus: about 12 million words. */
export const mostDocuments = 100_000;

/** What to generate. */
export interface GenerateOptions {
  /** Number of documents, an integer from 1 to {@link mostDocuments}. */
  documents: number;
  /** Integer in [0, 2³²). */
  seed: number;
  /** Whether documents only tell the events of their script, a short sentence each; default false. */
  plain?: boolean;
  /** How many of the topics plain documents are about; default all. */
  topics?: number;
}

/** One document of the generated language; it depends on the seed and its index alone. */
export function generateDocument(
  seed: number,
  index: number,
  {plain = false, topics}: Pick<GenerateOptions, "plain" | "topics"> = {}
): DocumentTruth {
  const random = new Random(seed, "corpus", index);
  return plain ? planPlainDocument(random, index, topics) : planDocument(random, index);
}

/**
 * Writes documents in the generated language, with the truth about every word.
 *
 * Document `i` is the same however many are made. About 13 sentences of 9 words a document.
 *
 * @throws {InputError} if either number is out of its range
 */
export function generateCorpus({
  documents,
  seed,
  plain = false,
  topics
}: GenerateOptions): GeneratedCorpus {
  if (!Number.isInteger(documents) || documents < 1 || documents > mostDocuments) {
    throw new InputError(
      `invalid documents: ${documents} (must be an integer from 1 to ${mostDocuments})`
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new InputError(`invalid seed: ${seed} (must be an integer from 0 to 2³² − 1)`);
  }
  const truth: DocumentTruth[] = [];
  for (let i = 0; i < documents; ++i) truth.push(generateDocument(seed, i, {plain, topics}));
  return {
    name: `generated language, ${documents} ${plain ? "plain " : ""}documents, seed ${seed}`,
    documents: truth.map(({sentences}) => sentences.map(({text}) => text)),
    seed,
    truth
  };
}
