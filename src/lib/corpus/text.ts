import type {Corpus} from "./types.js";

/**
 * The text of a sentence and where each word lies in it: marks such as `.` and `'s` close up to the
 * word before, a quotation mark to the words it encloses.
 *
 * @returns `offsets[i]` is `[start, end)` of `words[i]` in `text`
 */
export function layoutWords(words: readonly string[]): {text: string; offsets: [number, number][]} {
  let text = "";
  let quoted = false;
  let glue = true;
  const offsets: [number, number][] = new Array<[number, number]>(words.length);
  for (let i = 0; i < words.length; ++i) {
    const word = words[i]!;
    const isQuote = word === '"';
    const closesUp = isQuote ? quoted : /^(?:[.,;:?!)%]|'s$|'$|n't$)/.test(word);
    if (!glue && !closesUp) text += " ";
    const start = text.length;
    text += word;
    offsets[i] = [start, text.length];
    glue = isQuote ? !quoted : word === "(";
    if (isQuote) quoted = !quoted;
  }
  return {text, offsets};
}

/** Words joined as English is written. Example: `["Mara", "'s", "boat", "."]` → `"Mara's boat."` */
export function sentenceText(words: readonly string[]): string {
  return layoutWords(words).text;
}

/** Plain text of a corpus: one sentence a line, a blank line between documents. */
export function corpusText(corpus: Corpus): string {
  return corpus.documents.map((sentences) => `${sentences.join("\n")}\n`).join("\n");
}
