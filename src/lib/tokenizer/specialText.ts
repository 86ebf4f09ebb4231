import {isUnicodeSpace} from "./unicodeSets.js";

/** A special piece written out in the text, for example `[MASK]`. */
export interface SpecialMatch {
  id: number;
  piece: string;
  /** UTF-16 units [start, end) of the text, with the white space the piece swallows. */
  start: number;
  end: number;
}

/**
 * Finds special pieces written out in a text, before anything else is done to it. `[MASK]` also
 * swallows the white space to its left. A piece that has no capitals is found in capitals too when
 * text is lower-cased, since Hugging Face lower-cases first: `<PAD>` is `<pad>`, `[cls]` is text.
 */
export class SpecialText {
  readonly #pattern: RegExp;
  readonly #ids = new Map<string, number>();

  /** @param special ids by piece */
  constructor(special: ReadonlyMap<string, number>, lowerCase: boolean) {
    const patterns: string[] = [];
    for (const [piece, id] of special) {
      const isCaseless = lowerCase && piece === piece.toLowerCase();
      this.#ids.set(piece, id);
      patterns.push(
        Array.from(piece, (c) => {
          const plain = c.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
          if (!isCaseless || c.toUpperCase() === c) return plain;
          // U+212A, the Kelvin sign, is the one other character whose lower case is a letter here.
          return `[${plain}${c.toUpperCase()}${c === "k" ? "\u212a" : ""}]`;
        }).join("")
      );
    }
    this.#pattern = new RegExp(patterns.join("|"), "g");
  }

  /** The special pieces of a text in order, none overlapping. */
  *find(text: string): Generator<SpecialMatch> {
    let last = 0;
    for (const match of text.matchAll(this.#pattern)) {
      const written = match[0];
      const piece = this.#ids.has(written) ? written : written.toLowerCase();
      let start = match.index;
      const end = start + written.length;
      if (piece === "[MASK]")
        while (start > last && isUnicodeSpace(text.charCodeAt(start - 1))) --start;
      yield {id: this.#ids.get(piece)!, piece, start, end};
      last = end;
    }
  }

  /** Whether a text may hold a special piece, cheaply. */
  mayHold(text: string): boolean {
    return text.search(this.#pattern) >= 0;
  }
}
