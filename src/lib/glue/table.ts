import {InputError} from "../errors.js";
import {parseCsv} from "./csv.js";

/** What the cells of a column are; a flag is 0 or 1. */
export type ColumnType = "text" | "integer" | "number" | "flag";

/** A column as it must be: read by the validator, shown by the schema browser. */
export interface ColumnSpec {
  name: string;
  type: ColumnType;
  /** What the column says, with its unit. */
  description: string;
  /** Whether a cell may be empty, default false. */
  optional?: boolean;
  /** Smallest number allowed. */
  min?: number;
  /** Largest number allowed. */
  max?: number;
  /** The only texts allowed. */
  values?: readonly string[];
}

/** A table as it must be. */
export interface TableSpec {
  name: string;
  description: string;
  columns: readonly ColumnSpec[];
}

/** A cell: text, number (flags are 0 or 1), or null where there is none. */
export type Cell = string | number | null;

/** A column with its cells, all columns of a table equally long. */
export interface Column {
  name: string;
  type: ColumnType;
  description: string;
  values: Cell[];
}

/** A columnar table; it survives JSON. */
export interface Table {
  name: string;
  description: string;
  /** Number of rows. */
  rows: number;
  columns: Column[];
}

/** A row's cells by column name, and where it was written, for checks that cross columns. */
export interface CheckedRow {
  cells: Readonly<Record<string, Cell>>;
  /** "data/glue/configs.csv line 7", for messages. */
  where: string;
}

function cell(text: string, spec: ColumnSpec, where: string): Cell {
  const fail = (expected: string) =>
    new InputError(`${where}, ${spec.name}: "${text}" should be ${expected}`);
  if (text === "") {
    if (spec.optional) return null;
    throw new InputError(`${where}, ${spec.name}: the cell is empty and must not be`);
  }
  if (text !== text.trim()) throw fail("without spaces around it");
  if (spec.type === "text") {
    if (spec.values && !spec.values.includes(text)) throw fail(`one of ${spec.values.join(", ")}`);
    return text;
  }
  if (spec.type === "flag") {
    if (text !== "0" && text !== "1") throw fail("0 or 1");
    return Number(text);
  }
  const value = Number(text);
  if (!/^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) || !Number.isFinite(value)) throw fail("a number");
  if (spec.type === "integer" && !Number.isInteger(value)) throw fail("a whole number");
  if (spec.min != null && value < spec.min) throw fail(`at least ${spec.min}`);
  if (spec.max != null && value > spec.max) throw fail(`at most ${spec.max}`);
  return value;
}

/**
 * Reads CSV files of one layout into one table, checking every cell.
 *
 * @param files name → text, in the order the rows should have
 * @param check looks at each whole row and throws InputError with `where` in its message
 * @throws InputError with file, line and column of the first bad cell; on a header that is not the
 * specification's; on a row with too many or too few cells
 */
export function parseTable(
  spec: TableSpec,
  files: ReadonlyMap<string, string>,
  check?: (row: CheckedRow) => void
): Table {
  const columns: Column[] = spec.columns.map(({name, type, description}) => ({
    name,
    type,
    description,
    values: []
  }));
  const names = spec.columns.map((column) => column.name);
  let rows = 0;
  for (const [file, text] of files) {
    const [header, ...records] = parseCsv(text, file);
    if (!header || header.cells.join() !== names.join())
      throw new InputError(
        `${file} line 1: the header is "${header?.cells.join() ?? ""}", expected "${names.join()}"`
      );
    for (const {line, cells} of records) {
      const where = `${file} line ${line}`;
      if (cells.length !== names.length)
        throw new InputError(`${where}: ${cells.length} cells, expected ${names.length}`);
      const row: Record<string, Cell> = {};
      spec.columns.forEach((column, i) => {
        columns[i]!.values.push((row[column.name] = cell(cells[i]!, column, where)));
      });
      check?.({cells: row, where});
      ++rows;
    }
  }
  if (rows === 0) throw new InputError(`${spec.name}: no rows in ${[...files.keys()].join(", ")}`);
  return {name: spec.name, description: spec.description, rows, columns};
}

/**
 * The cells of one column.
 *
 * @throws InputError when the table has no such column
 */
export function columnOf(table: Table, name: string): Cell[] {
  const column = table.columns.find((c) => c.name === name);
  if (!column) throw new InputError(`table ${table.name}: no column ${name}`);
  return column.values;
}

/** The table as one object a row, keyed by column name. */
export function rowsOf<Row extends Record<keyof Row, Cell>>(table: Table): Row[] {
  return Array.from(
    {length: table.rows},
    (_, i) => Object.fromEntries(table.columns.map((c) => [c.name, c.values[i]!])) as Row
  );
}
