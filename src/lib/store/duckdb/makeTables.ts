/** How tables get into the database: the site's own, and those of the reader's files. */
import type {AsyncDuckDB, AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import {errorMessage} from "../../errors.js";
import type {Table} from "../../glue/table.js";
import {csvFault} from "./csvText.js";
import type {CsvText} from "./csvText.js";
import {quoteName, quoteText, tableToStream} from "./ipc.js";

/** What a table of the reader's own is made of: an Arrow IPC stream, or a CSV or TSV file. */
export type Given = {stream: Uint8Array} | {file: string; csv: CsvText};

/** A table of the reader's own, in place of one of that name. The bytes stay the caller's. */
export async function makeTable(
  {connection, engine}: {connection: AsyncDuckDBConnection; engine: AsyncDuckDB},
  name: string,
  given: Given
): Promise<void> {
  const quoted = quoteName(name);
  const path = "/user/given.csv";
  await connection.query(`DROP VIEW IF EXISTS ${quoted}`).catch(() => undefined);
  if ("stream" in given) {
    await connection.query(`DROP TABLE IF EXISTS ${quoted}`);
    // A copy: its buffer goes to the worker.
    await connection.insertArrowFromIPCStream(given.stream.slice(), {name, create: true});
    return;
  }
  const {bytes, delimiter} = given.csv;
  // what is not said is guessed, by a guess that leaves out rows that do not fit
  const options = [
    `delim = ${quoteText(delimiter)}`,
    "skip = 0",
    "comment = ''",
    "sample_size = -1",
    ...(delimiter === "\t" ? [] : [`quote = '"'`, `escape = '"'`])
  ];
  try {
    await engine.registerFileBuffer(path, bytes.slice());
    await connection.query(
      `CREATE OR REPLACE TABLE ${quoted} AS FROM read_csv(${quoteText(path)}, ${options.join(", ")})`
    );
  } catch (error) {
    throw csvFault(given.csv, given.file, errorMessage(error).replaceAll(path, given.file));
  } finally {
    await engine.dropFile(path).catch(() => undefined);
  }
}

const sqlTypes = {text: "VARCHAR", integer: "INTEGER", number: "DOUBLE", flag: "TINYINT"} as const;

/** A table of the site with its descriptions, in place of one of that name. */
export async function fillTable(connection: AsyncDuckDBConnection, table: Table): Promise<void> {
  const name = quoteName(table.name);
  await connection.query(`DROP VIEW IF EXISTS ${name}`).catch(() => undefined);
  await connection.query(`DROP TABLE IF EXISTS ${name}`);
  // An empty stream makes no table.
  if (table.rows === 0)
    await connection.query(
      `CREATE TABLE ${name} (${table.columns.map((c) => `${quoteName(c.name)} ${sqlTypes[c.type]}`).join(", ")})`
    );
  else
    await connection.insertArrowFromIPCStream(tableToStream(table), {
      name: table.name,
      create: true
    });
  await connection.query(`COMMENT ON TABLE ${name} IS ${quoteText(table.description)}`);
  for (const column of table.columns)
    await connection.query(
      `COMMENT ON COLUMN ${name}.${quoteName(column.name)} IS ${quoteText(column.description)}`
    );
}
