/** What the columns of a reader's table are called, to choose from before it is read as a task. */
import {parquetColumnNames} from "../store/import/parquet.js";

/** Bytes at the front of a text table in which its first line is looked for. */
const mostHead = 65_536;

/**
 * The columns that a table names: the header of a TSV or CSV file, the keys of the first JSON line, the
 * schema of a Parquet file; none where the file's name says that it is something else.
 *
 * @throws InputError for a file that is called .parquet and is none
 */
export function columnNames({name, bytes}: {name: string; bytes: Uint8Array}): string[] {
  if (/\.parquet$/i.test(name)) return parquetColumnNames(bytes, name);
  if (!/\.(?:tsv|csv|txt|jsonl|ndjson)$/i.test(name)) return [];
  const [line = ""] = new TextDecoder().decode(bytes.subarray(0, mostHead)).split(/\r?\n/, 1);
  if (/\.(?:jsonl|ndjson)$/i.test(name)) {
    try {
      return Object.keys(JSON.parse(line) as object);
    } catch {
      return [];
    }
  }
  const cells = line.split(/\.csv$/i.test(name) ? "," : "\t");
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}
