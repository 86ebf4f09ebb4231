import {InputError} from "../errors.js";

/** How a table is written. */
export interface TableOptions {
  /** One character between fields, such as `\t`. */
  delimiter: string;
  /** Whether fields may be quoted as in RFC 4180; GLUE's TSV files are not. */
  quoted: boolean;
  /** How messages call the file; default "table". */
  file?: string;
  /** Whether the first row names the columns; default true. Otherwise they are "1", "2", … */
  header?: boolean;
  /** Share of rows with another number of fields that is left out rather than refused; default 0. */
  mostRagged?: number;
}

/** A table of strings; every row has as many fields as there are columns. */
export interface Table {
  file: string;
  columns: string[];
  rows: string[][];
  /** The line (from 1) on which each row begins. */
  lines: number[];
  /** Lines of rows that were left out, since they have another number of fields. */
  leftOut?: number[];
}

const names: Record<string, string> = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"};

/** The columns of a table as a message lists them; long lists are cut. */
export function listColumns(columns: readonly string[]): string {
  const shown = columns
    .slice(0, 8)
    .map((column) => (column.length > 40 ? `${column.slice(0, 40)}…` : column));
  const more = columns.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, … (${more} more)` : "");
}

/** Reads fields one row at a time and knows the line it is in. */
class RowReader {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #quoted: boolean;
  readonly #file: string;
  #at = 0;
  #line = 1;

  constructor(text: string, {delimiter, quoted, file = "table"}: TableOptions) {
    this.#text = text;
    this.#delimiter = delimiter;
    this.#quoted = quoted;
    this.#file = file;
  }

  /** The next row that is not a blank line, with the line it begins on, or null at the end. */
  next(): {fields: string[]; line: number} | null {
    while (this.#at < this.#text.length) {
      const line = this.#line;
      const fields = this.#quoted ? this.#quotedRow() : this.#plainRow();
      if (fields.length === 1 && fields[0]!.trim() === "") continue;
      return {fields, line};
    }
    return null;
  }

  #plainRow(): string[] {
    let end = this.#text.indexOf("\n", this.#at);
    if (end < 0) end = this.#text.length;
    const row = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    ++this.#line;
    return row.split(this.#delimiter);
  }

  #quotedRow(): string[] {
    const fields: string[] = [];
    for (;;) {
      const isQuoted = this.#text[this.#at] === '"';
      fields.push(isQuoted ? this.#quotedField() : this.#plainField());
      const next = this.#text[this.#at];
      ++this.#at;
      if (next === this.#delimiter) {
        if (this.#at < this.#text.length) continue;
        fields.push("");
      }
      ++this.#line;
      return fields;
    }
  }

  #plainField(): string {
    let end = this.#at;
    while (
      end < this.#text.length &&
      this.#text[end] !== "\n" &&
      this.#text[end] !== this.#delimiter
    )
      ++end;
    const field = this.#text.slice(this.#at, end);
    this.#at = end;
    return field;
  }

  #quotedField(): string {
    const firstLine = this.#line;
    let from = this.#at + 1;
    let field = "";
    for (;;) {
      const end = this.#text.indexOf('"', from);
      if (end < 0) {
        throw new InputError(
          `${this.#file}: line ${firstLine}: a quoted field is never closed (expected a second ")`
        );
      }
      field += this.#text.slice(from, end);
      if (this.#text[end + 1] !== '"') {
        this.#at = end + 1;
        break;
      }
      field += '"';
      from = end + 2;
    }
    for (let i = field.indexOf("\n"); i >= 0; i = field.indexOf("\n", i + 1)) ++this.#line;
    const next = this.#text[this.#at];
    if (next !== undefined && next !== this.#delimiter && next !== "\n") {
      throw new InputError(
        `${this.#file}: line ${this.#line}: text after a closing quote (expected a ${delimiterName(this.#delimiter)} or the end of the line)`
      );
    }
    return field;
  }
}

/** How messages call a delimiter. */
export const delimiterName = (delimiter: string): string => names[delimiter] ?? delimiter;

/** The delimiter of a table that is called CSV, by its first line: a comma where it has one. */
export function csvDelimiter(text: string): string {
  const [line = ""] = text.split(/[\r\n]/, 1);
  const bare = line.replace(/"[^"]*"/g, "");
  return [",", ";", "\t", "|"].find((delimiter) => bare.includes(delimiter)) ?? ",";
}

function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/**
 * Reads a delimited table strictly: every row has as many fields as the header, but for the share that
 * may be left out. Blank lines are
 * skipped, line ends may be `\n`, `\r\n` or `\r`, a byte order mark is dropped. Rows are arrays,
 * so a column called `__proto__` is a column like any other.
 *
 * @throws {InputError} with the line, for rows with too few or too many fields, an unclosed quote,
 *   text after a closing quote, duplicate columns, no header, no rows
 */
export function parseTable(text: string, options: TableOptions): Table {
  const {file = "table", delimiter, header = true, mostRagged = 0} = options;
  let clean = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (clean.includes("\r")) clean = clean.replace(/\r\n?/g, "\n");
  const reader = new RowReader(clean, options);
  const first = reader.next();
  if (!first)
    throw new InputError(
      `${file}: the table is empty (expected ${header ? "a header and rows" : "rows"})`
    );
  const columns = header
    ? first.fields.map((field) => field.trim())
    : first.fields.map((_, i) => `${i + 1}`);
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column))
      throw new InputError(
        `${file}: line ${first.line}: duplicate column '${column}' (expected different names)`
      );
    seen.add(column);
  }
  const rows: string[][] = [];
  const lines: number[] = [];
  const leftOut: number[] = [];
  let refusal: InputError | null = null;
  for (let row = header ? reader.next() : first; row; row = reader.next()) {
    if (row.fields.length !== columns.length) {
      refusal ??= new InputError(
        `${file}: line ${row.line}: ${plural(row.fields.length, "field")}, expected ${columns.length} (${delimiterName(delimiter)}-separated: ${listColumns(columns)})`
      );
      if (mostRagged === 0) throw refusal;
      leftOut.push(row.line);
      continue;
    }
    rows.push(row.fields);
    lines.push(row.line);
  }
  if (refusal && leftOut.length > mostRagged * rows.length) throw refusal;
  if (rows.length === 0)
    throw new InputError(`${file}: no rows after the header (columns: ${listColumns(columns)})`);
  return {file, columns, rows, lines, ...(leftOut.length > 0 && {leftOut})};
}

/**
 * Index of a column.
 *
 * @throws {InputError} naming the columns there are, and the delimiter if that seems to be wrong
 */
export function columnIndex(table: Table, column: string): number {
  const index = table.columns.indexOf(column);
  if (index < 0)
    throw new InputError(`${table.file}: column '${column}' not found; ${describeColumns(table)}`);
  return index;
}

/** "columns: a, b", or a doubt about the delimiter where there is only one column that holds one. */
export function describeColumns(table: Table): string {
  const [only] = table.columns;
  if (table.columns.length === 1) {
    const other = Object.keys(names).find((delimiter) => only!.includes(delimiter));
    if (other)
      return `the only column is '${listColumns(table.columns)}' (is the delimiter a ${names[other]}?)`;
  }
  return `columns: ${listColumns(table.columns)}`;
}
