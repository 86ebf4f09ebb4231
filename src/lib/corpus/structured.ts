import {errorMessage, InputError} from "../errors.js";
import {counted, cutLong, shapeDocuments, type PlainDocuments} from "./plainText.js";
import {splitSentences} from "./split.js";
import {columnIndex, describeColumns, parseTable, type Table} from "./table.js";

/** Column names that hold text, the likeliest first; two names are a pair of sentences. */
const textColumns: readonly (readonly string[])[] = [
  ["sentence"],
  ["text"],
  ["sentence1", "sentence2"],
  ["premise", "hypothesis"],
  ["question1", "question2"],
  ["question", "sentence"],
  ["#1 String", "#2 String"],
  ["content"],
  ["review"],
  ["body"],
  ["message"],
  ["comment"],
  ["tweet"],
  ["article"],
  ["document"],
  ["abstract"],
  ["title"]
];

const expected = "a column named sentence, text, or sentence1 and sentence2";

/** Indices of the text columns: those asked for, or the likeliest by name. */
function findColumns(table: Table, column: string | undefined): number[] {
  if (column !== undefined) return [columnIndex(table, column)];
  const lower = table.columns.map((name) => name.toLowerCase());
  for (const names of textColumns) {
    const indices = names.map((name) => lower.indexOf(name.toLowerCase()));
    if (indices.every((index) => index >= 0)) return indices;
  }
  throw new InputError(
    `${table.file}: no text column; ${describeColumns(table)} (expected ${expected})`
  );
}

/** The text columns of the two GLUE files without a header: CoLA's and the STS benchmark's. */
function headless(text: string): number[] | null {
  const first = text.slice(0, text.indexOf("\n") >>> 0).split("\t");
  if (first.length === 4 && /^[01]$/.test(first[1]!) && /^\*?$/.test(first[2]!)) return [3];
  return null;
}

function headlessPairs(table: Table): boolean {
  return (
    table.columns.length === 3 &&
    table.rows.slice(0, 20).every((row) => /^[0-5](?:\.\d+)?$/.test(row[2]!))
  );
}

function singles(
  documents: readonly string[][],
  what: readonly [string, string],
  notes: string[]
): void {
  const alone = documents.filter((document) => document.length === 1).length;
  if (alone === 0) return;
  const [one, many] = what;
  notes.push(
    `${alone.toLocaleString("en")} of ${counted(documents.length, one, many)} hold one sentence each and are documents of their own: they give sentence-pair objectives (SOP, NSP) no order to learn`
  );
}

/** Documents of a table: one per row, the sentences of its text columns. */
export function tableDocuments(
  text: string,
  file: string,
  delimiter: string,
  column?: string
): PlainDocuments {
  const notes: string[] = [];
  const isCsv = delimiter === ",";
  let indices = column === undefined && !isCsv ? headless(text) : null;
  let table: Table;
  if (indices) {
    table = parseTable(text, {delimiter, quoted: false, file, header: false});
    notes.push("no header: read as CoLA's layout, the sentence in the fourth column");
  } else {
    table = parseTable(text, {delimiter, quoted: isCsv, file});
    const [a, b, score] = table.columns;
    if (
      column === undefined &&
      isCsv &&
      /^[0-5](?:\.\d+)?$/.test(score ?? "") &&
      headlessPairs(table)
    ) {
      table.rows.unshift([a!, b!, score!]);
      indices = [0, 1];
      notes.push("no header: read as the STS benchmark's layout, two sentences and a score");
    } else indices = findColumns(table, column);
  }
  let empty = 0;
  const documents: string[][] = [];
  for (const row of table.rows) {
    const sentences = indices.flatMap((index) =>
      splitSentences(row[index]!.replace(/\s+/g, " ")).flatMap(cutLong)
    );
    if (sentences.length > 0) documents.push(sentences);
    else ++empty;
  }
  if (empty > 0) notes.push(`${counted(empty, "row", "rows")} without text left out`);
  singles(documents, ["row", "rows"], notes);
  return {documents, notes};
}

/** The text of a JSON value: a string, or the likeliest field of an object. */
function textOf(value: unknown, where: string, column: string | undefined): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`${where}: expected an object with a text field, or a string`);
  }
  const fields = new Map(Object.entries(value));
  const options = column === undefined ? textColumns : [[column]];
  for (const names of options) {
    const found = names.map((name) => fields.get(name));
    if (found.every((text) => typeof text === "string")) return found as string[];
  }
  const wanted = column === undefined ? "sentence or text" : `'${column}'`;
  throw new InputError(
    `${where}: no text field ${wanted} (fields: ${[...fields.keys()].slice(0, 8).join(", ") || "none"})`
  );
}

function sentencesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    text.split(/\n+/).flatMap((line) => splitSentences(line).flatMap(cutLong))
  );
}

/** Documents of JSON lines: one per line. */
export function jsonLinesDocuments(text: string, file: string, column?: string): PlainDocuments {
  const notes: string[] = [];
  const documents: string[][] = [];
  let line = 0;
  for (const row of text.split("\n")) {
    ++line;
    if (row.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(row);
    } catch {
      throw new InputError(`${file}: line ${line} is not valid JSON (expected one object a line)`);
    }
    documents.push(sentencesOf(textOf(value, `${file}: line ${line}`, column)));
  }
  singles(documents, ["line", "lines"], notes);
  return {documents, notes};
}

/** Documents of a SQuAD-like file (an article each), or of an array of strings, objects, or documents. */
export function jsonDocuments(text: string, file: string, column?: string): PlainDocuments {
  const notes: string[] = [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: not valid JSON (${errorMessage(error)})`);
  }
  const data = (value as {data?: unknown} | null)?.data;
  if (Array.isArray(data)) {
    const blocks = data.map((article, i) => {
      const paragraphs = (article as {paragraphs?: unknown} | null)?.paragraphs;
      if (!Array.isArray(paragraphs))
        throw new InputError(`${file}: data[${i}]: expected paragraphs`);
      return sentencesOf(
        paragraphs.map((paragraph, j) =>
          contextOf(paragraph, `${file}: data[${i}].paragraphs[${j}]`)
        )
      );
    });
    notes.push(
      `the contexts of ${blocks.length.toLocaleString("en")} articles; questions left out`
    );
    return {documents: shapeDocuments(blocks, notes), notes};
  }
  if (!Array.isArray(value)) {
    throw new InputError(
      `${file}: expected SQuAD's layout or an array of texts, got ${value === null ? "null" : typeof value}`
    );
  }
  const documents = value.map((entry, i) =>
    Array.isArray(entry)
      ? sentencesOf(
          entry.map((sentence, j) => textOf(sentence, `${file}: [${i}][${j}]`, column)[0]!)
        )
      : sentencesOf(textOf(entry, `${file}: [${i}]`, column))
  );
  singles(documents, ["entry", "entries"], notes);
  return {documents, notes};
}

function contextOf(paragraph: unknown, where: string): string {
  const context = (paragraph as {context?: unknown} | null)?.context;
  if (typeof context !== "string") throw new InputError(`${where}: expected a context`);
  return context.replace(/^\ufeff/, "");
}

/**
 * How the first lines of a text without a telling name look: a tab-separated table with a known
 * text column, CoNLL lines of a word and its tag, or plain text.
 */
export function sniff(text: string): "table" | "conll" | "plain" {
  const lines = text.slice(0, 1 << 16).split("\n", 200);
  const header = lines[0]!.split("\t").map((name) => name.trim().toLowerCase());
  const isHeader = textColumns.some((names) =>
    names.every((name) => header.includes(name.toLowerCase()))
  );
  if (header.length > 1 && isHeader) return "table";
  const words = lines.slice(0, -1).filter((line) => line.trim() !== "");
  const tagged = words.filter((line) => /^\S+(?:[\t ]\S+)*[\t ](?:O|[BI]-\S+)$/.test(line));
  return words.length > 0 && tagged.length === words.length ? "conll" : "plain";
}
