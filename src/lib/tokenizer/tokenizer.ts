import {InputError} from "../errors.js";
import {decodeFast, decodeSlow} from "./decode.js";
import {
  assemble,
  type Encoding,
  head,
  type SpecialIds,
  type Truncation,
  truncatedLengths,
  windowRanges
} from "./encoding.js";
import type {Lattice} from "./lattice.js";
import type {Segmentation, Segmenter} from "./segmenter.js";
import {startsWord} from "./wordStarts.js";
import type {TokenizerWriter} from "./write.js";

export type {Encoding, SpecialIds, Truncation} from "./encoding.js";
export type {Lattice, LatticeEdge} from "./lattice.js";

/** How to encode a text or a pair. */
export interface EncodeOptions {
  /** The second text. */
  pair?: string;
  /** Whether to add [CLS] and [SEP]; default true. */
  addSpecialTokens?: boolean;
  /** Most pieces, special ones included; default: no limit. */
  maxLength?: number;
  /** Which text gives way; default "longest_first". */
  truncation?: Truncation;
  /** Pads to at least this length; default 0. */
  padding?: number;
}

/** How to cut a long second text into windows. */
export interface WindowOptions {
  /** Most pieces of a window, special ones included. */
  maxLength: number;
  /** Pieces that consecutive windows share; default 0. */
  stride?: number;
  /** Pads to at least this length; default 0. */
  padding?: number;
}

/** What a reader gives the tokenizer. */
export interface TokenizerParts {
  pieces: readonly string[];
  scores: Float64Array | Float32Array;
  /** SentencePiece's type of each piece. */
  types: Uint8Array;
  special: SpecialIds;
  segmenter: Segmenter;
  writer: TokenizerWriter;
}

/** Text to ALBERT's ids and back. Immutable; made by `readSpiece`, `readTokenizerJson`, `trainUnigram`. */
export class Tokenizer {
  readonly vocabSize: number;
  readonly pieces: readonly string[];
  /** Log probability of each piece. */
  readonly scores: Float64Array | Float32Array;
  readonly special: SpecialIds;
  readonly #parts: TokenizerParts;
  readonly #startsWord: Uint8Array;

  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.pieces = parts.pieces;
    this.scores = parts.scores;
    this.special = parts.special;
    this.vocabSize = parts.pieces.length;
    this.#startsWord = Uint8Array.from(parts.pieces, (piece) => Number(startsWord(piece)));
  }

  /**
   * A text, or a pair, as model inputs.
   *
   * Example: encode("Hello", {pair: "you"}) → [CLS] ▁hello [SEP] ▁you [SEP], types 0 0 0 1 1.
   */
  encode(text: string, options: EncodeOptions = {}): Encoding {
    const first = this.#parts.segmenter.segment(text);
    const {pair} = options;
    const hasPair = this.#parts.segmenter.rules === "slow" ? pair !== undefined : !!pair;
    return this.#encode(first, hasPair ? this.#parts.segmenter.segment(pair!) : undefined, options);
  }

  /** Words that were split before, each encoded by itself; `wordIds` are their indices. */
  encodeWords(words: readonly string[], options: Omit<EncodeOptions, "pair"> = {}): Encoding {
    const all: Segmentation = {ids: [], tokens: [], offsets: [], words: []};
    words.forEach((word, index) => {
      const {ids, tokens, offsets} = this.#parts.segmenter.segment(word);
      for (let i = 0; i < ids.length; ++i) {
        all.ids.push(ids[i]!);
        all.tokens.push(tokens[i]!);
        all.offsets.push(offsets[i]!);
        all.words.push(index);
      }
    });
    return this.#encode(all, undefined, options);
  }

  /**
   * A pair whose second text may be too long, as windows that overlap by `stride` pieces, for
   * question answering: `[CLS] question [SEP] part of the context [SEP]` each.
   *
   * @throws InputError when the question leaves no more room than `stride`
   */
  encodeWindows(first: string, second: string, options: WindowOptions): Encoding[] {
    const {maxLength, stride = 0, padding} = options;
    const question = this.#parts.segmenter.segment(first);
    const context = this.#parts.segmenter.segment(second);
    const room = maxLength - question.ids.length - 3;
    return windowRanges(context.ids.length, room, stride).map(([start, end]) =>
      this.#encode(question, head(context, end - start, start), {padding})
    );
  }

  /** Ids alone, without [CLS] and [SEP]: the fast path. */
  ids(text: string): Int32Array {
    return this.#parts.segmenter.ids(text);
  }

  /**
   * Ids back to text; `<pad>`, `[CLS]` … are written out unless skipped.
   *
   * @throws InputError for an id outside the vocabulary
   */
  decode(
    ids: ArrayLike<number>,
    {skipSpecialTokens = false}: {skipSpecialTokens?: boolean} = {}
  ): string {
    const special = new Set<number>(Object.values(this.special));
    const {types, segmenter} = this.#parts;
    const decode = segmenter.rules === "slow" ? decodeSlow : decodeFast;
    return decode(ids, {pieces: this.pieces, types, special}, skipSpecialTokens);
  }

  /** Whether a piece begins a word, for masking whole words. */
  startsWord(id: number): boolean {
    return this.#startsWord[id] === 1;
  }

  /** Every piece that could cover some part of the text, and the best path through them. */
  lattice(text: string): Lattice {
    return this.#parts.segmenter.lattice(text);
  }

  /** The bytes of `spiece.model`. */
  toSpiece(): Uint8Array {
    return this.#parts.writer.spiece();
  }

  /** The text of `tokenizer.json`. */
  toTokenizerJson(): string {
    return this.#parts.writer.tokenizerJson();
  }

  /** The text of `tokenizer_config.json`. */
  toTokenizerConfig(): string {
    return this.#parts.writer.tokenizerConfig();
  }

  /** The text of `special_tokens_map.json`. */
  toSpecialTokensMap(): string {
    return this.#parts.writer.specialTokensMap();
  }

  #encode(
    first: Segmentation,
    second: Segmentation | undefined,
    {maxLength, truncation = "longest_first", ...options}: EncodeOptions
  ): Encoding {
    if (maxLength !== undefined) {
      if (!Number.isInteger(maxLength) || maxLength < 1)
        throw new InputError(`max length: ${maxLength}, expected a positive whole number`);
      const specials = options.addSpecialTokens === false ? 0 : second ? 3 : 2;
      const [a, b] = truncatedLengths(
        first.ids.length,
        second?.ids.length,
        maxLength - specials,
        truncation,
        this.#parts.segmenter.rules
      );
      first = head(first, a);
      second = second && head(second, b);
    }
    return assemble(first, second, this.special, this.pieces, options);
  }
}
