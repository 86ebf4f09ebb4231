/**
 * Text as code points, each with the code points [start, end) of the original it comes from; what
 * Hugging Face's tokenizers call a NormalizedString. Every change is told as a list of new
 * characters and a number each: 0 replaces the next old character, 1 is inserted (and shares the
 * place of the old one before it), −n replaces the next and swallows n more.
 *
 * @see https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/tokenizer/normalizer.rs
 */
export class AlignedText {
  codes: number[];
  start: number[];
  end: number[];

  constructor(codes: number[], start: number[], end: number[]) {
    this.codes = codes;
    this.start = start;
    this.end = end;
  }

  /** text[from, to), whose first character is code point `codePoint` of the original. */
  static of(text: string, from: number, to: number, codePoint: number): AlignedText {
    const codes: number[] = [];
    const start: number[] = [];
    const end: number[] = [];
    for (let i = from; i < to; ++i) {
      let code = text.charCodeAt(i);
      if ((code & 0xf800) === 0xd800) {
        code = i + 1 < to ? text.codePointAt(i)! : code;
        if (code > 0xffff) ++i;
        else code = 0xfffd;
      }
      codes.push(code);
      start.push(codePoint);
      end.push(++codePoint);
    }
    return new AlignedText(codes, start, end);
  }

  get length(): number {
    return this.codes.length;
  }

  get isAscii(): boolean {
    for (const code of this.codes) if (code > 127) return false;
    return true;
  }

  toString(): string {
    let text = "";
    for (let i = 0; i < this.codes.length; i += 4096)
      text += String.fromCodePoint(...this.codes.slice(i, i + 4096));
    return text;
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.length) return this;
    return new AlignedText(
      this.codes.slice(from, to),
      this.start.slice(from, to),
      this.end.slice(from, to)
    );
  }

  /** Replaces all characters by `codes`, each with its change (see above). */
  transform(codes: number[], changes: readonly number[]): void {
    const start: number[] = [];
    const end: number[] = [];
    let old = 0;
    for (let i = 0; i < codes.length; ++i) {
      const change = changes[i]!;
      const from = change > 0 ? old - 1 : old;
      start.push(this.start[from] ?? 0);
      end.push(this.end[from] ?? 0);
      if (change <= 0) old += 1 - change;
    }
    this.codes = codes;
    this.start = start;
    this.end = end;
  }

  /** Drops the characters that `keep` does not want. */
  filter(keep: (code: number) => boolean): void {
    if (this.codes.every(keep)) return;
    const kept = Array.from(this.codes.keys()).filter((i) => keep(this.codes[i]!));
    this.start = kept.map((i) => this.start[i]!);
    this.end = kept.map((i) => this.end[i]!);
    this.codes = kept.map((i) => this.codes[i]!);
  }

  /** Replaces [from, to); the new characters take the place of the last old one. */
  replaceRange(from: number, to: number, codes: readonly number[]): void {
    const last = Math.max(0, to - 1);
    const start = this.start[last] ?? 0;
    const end = this.end[last] ?? 0;
    this.codes.splice(from, to - from, ...codes);
    this.start.splice(from, to - from, ...codes.map(() => start));
    this.end.splice(from, to - from, ...codes.map(() => end));
  }

  /** Puts characters in front, at the place of the first. */
  prepend(codes: readonly number[]): void {
    if (this.length === 0) return;
    const start = this.start[0]!;
    const end = this.end[0]!;
    this.codes.unshift(...codes);
    this.start.unshift(...codes.map(() => start));
    this.end.unshift(...codes.map(() => end));
  }
}

/** Code points of a string. */
export function codesOf(text: string): number[] {
  return Array.from(text, (c) => c.codePointAt(0)!);
}
