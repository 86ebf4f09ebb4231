import {AlignedUnits} from "./alignedUnits.js";
import {SpieceRules, type SpieceRulesOptions} from "./spieceRules.js";
import {isCombining, isPythonSpace} from "./unicodeSets.js";

/** How a text is made ready for the vocabulary. */
export interface NormalizerOptions extends SpieceRulesOptions {
  lowerCase: boolean;
  keepAccents: boolean;
}

const backtick = 96;
const apostrophe = 39;
const quote = 34;
/** In the table of ASCII: a character that vanishes, and one that needs the charsmap. */
const dropped = 0xffff;
const involved = 0xfffe;

/**
 * ALBERT's normalisation: white space as Python's `" ".join(text.split())`; `` and '' to ";
 * NFKD without combining marks unless accents are kept; lower case; then SentencePiece's own
 * rules. Words of plain ASCII take one table look-up a character.
 *
 * The result is in `out`, until the next call.
 *
 * Example: "Café  ``x''" → ▁cafe▁"x", whose e comes from code points [3, 4).
 *
 * @see transformers 4.57 models/albert/tokenization_albert.py (preprocess_text)
 */
export class AlbertNormalizer {
  readonly #options: NormalizerOptions;
  readonly #rules: SpieceRules;
  readonly #pre = new AlignedUnits();
  readonly #ascii = new Uint16Array(128);
  readonly #isFast: boolean;
  readonly #isByWord: boolean;
  readonly #memo = new Map<number, string>();
  #codePoint = 0;

  constructor(options: NormalizerOptions) {
    this.#options = options;
    this.#rules = new SpieceRules(options);
    const {charsmap, userDefined, removeExtraWhitespaces} = options;
    const hasAsciiRules = this.#tabulate();
    const isChanged = (c: number) => c < 128 && this.#ascii[c] !== this.#lower(c);
    this.#isFast =
      !hasAsciiRules &&
      !userDefined.some((symbol) => Array.from(symbol).some((c) => isChanged(c.charCodeAt(0))));
    const hasSpaceRules =
      charsmap &&
      (charsmap.match(Uint8Array.of(32), 0, 1) !== undefined ||
        charsmap.hasLonger([32], () => true));
    this.#isByWord =
      removeExtraWhitespaces &&
      !hasSpaceRules &&
      !userDefined.some((symbol) => symbol.includes(" "));
  }

  /** The normalised text, with where its units come from. */
  get out(): AlignedUnits {
    return this.#rules.out;
  }

  /**
   * Normalises text[from, to), whose first character is code point `codePoint` of the original.
   *
   * @returns the code point after the last
   */
  run(text: string, from: number, to: number, codePoint: number): number {
    this.#rules.begin(2 * (to - from) + 16);
    this.#codePoint = codePoint;
    if (this.#isByWord) this.#runWords(text, from, to);
    else this.#runWhole(text, from, to);
    this.#rules.finish();
    return this.#codePoint;
  }

  #lower(c: number): number {
    return this.#options.lowerCase && c >= 65 && c <= 90 ? c + 32 : c;
  }

  /** What becomes of each ASCII character; returns whether rules look at two of them at once. */
  #tabulate(): boolean {
    const {charsmap} = this.#options;
    let hasAsciiRules = false;
    for (let c = 0; c < 128; ++c) {
      const text = charsmap?.match(Uint8Array.of(this.#lower(c)), 0, 1);
      if (text === undefined) this.#ascii[c] = this.#lower(c);
      else if (text === "") this.#ascii[c] = dropped;
      else this.#ascii[c] = text.length > 1 || text === " " ? involved : text.charCodeAt(0);
      if (charsmap?.hasLonger([c], (byte) => byte < 128)) hasAsciiRules = true;
    }
    return hasAsciiRules;
  }

  #runWords(text: string, from: number, to: number): void {
    const rules = this.#rules;
    const {out} = rules;
    let isFirst = true;
    for (let i = from; i < to;) {
      if (isPythonSpace(text.charCodeAt(i))) {
        ++i;
        ++this.#codePoint;
        continue;
      }
      if (isFirst ? this.#options.addDummyPrefix : !rules.isAfterSpace)
        rules.putSpace(this.#codePoint, this.#codePoint + 1);
      isFirst = false;
      if (this.#isFast) {
        const end = this.#runAsciiWord(text, i, to);
        if (end > 0) {
          i = end;
          continue;
        }
      }
      const begin = i;
      while (i < to && !isPythonSpace(text.charCodeAt(i))) ++i;
      this.#pre.length = 0;
      this.#prepare(text, begin, i);
      rules.emit(this.#pre);
      out.reserve(2 * (to - i) + 16);
    }
  }

  /** Appends the word at `from` if it is plain ASCII; returns where it ends, or 0. */
  #runAsciiWord(text: string, from: number, to: number): number {
    const rules = this.#rules;
    const {out} = rules;
    const {units, start, end} = out;
    const ascii = this.#ascii;
    const mark = out.length;
    let length = mark;
    let codePoint = this.#codePoint;
    let i = from;
    for (; i < to; ++i) {
      let c = text.charCodeAt(i);
      if (c <= 32 && isPythonSpace(c)) break;
      if (c > 127) {
        if (isPythonSpace(c)) break;
        return 0;
      }
      if ((c === backtick || c === apostrophe) && i + 1 < to && text.charCodeAt(i + 1) === c) {
        c = quote;
        ++i;
        ++codePoint;
      }
      const unit = ascii[c]!;
      if (unit === involved) return 0;
      if (unit !== dropped) {
        units[length] = unit;
        start[length] = codePoint;
        end[length++] = codePoint + 1;
      }
      ++codePoint;
    }
    this.#codePoint = codePoint;
    out.length = length;
    if (length > mark) {
      rules.isAfterSpace = false;
      if (mark > 0 && rules.spaceAt === mark - 1) {
        start[mark - 1] = start[mark]!;
        end[mark - 1] = end[mark]!;
      }
    }
    return i;
  }

  /** All at once: for rules about spaces, and for models that keep extra spaces. */
  #runWhole(text: string, from: number, to: number): void {
    const pre = this.#pre;
    pre.length = 0;
    for (let i = from; i < to;) {
      if (isPythonSpace(text.charCodeAt(i))) {
        ++i;
        ++this.#codePoint;
        continue;
      }
      const begin = i;
      while (i < to && !isPythonSpace(text.charCodeAt(i))) ++i;
      pre.reserve(1);
      if (pre.length) pre.push(32, this.#codePoint, this.#codePoint + 1);
      this.#prepare(text, begin, i);
    }
    if (pre.length === 0) return;
    if (this.#options.addDummyPrefix) this.#rules.putSpace(pre.start[0]!, pre.end[0]!);
    this.#rules.emit(pre);
  }

  /** Appends a word to `pre` with all that comes before SentencePiece done to it. */
  #prepare(text: string, from: number, to: number): void {
    const pre = this.#pre;
    const begin = pre.length;
    let hasSigma = false;
    for (let i = from; i < to; ++i) {
      const at = this.#codePoint++;
      let unit = text.charCodeAt(i);
      if (unit < 128) {
        if ((unit === backtick || unit === apostrophe) && i + 1 < to) {
          if (text.charCodeAt(i + 1) === unit) {
            unit = quote;
            ++i;
            ++this.#codePoint;
          }
        }
        pre.reserve(1);
        pre.push(this.#lower(unit), this.#codePoint - 1, this.#codePoint);
        continue;
      }
      const code = text.codePointAt(i)!;
      if (code > 0xffff) ++i;
      const mapped = this.#memo.get(code) ?? this.#remember(code);
      pre.reserve(mapped.length);
      for (let k = 0; k < mapped.length; ++k) {
        unit = mapped.charCodeAt(k);
        if (unit === 0x3a3) hasSigma = true;
        pre.push(unit, at, at + 1);
      }
    }
    if (!hasSigma || !this.#options.lowerCase) return;
    // Only here does lower case depend on the neighbours: Σ at the end of a word becomes ς.
    const lower = pre.text(begin).toLowerCase();
    for (let k = 0; k < lower.length; ++k) pre.units[begin + k] = lower.charCodeAt(k);
  }

  /**
   * A character lower-cased, decomposed without its marks, and lower-cased again: Hugging Face
   * lower-cases both before and after, and the first pass, by character, knows no final sigma.
   */
  #remember(code: number): string {
    const {lowerCase, keepAccents} = this.#options;
    let text = code >= 0xd800 && code < 0xe000 ? "\ufffd" : String.fromCodePoint(code);
    if (lowerCase) text = text.toLowerCase();
    if (!keepAccents) {
      let kept = "";
      for (const c of text.normalize("NFKD")) if (!isCombining(c.codePointAt(0)!)) kept += c;
      text = kept;
    }
    if (lowerCase && !text.includes("Σ")) text = text.toLowerCase();
    this.#memo.set(code, text);
    return text;
  }
}
