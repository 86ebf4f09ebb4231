/** East Asian wide characters and emoji: one em instead of about half. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const narrow = /[fijlrtI.,:;'|!()[\] \u2581]/;
const combining = /\p{M}/u;

/**
 * An estimate of a text's width in a sans-serif face, in em, without a canvas or a layout; it errs
 * on the wide side.
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (combining.test(character)) continue;
    else if (wide.test(character)) width += 1;
    else if (narrow.test(character)) width += 0.36;
    else width += /[A-Z\d@%&mwMW]/.test(character) ? 0.7 : 0.58;
  }
  return width;
}

/** The characters a reader sees, so that a cut never splits an accent or a flag from its letter. */
export function graphemes(text: string): string[] {
  if (typeof Intl.Segmenter !== "function") return Array.from(text);
  return Array.from(new Intl.Segmenter().segment(text), (part) => part.segment);
}

/**
 * The text cut to at most `ems` wide, with an ellipsis for what is gone.
 *
 * @example clip("internationalisation", 5) → "interna…"
 */
export function clip(text: string, ems: number): string {
  if (textWidth(text) <= ems) return text;
  let result = "";
  let width = textWidth("…");
  for (const part of graphemes(text)) {
    width += textWidth(part);
    if (width > ems) break;
    result += part;
  }
  return `${result}…`;
}

/**
 * A piece as its mark and its letters: SentencePiece writes "▁" where a word begins.
 *
 * @example splitPiece("▁cat") → {mark: true, letters: "cat"}
 */
export function splitPiece(piece: string): {mark: boolean; letters: string} {
  return piece.startsWith("\u2581")
    ? {mark: true, letters: piece.slice(1)}
    : {mark: false, letters: piece};
}

/** A piece as it is spoken or written in a sentence: without its mark, and never empty. */
export function pieceName(piece: string): string {
  const {mark, letters} = splitPiece(piece);
  return letters || (mark ? "space" : "empty");
}

/** True for the pieces the model adds itself: [CLS], [SEP], [MASK], <pad>, <unk>. */
export function isSpecialPiece(piece: string): boolean {
  return /^(\[(CLS|SEP|MASK|PAD|UNK)\]|<(pad|unk|s|\/s)>)$/i.test(piece);
}

/**
 * Vertical positions for labels that want to sit at `wanted` but need `gap` between them, kept
 * inside [low, high] where there is room. Order is kept.
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  low: number,
  high: number
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = order.map((i) => wanted[i]!);
  for (let i = 0; i < placed.length; ++i)
    placed[i] = Math.max(placed[i]!, i ? placed[i - 1]! + gap : low);
  for (let i = placed.length - 1; i >= 0; --i)
    placed[i] = Math.min(placed[i]!, i < placed.length - 1 ? placed[i + 1]! - gap : high);
  const result = new Array<number>(wanted.length);
  order.forEach((index, i) => (result[index] = placed[i]!));
  return result;
}
