import {AlignedUnits} from "./alignedUnits.js";
import {type Charsmap, putUtf8} from "./charsmap.js";
import {PieceTrie} from "./pieceTrie.js";

/** SentencePiece's own normalisation, as its model file has it. */
export interface SpieceRulesOptions {
  charsmap: Charsmap | null;
  /** Symbols that the charsmap leaves as they are. */
  userDefined: readonly string[];
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

/** SentencePiece's sign for a space, ▁. */
export const metaspace = 0x2581;

/**
 * SentencePiece's normaliser: at each place the longest rule of the charsmap, spaces collapsed and
 * written ▁, one ▁ in front, none at the end. A ▁ that stands for a space is aligned with the
 * character after it, and the k-th character of a rule's replacement with its k-th source.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
 */
export class SpieceRules {
  readonly options: SpieceRulesOptions;
  readonly out = new AlignedUnits();
  /** What a space is written as. */
  readonly space: number;
  /** Whether spaces are dropped here: at the start, and after one. */
  isAfterSpace = false;
  /** Where in `out` the last ▁ that stands for a space is, −1 for none. */
  spaceAt = -1;
  readonly #symbols: PieceTrie | null;
  #bytes = new Uint8Array(256);

  constructor(options: SpieceRulesOptions) {
    this.options = options;
    this.space = options.escapeWhitespaces ? metaspace : 32;
    this.#symbols = options.userDefined.length ? new PieceTrie(options.userDefined) : null;
  }

  /** Empties `out`, with room for `size` units. */
  begin(size: number): void {
    this.out.length = 0;
    this.out.reserve(size);
    this.isAfterSpace = this.options.removeExtraWhitespaces;
    this.spaceAt = -1;
  }

  /** Appends a ▁ for a space; room must have been reserved. */
  putSpace(start: number, end: number): void {
    this.spaceAt = this.out.length;
    this.out.push(this.space, start, end);
    this.isAfterSpace = this.options.removeExtraWhitespaces;
  }

  /** Applies the rules to `pre` and appends the result to `out`. */
  emit(pre: AlignedUnits): void {
    const {charsmap} = this.options;
    const {units, length} = pre;
    const total = charsmap ? this.#toUtf8(pre) : 0;
    let byte = 0;
    for (let i = 0; i < length;) {
      const symbol = this.#symbols ? this.#matchSymbol(units, i, length) : 0;
      const text = symbol ? undefined : charsmap?.match(this.#bytes, byte, total);
      if (text !== undefined) {
        const last = byte + charsmap!.matchedBytes;
        const from = i;
        while (byte < last && i < length) byte += unitBytes(units[i++]!);
        this.#replace(text, pre, from, i);
        continue;
      }
      const isPair = (units[i]! & 0xfc00) === 0xd800 && i + 1 < length;
      for (const to = i + (symbol || (isPair ? 2 : 1)); i < to; ++i) {
        byte += unitBytes(units[i]!);
        this.#put(units[i]!, pre.start[i]!, pre.end[i]!);
      }
    }
  }

  /** Drops the spaces at the end. */
  finish(): void {
    const {out, space} = this;
    if (!this.options.removeExtraWhitespaces) return;
    while (out.length > 0 && out.units[out.length - 1] === space) --out.length;
  }

  #toUtf8({units, length}: AlignedUnits): number {
    if (this.#bytes.length < length * 3 + 4) this.#bytes = new Uint8Array(length * 6 + 4);
    let total = 0;
    for (let i = 0; i < length; ++i) {
      let code = units[i]!;
      if ((code & 0xfc00) === 0xd800 && i + 1 < length)
        code = 0x10000 + ((code & 0x3ff) << 10) + (units[++i]! & 0x3ff);
      total = putUtf8(this.#bytes, total, code);
    }
    return total;
  }

  /** Length of the longest user-defined symbol at a place, or 0. */
  #matchSymbol(units: Uint16Array, from: number, to: number): number {
    const symbols = this.#symbols!;
    let node = 0;
    let matched = 0;
    for (let i = from; i < to; ++i) {
      node = symbols.step(node, units[i]!);
      if (node < 0) break;
      if (symbols.value[node]! >= 0) matched = i + 1 - from;
    }
    return matched;
  }

  #replace(text: string, pre: AlignedUnits, from: number, to: number): void {
    let k = 0;
    while (this.isAfterSpace && text.charCodeAt(k) === 32) ++k;
    for (; k < text.length; ++k) {
      const source = Math.min(from + k, to - 1);
      this.isAfterSpace = false; // spaces inside a replacement stay
      this.#put(text.charCodeAt(k), pre.start[source]!, pre.end[source]!);
    }
  }

  #put(unit: number, start: number, end: number): void {
    const {out} = this;
    out.reserve(1);
    if (unit === 32) {
      if (!this.isAfterSpace) this.putSpace(start, end);
      return;
    }
    if (this.spaceAt >= 0 && this.spaceAt === out.length - 1) {
      out.start[this.spaceAt] = start;
      out.end[this.spaceAt] = end;
    }
    out.push(unit, start, end);
    this.isAfterSpace = false;
  }
}

/** Bytes a UTF-16 unit takes in UTF-8, two for each half of a pair. */
function unitBytes(unit: number): number {
  return unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
}
