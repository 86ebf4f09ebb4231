import {endsInDigitAndComma} from "../albertSegmenter.js";

const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Thai}/u,
  /\p{L}/u
];
const inherited = -1;
const remembered = new Map<string, number>();

function scriptOf(character: string): number {
  let script = remembered.get(character);
  if (script === undefined) {
    script = /\p{Script=Inherited}/u.test(character)
      ? inherited
      : scripts.findIndex((pattern) => pattern.test(character)) + 1;
    remembered.set(character, script);
  }
  return script;
}

/**
 * Whether a string may become a piece, by SentencePiece's rules: a ▁ only in front, and one script
 * only (digits, punctuation and symbols are one; Han, hiragana and katakana are one). Pieces that
 * ALBERT would re-encode, such as `9,`, would waste their place and are left out too.
 *
 * Example: "▁the", "12", "東京の" may; "a▁b", "a1", "don't" may not.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/trainer_interface.cc (IsValidSentencePiece)
 */
export function isPieceAllowed(text: string): boolean {
  let previous = -2;
  let isStart = true;
  for (const c of text) {
    if (c === "▁") {
      if (!isStart) return false;
    } else {
      const script = scriptOf(c);
      if (script !== inherited) {
        if (previous !== -2 && script !== previous) return false;
        previous = script;
      }
    }
    isStart = false;
  }
  return !endsInDigitAndComma(text);
}
