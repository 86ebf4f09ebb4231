import type {Lattice} from "./lattice.js";

/** Hugging Face's SentencePiece-based tokenizers are "slow", those of its Rust library "fast". */
export type TokenizerRules = "slow" | "fast";

/** A text as pieces, without the special pieces around it. */
export interface Segmentation {
  ids: number[];
  /** Text of each piece; for `<unk>` the normalised characters it stands for. */
  tokens: string[];
  /** Code points [start, end) of the original text. */
  offsets: [number, number][];
  /** Index of the word of each piece, from 0. */
  words: number[];
}

/** Text to pieces, by the rules of one kind of tokenizer file. */
export interface Segmenter {
  segment(text: string): Segmentation;
  /** The same ids as `segment`, faster. */
  ids(text: string): Int32Array;
  lattice(text: string): Lattice;
  /** Which of Hugging Face's two tokenizers to follow where they differ: pairs, decoding. */
  readonly rules: TokenizerRules;
}

/** Ids in a growing buffer. */
export class IdBuffer {
  #ids = new Int32Array(1024);
  length = 0;

  push(id: number): void {
    if (this.length === this.#ids.length) {
      const grown = new Int32Array(this.#ids.length * 2);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[this.length++] = id;
  }

  /** A copy of the ids so far. */
  finish(): Int32Array {
    return this.#ids.slice(0, this.length);
  }
}

/** Number of code points in text[from, to). */
export function countCodePoints(text: string, from: number, to: number): number {
  let count = to - from;
  for (let i = from; i + 1 < to; ++i)
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      --count;
      ++i;
    }
  return count;
}
