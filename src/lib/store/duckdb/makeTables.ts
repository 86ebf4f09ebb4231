/** How tables get into the database: the site's own, and those of the reader's files. */
import type {AsyncDuckDB, AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import {errorMessage, InputError} from "../../errors.js";
import type {Table} from "../../glue/table.js";
import {csvFault} from "./csvText.js";
import type {CsvText} from "./csvText.js";
import {quoteName, quoteText, tableToStream} from "./ipc.js";

/** What a table of the reader's own is made of: an Arrow IPC stream, or a CSV or TSV file. */
export type Given = {stream: Uint8Array} | {file: string; csv: CsvText};

/** Name of a table that is being read in. */
const draft = "table being read in";

/**
 * Gives what was read in its name, in place of a table or view of that name.
 *
 * @throws InputError where nothing was: DuckDB passes over a stream that breaks off
 */
async function settleDraft(connection: AsyncDuckDBConnection, name: string): Promise<void> {
  const found = await connection.query(
    `SELECT count(*) FROM duckdb_tables() WHERE table_name = ${quoteText(draft)}
     UNION ALL
     SELECT count(*) FROM duckdb_views() WHERE lower(view_name) = lower(${quoteText(name)})`
  );
  const [drafts, views] = [0, 1].map((row) => Number(found.getChildAt(0)!.get(row)));
  if (!drafts) throw new InputError(`${name}: the table breaks off before its end`);
  await connection.query("BEGIN");
  try {
    await connection.query(`DROP ${views ? "VIEW" : "TABLE"} IF EXISTS ${quoteName(name)}`);
    await connection.query(`ALTER TABLE ${quoteName(draft)} RENAME TO ${quoteName(name)}`);
    await connection.query("COMMIT");
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Makes a table of an Arrow IPC stream, whose buffer goes to the worker. */
async function insertStream(
  connection: AsyncDuckDBConnection,
  name: string,
  stream: Uint8Array
): Promise<void> {
  await connection.query(`DROP TABLE IF EXISTS ${quoteName(draft)}`);
  await connection.insertArrowFromIPCStream(stream, {name: draft, create: true});
  await settleDraft(connection, name);
}

/** A table of the reader's own, in place of one of that name. The bytes stay the caller's. */
export async function makeTable(
  {connection, engine}: {connection: AsyncDuckDBConnection; engine: AsyncDuckDB},
  name: string,
  given: Given
): Promise<void> {
  if ("stream" in given) {
    // a connection of its own, since one on which a stream broke off goes on with it at the next
    const own = await engine.connect();
    try {
      return await insertStream(own, name, given.stream.slice());
    } finally {
      await own.close();
    }
  }
  const path = "/user/given.csv";
  const {bytes, delimiter} = given.csv;
  // what is not said is guessed, by a guess that leaves out rows that do not fit
  const options = [
    `delim = ${quoteText(delimiter)}`,
    "skip = 0",
    "comment = ''",
    "sample_size = -1",
    ...(delimiter === "\t" ? [] : [`quote = '"'`, `escape = '"'`])
  ];
  const from = `read_csv(${quoteText(path)}, ${options.join(", ")})`;
  try {
    await engine.registerFileBuffer(path, bytes.slice());
    await connection.query(`CREATE OR REPLACE TABLE ${quoteName(draft)} AS FROM ${from}`);
    await settleDraft(connection, name);
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
