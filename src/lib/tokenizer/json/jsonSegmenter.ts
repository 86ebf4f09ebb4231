import {addSpecialToLattice, addToLattice, emptyLattice, type Lattice} from "../lattice.js";
import {countCodePoints, IdBuffer, type Segmentation, type Segmenter} from "../segmenter.js";
import {type UnigramTable, Viterbi} from "../viterbi.js";
import {type AddedToken, AddedTokenFinder} from "./addedTokens.js";
import {AlignedText} from "./alignedText.js";
import type {Normalize} from "./normalizers.js";
import type {PreTokenize} from "./preTokenizers.js";

/** The parts of a `tokenizer.json` that turn text into pieces. */
export interface JsonPipeline {
  pieces: readonly string[];
  table: UnigramTable;
  added: readonly AddedToken[];
  normalize: Normalize;
  preTokenize: PreTokenize;
  /** Whether words can be encoded one by one. */
  splitsWords: boolean;
}

const cacheSize = 50_000;

/** Text to pieces as Hugging Face's tokenizers library has them. */
export class JsonSegmenter implements Segmenter {
  readonly rules = "fast";
  readonly #pipeline: JsonPipeline;
  readonly #viterbi: Viterbi;
  readonly #written: AddedTokenFinder;
  readonly #normalized: AddedTokenFinder;
  readonly #cache = new Map<string, Int32Array>();
  readonly #splitsLines: boolean;
  #units = new Uint16Array(64);

  constructor(pipeline: JsonPipeline) {
    this.#pipeline = pipeline;
    this.#viterbi = new Viterbi(pipeline.table);
    const normalized = new Map<AddedToken, string>();
    for (const token of pipeline.added) {
      const text = AlignedText.of(token.content, 0, token.content.length, 0);
      pipeline.normalize(text);
      normalized.set(token, text.toString());
    }
    const {added} = pipeline;
    this.#written = new AddedTokenFinder(added.filter(({isNormalized}) => !isNormalized));
    this.#normalized = new AddedTokenFinder(
      added.filter(({isNormalized}) => isNormalized),
      (token) => normalized.get(token)!
    );
    const [a, b] = ["a\nb", "a b"].map((text) => this.segment(text).ids.join());
    this.#splitsLines = a === b;
  }

  segment(text: string): Segmentation {
    const result: Segmentation = {ids: [], tokens: [], offsets: [], words: []};
    let word = 0;
    for (const part of this.#parts(text)) {
      if (part.token) {
        result.ids.push(part.token.id);
        result.tokens.push(part.token.content);
        result.offsets.push([part.start, part.end]);
        result.words.push(word++);
        continue;
      }
      const {start, end} = part.text;
      const at = this.#fill(part.text);
      const count = this.#viterbi.run(this.#units, 0, at.length);
      const {pieceIds, ends} = this.#viterbi;
      for (let i = 0, from = 0; i < count; from = ends[i++]!) {
        const id = pieceIds[i]!;
        const to = ends[i]!;
        result.ids.push(id);
        result.tokens.push(
          id === this.#pipeline.table.unkId
            ? String.fromCharCode(...this.#units.subarray(from, to))
            : this.#pipeline.pieces[id]!
        );
        result.offsets.push([start[at[from]!]!, end[at[to - 1]!]!]);
        result.words.push(word);
      }
      ++word;
    }
    return result;
  }

  ids(text: string): Int32Array {
    const out = new IdBuffer();
    for (const {token, start, end} of this.#written.split(text)) {
      if (token) out.push(token.id);
      else if (!this.#pipeline.splitsWords)
        for (const id of this.segment(text.slice(start, end)).ids) out.push(id);
      else this.#idsByWord(text, start, end, out);
    }
    return out.finish();
  }

  lattice(text: string): Lattice {
    const lattice = emptyLattice();
    for (const part of this.#parts(text)) {
      if (part.token) {
        addSpecialToLattice(lattice, part.token.id, part.token.content);
        continue;
      }
      const {length} = this.#fill(part.text);
      const count = this.#viterbi.run(this.#units, 0, length);
      const {pieceIds, ends} = this.#viterbi;
      const {table, pieces} = this.#pipeline;
      addToLattice(lattice, this.#units, length, table, pieces, {pieceIds, ends, count});
    }
    return lattice;
  }

  /** Added tokens, and the normalised words between them. */
  *#parts(
    text: string
  ): Generator<{token: AddedToken; start: number; end: number} | {token: null; text: AlignedText}> {
    let codePoint = 0;
    for (const {token, start, end} of this.#written.split(text)) {
      const first = codePoint;
      codePoint += countCodePoints(text, start, end);
      if (token) {
        yield {token, start: first, end: codePoint};
        continue;
      }
      const plain = AlignedText.of(text, start, end, first);
      this.#pipeline.normalize(plain);
      yield* this.#normalizedParts(plain);
    }
  }

  *#normalizedParts(
    plain: AlignedText
  ): Generator<{token: AddedToken; start: number; end: number} | {token: null; text: AlignedText}> {
    const text = plain.toString();
    let at = 0;
    for (const {token, start, end} of this.#normalized.split(text)) {
      const from = at;
      at += countCodePoints(text, start, end);
      if (token) yield {token, start: plain.start[from]!, end: plain.end[at - 1]!};
      else
        for (const word of this.#pipeline.preTokenize([plain.slice(from, at)]))
          yield {token: null, text: word};
    }
  }

  /** Writes a text's UTF-16 units; returns the index of the character of each. */
  #fill({codes}: AlignedText): number[] {
    if (this.#units.length < codes.length * 2) this.#units = new Uint16Array(codes.length * 4);
    const at: number[] = [];
    codes.forEach((code, index) => {
      if (code > 0xffff) {
        this.#units[at.length] = 0xd800 + ((code - 0x10000) >> 10);
        at.push(index);
        this.#units[at.length] = 0xdc00 + (code & 0x3ff);
      } else this.#units[at.length] = code;
      at.push(index);
    });
    return at;
  }

  /**
   * Text between added tokens, cut at single spaces (and line ends where they mean the same)
   * between plain letters, digits and signs. There the parts are encoded independently of each
   * other, and most have been seen before.
   */
  #idsByWord(text: string, from: number, to: number, out: IdBuffer): void {
    let start = from;
    for (let i = from + 1; i < to; ++i) {
      const unit = text.charCodeAt(i);
      if (i + 1 < to) {
        if (unit !== 32 && !(unit === 10 && this.#splitsLines)) continue;
        if (!isPlain(text.charCodeAt(i - 1)) || !isPlain(text.charCodeAt(i + 1))) continue;
        this.#idsOfWord(text.slice(start, i), out);
        start = i + 1;
      }
    }
    this.#idsOfWord(text.slice(start, to), out);
  }

  #idsOfWord(text: string, out: IdBuffer): void {
    let ids = this.#cache.get(text);
    if (!ids) {
      ids = Int32Array.from(this.segment(text).ids);
      if (this.#cache.size >= cacheSize) this.#cache.clear();
      if (text.length < 64) this.#cache.set(text, ids);
    }
    for (let i = 0; i < ids.length; ++i) out.push(ids[i]!);
  }
}

/** Whether a unit is printable ASCII other than a space. */
function isPlain(unit: number): boolean {
  return unit > 32 && unit < 127;
}
