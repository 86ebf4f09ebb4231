/** Examples as rows of pieces with their labels in place. */
import {sha256} from "../recipe/hash.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {isTextDataset} from "./dataset.js";
import type {AnswerExample, Dataset, TagExample, TextExample} from "./dataset.js";
import {codePointPlaces} from "./readSquad.js";

/** One row as the model reads it. */
export interface FeatureRow {
  /** The example it comes from. */
  example: number;
  ids: number[];
  typeIds: number[];
  /** The second text, where both are read apart; `ids` is the first one then. */
  pair?: {ids: number[]; typeIds: number[]};
  /**
   * Texts: one class or value. Tags: class of each piece, −1 where none is asked. Answers: position
   * of the first and of the last piece; 0, the [CLS], where the window holds no answer.
   */
  labels: number[];
  /** Tags: the word whose tag a piece gives (its first piece), −1 elsewhere. */
  words?: number[];
  /** Answers: pieces [from, to) of the context, and their place in it in UTF-16 units. */
  context?: {from: number; to: number; offsets: [number, number][]};
}

export interface FeatureOptions {
  /** Most pieces of a row, special ones included. */
  maxLength: number;
  /** Answers: pieces that consecutive windows share. */
  stride: number;
  /** Whether two texts make two rows instead of one; default false. */
  isApart?: boolean;
}

/** Rows of a data set, and what a reader should know of how they were cut. */
export interface Features {
  rows: FeatureRow[];
  notes: string[];
}

/** No piece is longer; what lies beyond cannot matter for the first `maxLength` pieces. */
const mostCharactersPerPiece = 64;

/**
 * Encodes every example. Texts that are too long lose their end (the longer of a pair first);
 * sentences with tags continue in a further row; contexts are cut into windows that overlap.
 */
export function featuresOf(data: Dataset, tokenizer: Tokenizer, options: FeatureOptions): Features {
  const notes: string[] = [];
  if (isTextDataset(data)) {
    let cut = 0;
    const rows = data.examples.map((example, i) => {
      const {row, isCut} = textRow(example, i, tokenizer, options);
      cut += Number(isCut);
      return row;
    });
    if (cut > 0)
      notes.push(`${cut} ${plural(cut, "text")} truncated to ${options.maxLength} pieces`);
    return {rows, notes};
  }
  if (data.kind === "tags") {
    const classes = new Map(data.labels.map((label, i) => [label, i]));
    const rows = data.examples.flatMap((example, i) =>
      tagRows(example, i, tokenizer, options, classes)
    );
    const more = rows.length - data.examples.length;
    if (more > 0) notes.push(`long sentences continue in ${more} further ${plural(more, "row")}`);
    return {rows, notes};
  }
  const rows = data.examples.flatMap((example, i) => answerRows(example, i, tokenizer, options));
  const more = rows.length - data.examples.length;
  if (more > 0)
    notes.push(
      `${data.examples.length} questions make ${rows.length} windows of at most ${options.maxLength} pieces`
    );
  return {rows, notes};
}

const plural = (n: number, word: string) => (n === 1 ? word : `${word}s`);

function textRow(
  {text, pair, label}: TextExample,
  example: number,
  tokenizer: Tokenizer,
  {maxLength, isApart = false}: FeatureOptions
): {row: FeatureRow; isCut: boolean} {
  if (isApart && pair !== null) {
    const one = textRow({text, pair: null, label, line: 0}, example, tokenizer, {
      maxLength,
      stride: 0
    });
    const two = textRow({text: pair, pair: null, label, line: 0}, example, tokenizer, {
      maxLength,
      stride: 0
    });
    const {ids, typeIds} = two.row;
    return {row: {...one.row, pair: {ids, typeIds}}, isCut: one.isCut || two.isCut};
  }
  const most = maxLength * mostCharactersPerPiece;
  const [first, second] = [text.slice(0, most), pair?.slice(0, most)];
  const whole = tokenizer.encode(first, {pair: second});
  const isLong = whole.ids.length > maxLength;
  const {ids, typeIds} = isLong
    ? tokenizer.encode(first, {pair: second, maxLength, truncation: "longest_first"})
    : whole;
  const isCut = isLong || text.length > most || (pair?.length ?? 0) > most;
  return {row: {example, ids, typeIds, labels: [label ?? 0]}, isCut};
}

function tagRows(
  {words, tags}: TagExample,
  example: number,
  tokenizer: Tokenizer,
  {maxLength}: FeatureOptions,
  classes: ReadonlyMap<string, number>
): FeatureRow[] {
  const rows: FeatureRow[] = [];
  for (let from = 0; from < words.length;) {
    const clipped = words
      .slice(from)
      .map((word) => word.slice(0, maxLength * mostCharactersPerPiece));
    const whole = tokenizer.encodeWords(clipped);
    let to = words.length - from;
    if (whole.ids.length > maxLength) {
      // The first word that does not fit whole begins the next row, unless it is this row's first.
      const first = whole.wordIds[maxLength - 1] ?? clipped.length;
      to = Math.max(1, first);
    }
    const {ids, typeIds, wordIds} =
      to === clipped.length && whole.ids.length <= maxLength
        ? whole
        : tokenizer.encodeWords(clipped.slice(0, to), {maxLength});
    const labels = ids.map(() => -1);
    const places = ids.map(() => -1);
    let before = -1;
    wordIds.forEach((word, i) => {
      if (word === null || word === before) return;
      before = word;
      places[i] = from + word;
      labels[i] = classes.get(tags[from + word]!) ?? -1;
    });
    rows.push({example, ids, typeIds, labels, words: places});
    from += to;
  }
  return rows;
}

function answerRows(
  {context, question, answers}: AnswerExample,
  example: number,
  tokenizer: Tokenizer,
  {maxLength, stride}: FeatureOptions
): FeatureRow[] {
  const room = Math.max(1, Math.floor(maxLength / 2) - 3);
  const asked = clipped(question, tokenizer, room);
  const places = codePointPlaces(context);
  const answer = answers[0];
  const share = Math.min(stride, Math.floor(maxLength / 4));
  return tokenizer.encodeWindows(asked, context, {maxLength, stride: share}).map((window) => {
    const {ids, typeIds, wordIds} = window;
    const from = wordIds.indexOf(null, 1) + 1;
    const to = ids.length - 1;
    const offsets = window.offsets
      .slice(from, to)
      .map(([a, b]): [number, number] => [places[a]!, places[b]!]);
    const labels = answer ? spanIn(offsets, answer.start, answer.start + answer.text.length) : null;
    return {
      example,
      ids,
      typeIds,
      labels: labels ? labels.map((i) => from + i) : [0, 0],
      context: {from, to, offsets}
    };
  });
}

/** The first and last piece that cover [start, end), or null where the window does not hold it all. */
function spanIn(
  offsets: readonly [number, number][],
  start: number,
  end: number
): [number, number] | null {
  const first = offsets.findIndex(([, b]) => b > start);
  // Where an answer begins before the window's first piece, the window does not hold all of it.
  if (first < 0 || (first === 0 && offsets[0]![0] > start)) return null;
  let last = -1;
  for (let i = first; i < offsets.length && offsets[i]![0] < end; ++i) last = i;
  if (last < first || offsets[last]![1] < end) return null;
  return [first, last];
}

/** A question cut to a number of pieces. */
function clipped(question: string, tokenizer: Tokenizer, most: number): string {
  const {ids, offsets} = tokenizer.encode(question, {addSpecialTokens: false});
  if (ids.length <= most) return question;
  return Array.from(question)
    .slice(0, offsets[most - 1]![1])
    .join("");
}

/** Rows that are hashed at once. */
const hashedRows = 1024;

/** SHA-256 of rows: their pieces and labels, set after set. */
export async function rowsDigest(sets: readonly (readonly FeatureRow[])[]): Promise<string> {
  let digest = "";
  for (const rows of sets)
    for (let from = 0; from <= rows.length; from += hashedRows) {
      const numbers = rows
        .slice(from, from + hashedRows)
        .flatMap(({ids, pair, labels}) => [ids, pair?.ids ?? [], labels])
        .flatMap((list) => [list.length, ...list]);
      const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
      digest = await sha256(digest + (await sha256(bytes)));
    }
  return digest;
}
