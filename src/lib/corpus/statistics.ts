import type {Corpus} from "./types.js";

/** Sizes of a corpus. */
export interface CorpusStatistics {
  documents: number;
  sentences: number;
  /** Words and numbers, counted as runs of letters, digits and apostrophes. */
  words: number;
  /** Distinct words, lower-cased. */
  types: number;
  /** Words per sentence. */
  meanSentenceLength: number;
  /** Sentences per document. */
  meanDocumentLength: number;
  characters: number;
}

const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['\u2019][\p{L}]+)*/gu;

/** Counts documents, sentences, words and word types. */
export function corpusStatistics(corpus: Corpus): CorpusStatistics {
  let sentences = 0;
  let words = 0;
  let characters = 0;
  const types = new Set<string>();
  for (const document of corpus.documents) {
    sentences += document.length;
    for (const sentence of document) {
      characters += sentence.length;
      for (const word of sentence.match(wordPattern) ?? []) {
        ++words;
        types.add(word.toLowerCase());
      }
    }
  }
  return {
    documents: corpus.documents.length,
    sentences,
    words,
    types: types.size,
    meanSentenceLength: sentences > 0 ? words / sentences : 0,
    meanDocumentLength: sentences > 0 ? sentences / corpus.documents.length : 0,
    characters
  };
}
