/** A task's file to a data set: every row checked, errors with the line. */
import {decodeText, mostTableBytes, mostTextBytes} from "../corpus/decode.js";
import type {Table} from "../corpus/table.js";
import {InputError} from "../errors.js";
import type {Dataset, TextExample} from "./dataset.js";
import {readConll} from "./readConll.js";
import {readSquad} from "./readSquad.js";
import {readCells, type ColumnChoice} from "./readTable.js";
import type {FineTuneTask} from "./tasks.js";

export interface ReadTaskOptions {
  /** Columns of a table, where their names are not the task's. */
  columns?: ColumnChoice;
  /** Classes or tags that a model knows; default: the task's, or those of the file. */
  labels?: readonly string[];
  /** Whether rows may be without a label, as GLUE's test sets; default false. */
  unlabelled?: boolean;
}

/**
 * Reads a task's file: TSV, CSV or JSON for texts, CoNLL for tags, SQuAD's JSON for answers.
 *
 * @param bytes at most 64 MiB of UTF-8, or UTF-16 with a byte order mark; of a table 448 MiB
 * @param name the file's name, whose ending decides how a table is read
 * @throws InputError naming the file, the line and what was expected
 */
export function readTask(
  bytes: Uint8Array,
  name: string,
  task: FineTuneTask,
  options: ReadTaskOptions = {}
): Dataset {
  const isTable = task.kind === "classification" || task.kind === "regression";
  const {text, notes} = decodeText(bytes, name, isTable ? mostTableBytes : mostTextBytes);
  const data =
    task.kind === "tags"
      ? readConll(text, name, task, options.labels, options.unlabelled)
      : task.kind === "answers"
        ? readSquad(text, name, task, options.unlabelled)
        : readTexts(text, name, task, options);
  return {...data, notes: [...notes, ...data.notes]};
}

/**
 * Reads a file as {@link readTask} does, or the rows of a Parquet file, whose columns are found in
 * the same way.
 *
 * @throws InputError naming the file, the row and what was expected
 */
export async function readTaskFile(
  bytes: Uint8Array,
  name: string,
  task: FineTuneTask,
  options: ReadTaskOptions = {}
): Promise<Dataset> {
  if (!/\.parquet$/i.test(name)) return readTask(bytes, name, task, options);
  if (task.kind === "tags" || task.kind === "answers")
    throw new InputError(
      `${name}: Parquet holds no ${task.kind === "tags" ? "CoNLL" : "SQuAD"} rows (expected a text and a label column)`
    );
  const {parquetTable} = await import("./readParquetTable.js");
  return readTexts(await parquetTable(bytes, name), name, task, options);
}

function readTexts(
  text: string | Table,
  name: string,
  task: FineTuneTask,
  {columns = {}, labels: known, unlabelled = false}: ReadTaskOptions
): Dataset {
  const {rows, notes} = readCells(text, name, task, columns, !unlabelled);
  const kind = task.kind as "classification" | "regression";
  const hasLabels = rows.some(({label}) => label !== null);
  const classes = kind === "regression" ? ["score"] : classNames(task, known, rows);
  const toLabel = kind === "regression" ? scoreOf : labelReader(classes, task, known !== undefined);
  let dashes = 0;
  let empty: number[] = [];
  const examples: TextExample[] = [];
  for (const {text: first, pair, label, line} of rows) {
    if (task.named && task.classes !== null && label === "-") {
      dashes += 1;
      continue;
    }
    if (first.trim() === "" || pair?.trim() === "") empty = [...empty, line];
    const where = `${name}: line ${line}`;
    examples.push({
      text: first,
      pair,
      label: hasLabels && label !== null ? toLabel(label, where) : null,
      line
    });
  }
  if (dashes > 0)
    notes.push(`${dashes} ${dashes === 1 ? "row" : "rows"} without gold label ('-') left out`);
  if (examples.length === 0) throw new InputError(`${name}: no row has a gold label`);
  if (empty.length > 0)
    notes.push(
      `${empty.length} ${empty.length === 1 ? "text is" : "texts are"} empty (line ${empty[0]})`
    );
  const used = new Set(examples.map(({label}) => label));
  if (kind === "classification" && hasLabels && used.size === 1)
    notes.push(`only one class occurs: ${classes[examples[0]!.label!]}`);
  return {task, name, kind, examples, labels: [...classes], notes};
}

/** The classes: the model's, the task's, or the distinct labels of the file. */
function classNames(
  task: FineTuneTask,
  known: readonly string[] | undefined,
  rows: readonly {label: string | null}[]
): readonly string[] {
  if (task.classes) return task.classes;
  if (known) return known;
  const found = new Set<string>();
  for (const {label} of rows) if (label !== null) found.add(label.trim());
  const numeric = [...found].every((label) => /^\d+$/.test(label));
  return [...found].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function labelReader(classes: readonly string[], task: FineTuneTask, areKnown: boolean) {
  const names = new Map(classes.map((name, i) => [name, i]));
  const isFree = task.classes === null;
  const last = classes.length - 1;
  if (isFree && classes.length < 2 && !areKnown)
    throw new InputError(`only one class, '${classes[0]}': expected at least two`);
  if (isFree && classes.length > 1000)
    throw new InputError(
      `the label column holds ${classes.length} different values: expected at most 1,000 classes`
    );
  return (cell: string, where: string): number => {
    const label = cell.trim();
    if (label === "") throw new InputError(`${where}: the label is empty`);
    const byName = isFree || task.named ? names.get(label) : undefined;
    if (byName !== undefined) return byName;
    const number = Number(label);
    // a table with missing numbers elsewhere may have become one of decimals: 1.0
    if (!isFree && /^\d+(?:\.0+)?$/.test(label) && number <= last) return number;
    const expected = isFree
      ? `one of ${classes.slice(0, 8).join(", ")}`
      : `0 to ${last}${task.named ? `, or ${classes.join(", ")}` : ""}`;
    const hint = label === "-1" ? "; -1 marks rows without a label, which no score counts" : "";
    throw new InputError(`${where}: label '${shorten(label)}' (expected ${expected}${hint})`);
  };
}

/** A score from 0 to 5. */
function scoreOf(cell: string, where: string): number {
  const text = cell.trim();
  const value = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || !(value >= 0 && value <= 5))
    throw new InputError(`${where}: score '${shorten(text)}' (expected a number from 0 to 5)`);
  return value;
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
