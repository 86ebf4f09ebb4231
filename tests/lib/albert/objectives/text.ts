import type {PieceTable} from "../../../../src/lib/albert/objectives/batch.js";
import {Random} from "../../../../src/lib/random.js";

/** Ids below 5 are special; a multiple of three continues the word before it. */
export const pieces: PieceTable = {
  vocabSize: 50,
  special: {pad: 0, cls: 2, sep: 3, mask: 4},
  startsWord: (id) => id % 3 !== 0
};

/**
 * Documents whose every id is distinct, so that a piece tells which sentence it is from: ids count up
 * from 5 through the text. Use with a vocabulary as large as the text.
 */
export function countingDocuments(sizes: number[][]): Int32Array[][] {
  let next = 5;
  return sizes.map((sentences) =>
    sentences.map((length) => Int32Array.from({length}, () => next++))
  );
}

/** Random documents of `sentences` sentences of 4 to 12 pieces each. */
export function randomDocuments(documents: number, sentences: number, seed = 1): Int32Array[][] {
  const random = new Random(seed, "corpus");
  return Array.from({length: documents}, () =>
    Array.from({length: sentences}, () =>
      Int32Array.from({length: 4 + random.int(9)}, () => 5 + random.int(45))
    )
  );
}

/** A piece table for `countingDocuments`: every id starts a word. */
export function countingPieces(vocabSize: number): PieceTable {
  return {...pieces, vocabSize, startsWord: () => true};
}
