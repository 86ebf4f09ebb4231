/** Signs that turn the direction of what follows, and do not show. */
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text of the reader's for the middle of a line, where no `bdi` can stand: its own direction of writing
 * does not turn the rest of the line around (Unicode Standard Annex 9, isolates).
 */
export function isolated(text: string): string {
  const plain = text.replaceAll(turns, "");
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain;
}
