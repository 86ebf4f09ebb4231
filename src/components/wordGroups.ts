import {splitPiece} from "./text.js";

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * The word of each piece, for merging pieces into words. SentencePiece marks words by the spaces
 * before them, by which a Chinese sentence would be one word; where a word has characters of such a
 * script, the browser's own segmenter says where words begin, and a piece that begins one is kept
 * apart from the piece before. A piece that runs over the end of a word stays whole.
 *
 * @param wordIds the word of each piece by its spaces; null for pieces that the model adds
 * @returns from 0, ascending by one at most; pieces that the model adds stand alone
 */
export function wordGroups(
  tokens: readonly string[],
  wordIds: readonly (number | null)[]
): number[] {
  const groups: number[] = [];
  let group = -1;
  for (let i = 0; i < tokens.length;) {
    const id = wordIds[i] ?? null;
    let end = i + 1;
    if (id !== null) while (end < tokens.length && wordIds[end] === id) ++end;
    const letters = tokens.slice(i, end).map((token) => splitPiece(token).letters);
    const begins = wordBeginnings(letters.join(""));
    let place = 0;
    letters.forEach((part, k) => {
      if (k === 0 || begins?.has(place)) ++group;
      groups.push(group);
      place += part.length;
    });
    i = end;
  }
  return groups;
}

/** Where words begin in a text without spaces; null where spaces tell, or nothing can. */
function wordBeginnings(text: string): Set<number> | null {
  if (!unspaced.test(text) || typeof Intl.Segmenter !== "function") return null;
  const segments = new Intl.Segmenter(undefined, {granularity: "word"}).segment(text);
  return new Set(Array.from(segments, ({index}) => index));
}
