import {addSpecialToLattice, addToLattice, emptyLattice, type Lattice} from "./lattice.js";
import {AlbertNormalizer, type NormalizerOptions} from "./normalizer.js";
import {countCodePoints, IdBuffer, type Segmentation, type Segmenter} from "./segmenter.js";
import {metaspace} from "./spieceRules.js";
import {SpecialText} from "./specialText.js";
import {isDigit, isMark} from "./unicodeSets.js";
import {type UnigramTable, Viterbi} from "./viterbi.js";

const comma = 44;

/** What a piece that ends in a digit and a comma becomes, with units [from, to) of the piece. */
interface Rewriting {
  ids: number[];
  tokens: string[];
  from: number[];
  to: number[];
}

/**
 * Text to pieces as Hugging Face's SentencePiece-based AlbertTokenizer has them: special pieces
 * split out, ALBERT's normalisation, the best path, and pieces such as `▁9,` re-encoded without
 * their comma.
 */
export class AlbertSegmenter implements Segmenter {
  readonly rules = "slow";
  readonly #pieces: readonly string[];
  readonly #idOf: ReadonlyMap<string, number>;
  readonly #table: UnigramTable;
  readonly #options: NormalizerOptions;
  readonly #special: SpecialText;
  readonly #normalizer: AlbertNormalizer;
  readonly #viterbi: Viterbi;
  /** 1 for pieces that end in a digit and a comma. */
  readonly #isNumber: Uint8Array;
  readonly #rewritings = new Map<string, Rewriting>();
  #inner: {normalizer: AlbertNormalizer; viterbi: Viterbi} | null = null;

  /**
   * @param pieces the vocabulary
   * @param special ids of the pieces that are found literally in a text
   */
  constructor(
    pieces: readonly string[],
    idOf: ReadonlyMap<string, number>,
    table: UnigramTable,
    special: ReadonlyMap<string, number>,
    options: NormalizerOptions
  ) {
    this.#pieces = pieces;
    this.#idOf = idOf;
    this.#table = table;
    this.#options = options;
    this.#special = new SpecialText(special, options.lowerCase);
    this.#normalizer = new AlbertNormalizer(options);
    this.#viterbi = new Viterbi(table);
    this.#isNumber = Uint8Array.from(pieces, (piece) => Number(endsInDigitAndComma(piece)));
  }

  segment(text: string): Segmentation {
    const result: Segmentation = {ids: [], tokens: [], offsets: [], words: []};
    let last = 0;
    let codePoint = 0;
    for (const {id, piece, start, end} of this.#special.find(text)) {
      this.#segmentPlain(text, last, start, codePoint, result);
      codePoint += countCodePoints(text, last, start);
      const length = countCodePoints(text, start, end);
      result.ids.push(id);
      result.tokens.push(piece);
      result.offsets.push([codePoint, codePoint + length]);
      result.words.push((result.words.at(-1) ?? -1) + 1);
      codePoint += length;
      last = end;
    }
    this.#segmentPlain(text, last, text.length, codePoint, result);
    return result;
  }

  ids(text: string): Int32Array {
    const out = new IdBuffer();
    let last = 0;
    if (this.#special.mayHold(text))
      for (const {id, start, end} of this.#special.find(text)) {
        this.#idsPlain(text, last, start, out);
        out.push(id);
        last = end;
      }
    this.#idsPlain(text, last, text.length, out);
    return out.finish();
  }

  lattice(text: string): Lattice {
    const lattice = emptyLattice();
    const add = (from: number, to: number) => {
      const count = this.#best(text, from, to, 0);
      const {units, length} = this.#normalizer.out;
      const {pieceIds, ends} = this.#viterbi;
      addToLattice(lattice, units, length, this.#table, this.#pieces, {pieceIds, ends, count});
    };
    let last = 0;
    for (const {id, piece, start, end} of this.#special.find(text)) {
      add(last, start);
      addSpecialToLattice(lattice, id, piece);
      last = end;
    }
    add(last, text.length);
    return lattice;
  }

  /** Normalises and segments text without special pieces; returns the number of pieces. */
  #best(text: string, from: number, to: number, codePoint: number): number {
    this.#normalizer.run(text, from, to, codePoint);
    const {units, length} = this.#normalizer.out;
    return this.#viterbi.run(units, 0, length);
  }

  #idsPlain(text: string, from: number, to: number, out: IdBuffer): void {
    const count = this.#best(text, from, to, 0);
    const {pieceIds, ends} = this.#viterbi;
    const {unkId} = this.#table;
    for (let i = 0; i < count; ++i) {
      const id = pieceIds[i]!;
      if (this.#isNumber[id] === 1 || id === unkId) {
        const rewriting = this.#rewrite(id, i === 0 ? 0 : ends[i - 1]!, ends[i]!);
        if (rewriting) {
          for (const rewritten of rewriting.ids) out.push(rewritten);
          continue;
        }
      }
      out.push(id);
    }
  }

  #segmentPlain(
    text: string,
    from: number,
    to: number,
    codePoint: number,
    result: Segmentation
  ): void {
    const count = this.#best(text, from, to, codePoint);
    const {units, start, end} = this.#normalizer.out;
    const {pieceIds, ends} = this.#viterbi;
    const {unkId} = this.#table;
    let word = result.words.at(-1) ?? -1;
    for (let i = 0; i < count; ++i) {
      const id = pieceIds[i]!;
      const a = i === 0 ? 0 : ends[i - 1]!;
      const b = ends[i]!;
      if (i === 0 || units[a] === metaspace) ++word;
      const rewriting =
        this.#isNumber[id] === 1 || id === unkId ? this.#rewrite(id, a, b) : undefined;
      if (rewriting) {
        rewriting.ids.forEach((rewritten, k) => {
          result.ids.push(rewritten);
          result.tokens.push(rewriting.tokens[k]!);
          result.offsets.push([start[a + rewriting.from[k]!]!, end[a + rewriting.to[k]! - 1]!]);
          result.words.push(word);
        });
      } else {
        result.ids.push(id);
        result.tokens.push(id === unkId ? this.#normalizer.out.text(a, b) : this.#pieces[id]!);
        // Marks around unknown characters are left out of their place, as the fast tokenizer,
        // which drops all marks, has it.
        let [from, to] = [a, b];
        if (id === unkId) {
          while (to > from + 1 && isMark(units[to - 1]!)) --to;
          while (from < to - 1 && isMark(units[from]!)) ++from;
        }
        result.offsets.push([start[from]!, end[to - 1]!]);
        result.words.push(word);
      }
      for (let k = a + 1; k < b; ++k) if (units[k] === metaspace) ++word;
    }
  }

  /** How a piece over units [a, b) is re-encoded, if it ends in a digit and a comma. */
  #rewrite(id: number, a: number, b: number): Rewriting | undefined {
    const {out} = this.#normalizer;
    if (id === this.#table.unkId && out.units[b - 1] !== comma) return undefined;
    const piece = id === this.#table.unkId ? out.text(a, b) : this.#pieces[id]!;
    let rewriting = this.#rewritings.get(piece);
    if (!rewriting) {
      if (!endsInDigitAndComma(piece)) return undefined;
      rewriting = this.#rewriteText(piece);
      if (this.#rewritings.size < 10_000) this.#rewritings.set(piece, rewriting);
    }
    return rewriting;
  }

  #rewriteText(piece: string): Rewriting {
    this.#inner ??= {
      normalizer: new AlbertNormalizer({...this.#options, lowerCase: false, keepAccents: true}),
      viterbi: new Viterbi(this.#table)
    };
    const {normalizer, viterbi} = this.#inner;
    const number = piece.slice(0, -1).replaceAll("▁", "");
    normalizer.run(number, 0, number.length, 0);
    const {out} = normalizer;
    const count = viterbi.run(out.units, 0, out.length);
    // Where each unit of the re-encoded text is in the piece, as far as the two still agree.
    const at: number[] = [];
    for (let i = 0; i < piece.length - 1; ++i) if (piece[i] !== "▁") at.push(i);
    const prefix = out.length - at.length;
    const place = (unit: number) => (unit < prefix ? 0 : (at[unit - prefix] ?? piece.length - 1));
    const result: Rewriting = {ids: [], tokens: [], from: [], to: []};
    for (let i = 0, start = 0; i < count; start = viterbi.ends[i++]!) {
      const end = viterbi.ends[i]!;
      let token = out.text(start, end);
      let from = place(start);
      if (i === 0 && !piece.startsWith("▁") && token.startsWith("▁")) {
        if (token.length === 1) continue;
        token = token.slice(1);
        from = place(1);
      }
      result.ids.push(this.#idOf.get(token) ?? this.#table.unkId);
      result.tokens.push(token);
      result.from.push(from);
      result.to.push(Math.max(from, place(end - 1)) + 1);
    }
    result.ids.push(this.#idOf.get(",") ?? this.#table.unkId);
    result.tokens.push(",");
    result.from.push(piece.length - 1);
    result.to.push(piece.length);
    return result;
  }
}

/** Whether ALBERT re-encodes a piece: longer than one character, a digit before a last comma. */
export function endsInDigitAndComma(piece: string): boolean {
  if (piece.length < 2 || piece.charCodeAt(piece.length - 1) !== comma) return false;
  const before = Array.from(piece.slice(-3)).at(-2);
  return before !== undefined && isDigit(before.codePointAt(0)!);
}
