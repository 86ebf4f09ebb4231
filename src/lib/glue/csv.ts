import {InputError} from "../errors.js";

/** One record of a CSV file and the line it starts on, counted from 1. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * The records of a comma-separated text as RFC 4180 has it: quoted cells may hold commas, doubled
 * quotes and line breaks; lines end with LF or CRLF; a byte-order mark is dropped and empty lines
 * are skipped. Nothing is converted.
 *
 * @example parseCsv('a,"b, ""c"""\n', "x.csv") → [{line: 1, cells: ["a", 'b, "c"']}]
 * @param file name for messages
 * @throws InputError on a quote that is never closed, or text after a closing quote
 */
export function parseCsv(text: string, file: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let cells: string[] = [];
  let start = 1;
  const end = () => {
    if (cells.length > 1 || cells[0] !== "") records.push({line: start, cells});
    cells = [];
    start = line;
  };
  while (i < text.length) {
    let cell: string;
    if (text[i] === '"') {
      const opened = line;
      cell = "";
      for (++i; ; ++i) {
        if (i >= text.length)
          throw new InputError(`${file} line ${opened}: a quote is opened and never closed`);
        if (text[i] === "\n") ++line;
        if (text[i] !== '"') cell += text[i];
        else if (text[i + 1] === '"') cell += text[++i];
        else break;
      }
      ++i;
      if (i < text.length && !/[,\r\n]/.test(text[i]!))
        throw new InputError(`${file} line ${line}: text follows a closing quote`);
    } else {
      const from = i;
      while (i < text.length && text[i] !== "," && text[i] !== "\n") ++i;
      cell = text.slice(from, i).replace(/\r$/, "");
    }
    cells.push(cell);
    if (text[i] === "\r") ++i;
    if (text[i] === ",") {
      ++i;
      if (i === text.length) cells.push("");
      continue;
    }
    if (text[i] === "\n") {
      ++i;
      ++line;
    }
    end();
  }
  if (cells.length) end();
  return records;
}

/** A cell as CSV writes it: quoted where it must be. */
export function csvCell(value: string | number | boolean | null): string {
  if (value == null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
