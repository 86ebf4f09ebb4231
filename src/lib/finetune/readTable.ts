/** Rows of a table in a task's layout: TSV as GLUE has it, CSV, or JSON objects. */
import {
  columnIndex,
  csvDelimiter,
  delimiterName,
  describeColumns,
  parseTable,
  type Table
} from "../corpus/table.js";
import {InputError} from "../errors.js";
import {jsonCell, jsonRows} from "./jsonRows.js";
import type {FineTuneTask, HeadlessLayout} from "./tasks.js";

/** Columns that the reader chose; what is left out is found by name. */
export interface ColumnChoice {
  text?: string;
  pair?: string;
  label?: string;
}

/** The cells that matter of each row. */
export interface LabelledCells {
  rows: {text: string; pair: string | null; label: string | null; line: number}[];
  notes: string[];
}

/**
 * Text and label cells of a table.
 *
 * @param text the decoded file, or a table that was read in another way
 * @param file its name: the ending decides (.json, .jsonl, .ndjson, .csv, else TSV)
 * @param needsLabels whether a file without a label column is refused
 * @throws InputError naming file, line and column
 */
export function readCells(
  text: string | Table,
  file: string,
  task: FineTuneTask,
  choice: ColumnChoice,
  needsLabels: boolean
): LabelledCells {
  if (typeof text === "string" && /\.(?:json|jsonl|ndjson)$/i.test(file))
    return jsonCells(text, file, task, choice, needsLabels);
  const table = typeof text !== "string" ? text : delimitedTable(text, file, task, choice);
  if ("headless" in table) {
    const {rows, lines, headless} = table;
    return {
      rows: rows.map((row, i) => ({
        text: row[headless.text[0]!]!,
        pair: headless.text.length > 1 ? row[headless.text[1]!]! : null,
        label: row[headless.label]!,
        line: lines[i]!
      })),
      notes: [`no header: read as ${task.name}'s ${headless.columns} columns`]
    };
  }
  const [first, second] = findText(table, task, choice);
  const label = findLabel(table, task, choice, needsLabels);
  return {
    rows: table.rows.map((row, i) => ({
      text: row[first!]!,
      pair: second === undefined ? null : row[second]!,
      label: label === null ? null : row[label]!,
      line: table.lines[i]!
    })),
    notes: leftOutNotes(table)
  };
}

function leftOutNotes({leftOut = []}: Table): string[] {
  if (leftOut.length === 0) return [];
  const rows = leftOut.length === 1 ? "1 row" : `${leftOut.length} rows`;
  return [`${rows} with another number of fields left out (line ${leftOut[0]})`];
}

/** Only the keys that matter need to be in every object, and to hold a text or a number. */
function jsonCells(
  text: string,
  file: string,
  task: FineTuneTask,
  choice: ColumnChoice,
  needsLabels: boolean
): LabelledCells {
  const objects = jsonRows(text, file);
  const columns = [...objects[0]!.members.keys()];
  const keys: Table = {file, columns, rows: [], lines: []};
  const [first, second] = findText(keys, task, choice).map((index) => columns[index]!);
  const index = findLabel(keys, task, choice, needsLabels);
  const rows = objects.map((object) => ({
    text: jsonCell(object, first!),
    pair: second === undefined ? null : jsonCell(object, second),
    label: index === null ? null : jsonCell(object, columns[index]!),
    line: object.line
  }));
  return {rows, notes: []};
}

/** Share of rows of GLUE's files that may be broken: three of QQP's 363,849 are. */
const mostRagged = 1e-3;

type FoundTable = Table | (Table & {headless: HeadlessLayout});

function delimitedTable(
  text: string,
  file: string,
  task: FineTuneTask,
  choice: ColumnChoice
): FoundTable {
  const isCsv = /\.csv$/i.test(file);
  const chosen = choice.text !== undefined || choice.label !== undefined;
  for (const headless of chosen ? [] : task.headless) {
    // Layouts of files without a header: CoLA's TSV, the STS benchmark's CSV and TSV.
    for (const delimiter of isCsv ? [",", "\t"] : ["\t"]) {
      const table = withoutHeader(text, file, delimiter, headless);
      if (!table) continue;
      if (table.rows.every((row) => fits(row, headless))) return {...table, headless};
      refuseRow(table, headless, task);
    }
  }
  if (isCsv && csvDelimiter(text) !== ",")
    throw new InputError(
      `${file}: the delimiter is a ${delimiterName(csvDelimiter(text))} (expected a comma, or tabs in a file called .tsv)`
    );
  const delimiter = isCsv ? "," : "\t";
  const isGlue = !isCsv && task.submission !== null;
  return parseTable(text, {delimiter, quoted: isCsv, file, ...(isGlue && {mostRagged})});
}

/** A table without a header, if its first row looks like one of this layout. */
function withoutHeader(
  text: string,
  file: string,
  delimiter: string,
  headless: HeadlessLayout
): Table | null {
  const options = {delimiter, quoted: delimiter === ",", file, header: false};
  const [line] = text.split("\n", 1);
  const isLikely = delimiter === "," || fits(line!.split("\t"), headless);
  if (!isLikely) return null;
  let table: Table;
  try {
    table = parseTable(text, options);
  } catch (error) {
    // A quoted file of another layout may be fine when it is read with its header.
    if (delimiter === "," && error instanceof InputError) return null;
    throw error;
  }
  return fits(table.rows[0]!, headless) ? table : null;
}

function fits(row: readonly string[], {columns, label, labels}: HeadlessLayout): boolean {
  return row.length === columns && labels.test(row[label]!);
}

/** A file without a header whose first row is fine and another is not. */
function refuseRow(table: Table, headless: HeadlessLayout, task: FineTuneTask): never {
  const at = table.rows.findIndex((row) => !fits(row, headless));
  throw new InputError(
    `${table.file}: line ${table.lines[at]}: label '${table.rows[at]![headless.label]}' (expected ${task.kind === "regression" ? "a score from 0 to 5" : "0 or 1"})`
  );
}

/** Index of a column by its name, or by the only one that differs in capitals alone; −1 for none. */
function columnOf({columns}: Table, name: string): number {
  const exact = columns.indexOf(name);
  if (exact >= 0) return exact;
  const alike = columns.flatMap((each, i) =>
    each.toLowerCase() === name.toLowerCase() ? [i] : []
  );
  return alike.length === 1 ? alike[0]! : -1;
}

function findText(table: Table, task: FineTuneTask, choice: ColumnChoice): number[] {
  if (choice.text !== undefined) {
    const names = choice.pair === undefined ? [choice.text] : [choice.text, choice.pair];
    return names.map((name) => columnIndex(table, name));
  }
  for (const names of task.textColumns) {
    const indices = names.map((name) => columnOf(table, name));
    if (indices.every((index) => index >= 0)) return indices;
  }
  const partly = task.textColumns.find((names) => names.some((n) => table.columns.includes(n)));
  const wanted = (partly ?? task.textColumns[0]!).filter((n) => !table.columns.includes(n));
  throw new InputError(
    `${table.file}: column '${wanted[0]}' not found; ${describeColumns(table)} (expected ${task.textColumns.map((names) => names.join(" and ")).join(", or ")})`
  );
}

function findLabel(
  table: Table,
  task: FineTuneTask,
  choice: ColumnChoice,
  isNeeded: boolean
): number | null {
  if (choice.label !== undefined) return columnIndex(table, choice.label);
  const found = task.labelColumns.map((name) => columnOf(table, name)).find((i) => i >= 0);
  if (found !== undefined) return found;
  if (!isNeeded) return null;
  throw new InputError(
    `${table.file}: column '${task.labelColumns[0]}' not found; ${describeColumns(table)} (expected ${task.labelColumns.join(" or ")})`
  );
}
