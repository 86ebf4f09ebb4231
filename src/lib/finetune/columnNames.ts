/** What the columns of a reader's table are called, to choose from before it is read as a task. */
import {csvDelimiter} from "../corpus/table.js";
import {parquetColumnNames} from "../store/import/parquet.js";

/** Bytes at the front of a text table in which its first line is looked for. */
const mostHead = 65_536;

/**
 * The columns that a table names: the header of a TSV or CSV file, the keys of the first JSON object, the
 * schema of a Parquet file; none where the file's name says that it is something else.
 *
 * @throws InputError for a file that is called .parquet and is none
 */
export function columnNames({name, bytes}: {name: string; bytes: Uint8Array}): string[] {
  if (/\.parquet$/i.test(name)) return parquetColumnNames(bytes, name);
  if (!/\.(?:tsv|csv|txt|json|jsonl|ndjson)$/i.test(name)) return [];
  const [line = ""] = new TextDecoder().decode(bytes.subarray(0, mostHead)).split(/\r?\n/, 1);
  if (/\.(?:json|jsonl|ndjson)$/i.test(name)) return firstKeys(line);
  const cells = line.split(/\.csv$/i.test(name) ? csvDelimiter(line) : "\t");
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

/** Keys of the object in a line, or of the first of a list; none of SQuAD's, whose rows lie deeper. */
function firstKeys(line: string): string[] {
  try {
    const value = JSON.parse(line) as unknown;
    const first: unknown = Array.isArray(value) ? value[0] : value;
    const isSquad = Array.isArray((first as {data?: unknown}).data);
    return isSquad ? [] : Object.keys(first as object);
  } catch {
    return [];
  }
}
