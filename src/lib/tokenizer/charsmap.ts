import {InputError} from "../errors.js";

/** Most bytes that one rule may write in place of a character; the longest of NFKC writes 33. */
const mostRuleBytes = 256;

/**
 * SentencePiece's compiled normalisation rules: a darts-clone double array from UTF-8 sequences
 * to offsets into a block of NUL-terminated UTF-8 replacements. `nmt_nfkc`, which ALBERT uses,
 * has some 20,000 rules: NFKC, and white space and control characters made one space or nothing.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  readonly #texts = new Map<number, string>();
  readonly #where: string;
  /** Bytes that the last match took. */
  matchedBytes = 0;

  /**
   * @param bytes u32 size of the trie in bytes, the trie (u32 units), the replacements
   * @param where file and field, for errors
   * @throws InputError when the sizes do not fit together
   */
  constructor(bytes: Uint8Array, where: string) {
    this.#where = where;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = bytes.length > 4 ? view.getUint32(0, true) : 0;
    if (bytes.length <= 4 || size === 0 || size % 4 !== 0 || size >= bytes.length - 4)
      throw new InputError(
        `${where}: broken precompiled_charsmap (${bytes.length} bytes, its trie would take ${size})`
      );
    this.#units = new Uint32Array(size / 4);
    for (let i = 0; i < this.#units.length; ++i) this.#units[i] = view.getUint32(4 + 4 * i, true);
    this.#replacements = bytes.subarray(4 + size);
    if (this.#replacements[this.#replacements.length - 1] !== 0)
      throw new InputError(`${where}: broken precompiled_charsmap (last rule does not end)`);
  }

  /**
   * The replacement of the longest (or shortest) rule that the bytes from `from` begin with, or
   * undefined; `matchedBytes` then says how many bytes it covers.
   */
  match(bytes: Uint8Array, from: number, to: number, shortest = false): string | undefined {
    const units = this.#units;
    let node = offset(units[0]!);
    let value = -1;
    for (let i = from; i < to; ++i) {
      node ^= bytes[i]!;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) !== bytes[i]!) break;
      node ^= offset(unit);
      if (((unit >>> 8) & 1) === 1 && node < units.length) {
        value = units[node]! & 0x7fffffff;
        this.matchedBytes = i + 1 - from;
        if (shortest) break;
      }
    }
    return value < 0 ? undefined : this.#textAt(value);
  }

  /** Whether some rule of more than `length` bytes begins with these bytes. */
  hasLonger(bytes: readonly number[], follow: (byte: number) => boolean): boolean {
    const units = this.#units;
    let node = offset(units[0]!);
    for (const byte of bytes) {
      node ^= byte;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) !== byte) return false;
      node ^= offset(unit);
    }
    for (let byte = 1; byte < 256; ++byte) {
      const unit = units[node ^ byte];
      if (follow(byte) && unit !== undefined && (unit & 0x800000ff) === byte) return true;
    }
    return false;
  }

  #textAt(at: number): string {
    let text = this.#texts.get(at);
    if (text === undefined) {
      let end = at;
      while (end < this.#replacements.length && this.#replacements[end] !== 0) ++end;
      if (end - at > mostRuleBytes)
        throw new InputError(
          `${this.#where}: a rule of precompiled_charsmap writes ${end - at} bytes, expected at most ${mostRuleBytes}`
        );
      text = new TextDecoder("utf-8", {ignoreBOM: true}).decode(
        this.#replacements.subarray(at, end)
      );
      this.#texts.set(at, text);
    }
    return text;
  }
}

/** Distance from a darts-clone node to its children, as its unit codes it. */
function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Writes a code point as UTF-8 at `at` and returns where it ends. Lone surrogates give U+FFFD. */
export function putUtf8(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) out[at++] = code;
  else if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6);
    out[at++] = 0x80 | (code & 63);
  } else if (code < 0x10000) {
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    out[at++] = 0xe0 | (code >> 12);
    out[at++] = 0x80 | ((code >> 6) & 63);
    out[at++] = 0x80 | (code & 63);
  } else {
    out[at++] = 0xf0 | (code >> 18);
    out[at++] = 0x80 | ((code >> 12) & 63);
    out[at++] = 0x80 | ((code >> 6) & 63);
    out[at++] = 0x80 | (code & 63);
  }
  return at;
}
