import {splitSentences} from "./split.js";

/** Least sentences and words of a document; shorter ones are merged with those that follow. */
export const leastDocument = {sentences: 2, words: 24};

/** Most sentences of a document; longer ones are cut into equal parts. */
export const mostSentences = 100;

/** Most words of a sentence; longer ones are cut. */
export const mostWords = 200;

/** Documents of sentences, and what was done to get them. */
export interface PlainDocuments {
  documents: string[][];
  notes: string[];
}

/** Runs of characters between white space; a Chinese or Japanese character counts as a word. */
function countWords(text: string): number {
  let words = 0;
  let inside = false;
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    const isIdeograph = code >= 0x3040 && code < 0xd800;
    if (isIdeograph || (code > 32 && !inside)) ++words;
    inside = code > 32 && !isIdeograph;
  }
  return words;
}

/** Cuts a very long sentence into parts of at most {@link mostWords} words. */
export function cutLong(sentence: string): string[] {
  if (sentence.length < mostWords || countWords(sentence) <= mostWords) return [sentence];
  const words = sentence.split(/\s+/);
  const parts: string[] = [];
  for (let i = 0; i < words.length; i += mostWords)
    parts.push(words.slice(i, i + mostWords).join(" "));
  return parts;
}

/**
 * Whether lines are broken at a fixed width rather than at the ends of sentences: at least a third
 * of the line breaks inside blocks come without a closing mark and before a lower-case letter.
 */
function isWrapped(lines: readonly string[]): boolean {
  let breaks = 0;
  let inside = 0;
  for (let i = 0; i + 1 < lines.length && breaks < 2000; ++i) {
    const line = lines[i]!.trimEnd();
    const next = lines[i + 1]!.trimStart();
    if (line === "" || next === "") continue;
    ++breaks;
    if (!/[.!?:;"'\u201d]$/.test(line) && /^\p{Ll}/u.test(next)) ++inside;
  }
  return breaks >= 4 && inside * 3 >= breaks;
}

/** "1 row", "6,920 rows". */
export function counted(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** Merges short documents with the following ones and cuts long ones. */
export function shapeDocuments(blocks: readonly string[][], notes: string[]): string[][] {
  const merged: string[][] = [];
  let merges = 0;
  let open: string[] | null = null;
  let words = 0;
  for (const block of blocks) {
    if (open) {
      for (const sentence of block) open.push(sentence);
      ++merges;
    } else {
      open = [...block];
      words = 0;
      merged.push(open);
    }
    for (const sentence of block) words += countWords(sentence);
    if (open.length >= leastDocument.sentences && words >= leastDocument.words) open = null;
  }
  if (open && merged.length > 1) {
    const before = merged.at(-2)!;
    for (const sentence of open) before.push(sentence);
    merged.pop();
    ++merges;
  }
  if (merges > 0) {
    notes.push(
      `${counted(blocks.length, "block", "blocks")} between blank lines became ${counted(merged.length, "document", "documents")}: those under ${leastDocument.sentences} sentences or ${leastDocument.words} words are joined to the next`
    );
  }
  const documents: string[][] = [];
  let cut = 0;
  for (const document of merged) {
    if (document.length <= mostSentences) {
      documents.push(document);
      continue;
    }
    ++cut;
    const parts = Math.ceil(document.length / mostSentences);
    const size = Math.ceil(document.length / parts);
    for (let i = 0; i < document.length; i += size) documents.push(document.slice(i, i + size));
  }
  if (cut > 0) {
    notes.push(
      `${counted(cut, "document", "documents")} of over ${mostSentences} sentences cut into parts, so that some can be held out`
    );
  }
  return documents;
}

/** A line that only says who speaks next, as plays have it. */
const isSpeaker = /^\p{Lu}[^.!?]{0,38}:$/u;

/**
 * Documents of a plain text: a blank line ends a document, each line is a sentence or a paragraph
 * that is split into sentences. Lines broken at a fixed width are joined first; a short line that
 * ends in a colon is joined to the next, as a play's speaker to the speech. Documents shorter
 * than {@link leastDocument} (speeches of a play, say) are merged with the following ones, those
 * over {@link mostSentences} are cut, and so are sentences over {@link mostWords}.
 *
 * @param onProgress called with the fraction done, in [0, 1]
 */
export function plainDocuments(
  text: string,
  onProgress?: (fraction: number) => void
): PlainDocuments {
  const notes: string[] = [];
  const wrapped = isWrapped(text.slice(0, 1 << 20).split("\n"));
  if (wrapped)
    notes.push("lines are broken at a fixed width: they were joined before sentences were split");
  const blocks: string[][] = [];
  let block: string[] = [];
  let paragraph = "";
  let long = 0;
  let reported = 0;
  let speaker = "";
  const take = (line: string): void => {
    for (const sentence of splitSentences(speaker === "" ? line : `${speaker} ${line}`)) {
      const parts = cutLong(sentence);
      if (parts.length > 1) ++long;
      for (const part of parts) block.push(part);
    }
    speaker = "";
  };
  for (let at = 0; at <= text.length;) {
    let end = text.indexOf("\n", at);
    if (end < 0) end = text.length;
    const line = text.slice(at, end).trim();
    at = end + 1;
    if (line !== "" && wrapped) paragraph = paragraph === "" ? line : `${paragraph} ${line}`;
    else if (isSpeaker.test(line) && speaker === "") speaker = line;
    else if (line !== "") take(line);
    if (line === "" || at > text.length) {
      if (paragraph !== "") take(paragraph);
      paragraph = "";
      if (speaker !== "") take("");
      if (block.length > 0) blocks.push(block);
      block = [];
    }
    if (onProgress && at - reported > 1 << 20) onProgress((reported = at) / text.length);
  }
  if (long > 0)
    notes.push(
      `${counted(long, "sentence", "sentences")} of over ${mostWords} words cut into parts`
    );
  return {documents: shapeDocuments(blocks, notes), notes};
}
