import {combiningRanges, digitRanges} from "./unicodeRanges.js";

/** A bit per code point of the ranges written as in unicodeRanges.ts. */
function bitSet(ranges: string): Uint8Array {
  const bits = new Uint8Array(0x110000 >> 3);
  let last = 0;
  for (const word of ranges.split(" ")) {
    const [gap, more] = word.split("+");
    const start = last + parseInt(gap!, 36);
    last = start + (more === undefined ? 0 : parseInt(more, 36));
    for (let c = start; c <= last; ++c) bits[c >> 3]! |= 1 << (c & 7);
  }
  return bits;
}

let combining: Uint8Array | undefined;
let digits: Uint8Array | undefined;

/** Whether a code point's canonical combining class is not 0 (Python's `unicodedata.combining`). */
export function isCombining(code: number): boolean {
  combining ??= bitSet(combiningRanges);
  return ((combining[code >> 3]! >> (code & 7)) & 1) === 1;
}

/** Whether a code point is a digit as Python's `str.isdigit` has it: decimal digits, ², ①, … */
export function isDigit(code: number): boolean {
  if (code < 128) return code >= 48 && code <= 57;
  digits ??= bitSet(digitRanges);
  return ((digits[code >> 3]! >> (code & 7)) & 1) === 1;
}

/**
 * Whether a UTF-16 unit is white space to Python's `str.split()`. JavaScript's `\s` differs: it
 * lacks U+001C–U+001F and U+0085, and has U+FEFF.
 */
export function isPythonSpace(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/**
 * Whether a UTF-16 unit has Unicode's White_Space property, which is what Rust's `char::is_whitespace`
 * and the `\s` of its regular expressions mean: Python's set without U+001C–U+001F.
 */
export function isUnicodeSpace(unit: number): boolean {
  return isPythonSpace(unit) && !(unit >= 28 && unit <= 31);
}

const markPattern = /^\p{M}$/u;

/** Whether a code point is a mark of any kind, which Hugging Face's library takes for an accent. */
export function isMark(code: number): boolean {
  return code >= 768 && markPattern.test(String.fromCodePoint(code));
}
