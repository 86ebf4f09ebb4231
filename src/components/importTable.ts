import type {SchemaTable} from "../lib/store/duckdb/database.js";
import type {ReadTable} from "../lib/store/import/readTable.js";
import {sqlName} from "../lib/store/sqlName.js";
import type {FileValue} from "./fileDrop.js";
import {mostColumns} from "./resultsTable.js";

/** The parts of a database that take in a reader's table. */
export interface TableTarget {
  load(name: string, stream: Uint8Array, signal?: AbortSignal): Promise<number>;
  loadText(name: string, file: string, bytes: Uint8Array, signal?: AbortSignal): Promise<number>;
  schema(): Promise<SchemaTable[]>;
}

/**
 * A table's name from a file's name: lower case, words joined by underscores, none that is taken by a
 * table of the page.
 *
 * @example tableName("My scores (2).parquet", ["runs"]) → "my_scores_2"
 */
export function tableName(file: string, taken: readonly string[]): string {
  const base = file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
  const words = base.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join("_").slice(0, 60) || "given";
  const safe = /^[0-9]/.test(name) ? `t_${name}` : name;
  return taken.includes(safe) ? `${safe}_file` : safe;
}

/**
 * Puts a reader's file into a database, in place of a table that an earlier file of that name made.
 *
 * @param taken names of tables that a file may not replace
 * @param read reads Parquet, Arrow and JSON apart from the page
 * @param signal stops it, wherever it is
 * @param tell told of each part before it begins, in words
 * @throws InputError or QueryError naming what is wrong with the file
 */
export async function importTable(
  database: TableTarget,
  given: Extract<FileValue, {bytes: Uint8Array}>,
  taken: readonly string[],
  read: (name: string, bytes: Uint8Array, signal?: AbortSignal) => Promise<ReadTable>,
  signal?: AbortSignal,
  tell: (part: string) => void = () => undefined
): Promise<{name: string; rows: number}> {
  const name = tableName(given.name, taken);
  const takenIn = `taking in ${given.name}`;
  if (/\.(?:csv|tsv|txt)$/i.test(given.name)) {
    tell(takenIn);
    return {name, rows: await database.loadText(name, given.name, given.bytes, signal)};
  }
  tell(`reading ${given.name}`);
  const {stream} = await read(given.name, given.bytes, signal);
  tell(takenIn);
  return {name, rows: await database.load(name, stream, signal)};
}

/** A query of the first rows of a table; of more columns than are shown, all would take more memory than there is. */
export function firstRows(table: string, columns: SchemaTable["columns"]): string {
  const from = `FROM ${sqlName(table)} LIMIT 100`;
  if (columns.length <= mostColumns) return `SELECT * ${from}`;
  const first = columns.slice(0, 20).map(({name}) => sqlName(name));
  return `-- the first ${first.length} of ${columns.length.toLocaleString("en-US")} columns: name those that you want\nSELECT ${first.join(", ")}\n${from}`;
}
