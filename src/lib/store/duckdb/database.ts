import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import type {AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import type {Table} from "../../glue/table.js";
import {QueryError, QueryStopped, explain} from "./errors.js";
import {quoteName, quoteText, tableToStream} from "./ipc.js";
import {ResultBuilder} from "./result.js";
import type {ResultTable} from "./result.js";

/** What a query cost. */
export interface QueryCost {
  /** Milliseconds from sending the query to holding its rows. */
  elapsedMs: number;
  /** Bytes of Arrow data received. */
  bytes: number;
}

/** A query's rows, whether there were more, and what it cost. */
export interface QueryResult extends QueryCost {
  sql: string;
  table: ResultTable;
  /** True when the query had more rows than were kept. */
  truncated: boolean;
}

/** Options of {@link Database.query}. */
export interface QueryOptions {
  /** Stops the query when aborted. */
  signal?: AbortSignal;
  /** Milliseconds a query may take, default 30,000. */
  timeLimitMs?: number;
  /** Rows kept, default 10,000. */
  rowLimit?: number;
}

/** A table as the schema browser shows it. */
export interface SchemaTable {
  name: string;
  description: string | null;
  rows: number | null;
  columns: {name: string; type: string; description: string | null}[];
}

/** Options of {@link Database.open}. */
export interface DatabaseOptions {
  /** Starts a worker with the engine in it; called again after a worker had to be killed. */
  start: () => Promise<Worker>;
  /** Tables to begin with. */
  tables: readonly Table[];
  /** DuckDB's memory limit, default "1GB". */
  memoryLimit?: string;
  /** Milliseconds a stopped query may take to answer before its worker is killed, default 2,000. */
  patienceMs?: number;
  /** Milliseconds that starting, or taking a table in, may take, default 120,000. */
  loadLimitMs?: number;
}

/**
 * Closes every way out: no extension is fetched, no file or address is read but what was registered
 * under /user/, memory is bounded, and none of it can be set back.
 */
const lockdown = (memoryLimit: string): string[] => [
  "SET autoload_known_extensions = false",
  "SET autoinstall_known_extensions = false",
  "SET allow_community_extensions = false",
  `SET memory_limit = ${quoteText(memoryLimit)}`,
  "SET allowed_directories = ['/user/']",
  "SET enable_external_access = false",
  "SET lock_configuration = true"
];

interface Session {
  worker: Worker;
  engine: AsyncDuckDB;
  connection: AsyncDuckDBConnection;
  /** Rejects when the worker ends before it was closed: what waits for it would wait for ever. */
  ended: Promise<never>;
}

/** What a table of the reader's own is made of: an Arrow IPC stream, or a CSV or TSV file. */
type Given = {stream: Uint8Array} | {file: string; bytes: Uint8Array};

/**
 * DuckDB in a worker, locked to the data it was given. Queries run one after the other; each can be
 * stopped, has a time limit, and returns at most a number of rows. A query that will not stop costs
 * its worker: a new one is started with the first tables and those of the reader's files.
 */
export class Database {
  readonly #options: DatabaseOptions;
  /** By name: what a new session or {@link restore} begins with. */
  readonly #tables: Map<string, Table>;
  /** Tables of the reader's files, by name, to be made again in a new session. */
  readonly #given = new Map<string, Given>();
  #session: Session | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#tables = new Map(options.tables.map((table) => [table.name, table]));
  }

  /**
   * Opens a database in memory with the given tables.
   *
   * @throws Error when the engine does not start
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    database.#session = await database.#connect();
    return database;
  }

  async #connect(): Promise<Session> {
    const worker = await this.#options.start();
    const engine = new AsyncDuckDB(new VoidLogger(), worker);
    const ended = new Promise<never>((_, reject) =>
      worker.addEventListener("error", ({message}) => {
        if (this.#session?.worker === worker) this.#session = null;
        worker.terminate();
        reject(ending(message));
      })
    );
    ended.catch(() => undefined); // also when nobody waits
    const begin = async (): Promise<Session> => {
      await engine.instantiate("data:application/wasm,"); // the worker has the module already
      await engine.open({
        path: ":memory:",
        query: {castBigIntToDouble: true, castDecimalToDouble: true}
      });
      const connection = await engine.connect();
      for (const statement of lockdown(this.#options.memoryLimit ?? "1GB"))
        await connection.query(statement);
      const session = {worker, engine, connection, ended};
      for (const table of this.#tables.values()) await fill(connection, table);
      for (const [name, given] of this.#given) await make(session, name, given);
      return session;
    };
    try {
      return await this.#within(begin(), ended);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** What work gives; rejects where its worker ends, or where it takes longer than a table may. */
  async #within<T>(work: Promise<T>, ended: Promise<never>): Promise<T> {
    const {loadLimitMs = 120_000} = this.#options;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      clock = setTimeout(
        () => reject(ending(`no answer for ${loadLimitMs / 1000} s`)),
        loadLimitMs
      );
    });
    work.catch(() => undefined); // it may fail after it was given up
    try {
      return await Promise.race([work, ended, late]);
    } finally {
      clearTimeout(clock);
    }
  }

  /** Work with the session, which is given up where its worker ends or does not answer. */
  async #inSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#open();
    try {
      return await this.#within(work(session), session.ended);
    } catch (error) {
      if (error instanceof QueryError && this.#session === session) {
        session.worker.terminate();
        this.#session = null;
      }
      throw error;
    }
  }

  /** Puts the first tables back as they were; tables of the reader's own stay. */
  async restore(): Promise<void> {
    await this.#next(() =>
      this.#inSession(async ({connection}) => {
        for (const table of this.#tables.values()) await fill(connection, table);
      })
    );
  }

  /** Puts tables in, in place of those of the same names; they belong to the first tables then. */
  async put(tables: readonly Table[]): Promise<void> {
    await this.#next(() =>
      this.#inSession(async ({connection}) => {
        for (const table of tables) {
          this.#tables.set(table.name, table);
          await fill(connection, table);
        }
      })
    );
  }

  /**
   * Makes a table of the reader's own from an Arrow IPC stream, in place of one of that name.
   *
   * @returns the number of its rows
   * @throws QueryError when it does not fit into memory
   */
  async load(name: string, stream: Uint8Array): Promise<number> {
    return this.#take(name, {stream});
  }

  /**
   * Makes a table of the reader's own from the text of a CSV or TSV file, whose types DuckDB finds.
   *
   * @returns the number of its rows
   * @throws QueryError with DuckDB's message when it cannot be read
   */
  async loadText(name: string, file: string, bytes: Uint8Array): Promise<number> {
    return this.#take(name, {file, bytes});
  }

  /** Makes a table, and keeps what it is made of for a new session. */
  #take(name: string, given: Given): Promise<number> {
    return this.#next(async () => {
      try {
        return await this.#inSession(async (session) => {
          await make(session, name, given);
          const {connection} = session;
          const counted = await connection.query(`SELECT count(*) AS n FROM ${quoteName(name)}`);
          this.#given.set(name, given);
          return Number(counted.getChildAt(0)!.get(0));
        });
      } catch (error) {
        throw error instanceof QueryError ? error : new QueryError(explain(error));
      }
    });
  }

  /**
   * Runs one SQL statement.
   *
   * @throws QueryError with DuckDB's own message
   * @throws QueryStopped when it was cancelled or ran over its time
   */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.#next(() => this.#run(sql, options));
  }

  /** The tables and views of the database, with DuckDB's types. */
  async schema(): Promise<SchemaTable[]> {
    const {table} = await this.query(
      `SELECT c.table_name, t.comment, t.estimated_size, c.column_name, c.data_type, c.comment
       FROM duckdb_columns() c LEFT JOIN duckdb_tables() t USING (table_oid)
       WHERE NOT c.internal ORDER BY c.table_oid, c.column_index`
    );
    const [names, notes, sizes, columns, types, comments] = table.columns.map((c) => c.values);
    const tables = new Map<string, SchemaTable>();
    for (let i = 0; i < table.rows; ++i) {
      const name = String(names![i]);
      if (!tables.has(name))
        tables.set(name, {
          name,
          description: notes![i] as string | null,
          rows: sizes![i] as number | null,
          columns: []
        });
      tables.get(name)!.columns.push({
        name: String(columns![i]),
        type: String(types![i]),
        description: comments![i] as string | null
      });
    }
    return [...tables.values()];
  }

  /** Ends the worker; the database cannot be used afterwards. */
  async close(): Promise<void> {
    this.#session?.worker.terminate();
    this.#session = null;
  }

  /** Queues a piece of work behind what is already running. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<Session> {
    this.#session ??= await this.#connect();
    return this.#session;
  }

  async #run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const {signal, timeLimitMs = 30_000, rowLimit = 10_000} = options;
    if (signal?.aborted) throw new QueryStopped("cancelled", 0, false);
    const session = await this.#open();
    const start = performance.now();
    let stopped: "cancelled" | "time" | null = null;
    let patience: ReturnType<typeof setTimeout> | undefined;
    let killed = false;
    let die: (error: Error) => void = () => undefined;
    const dead = new Promise<never>((_, reject) => (die = reject));
    dead.catch(() => undefined);
    const stop = (why: "cancelled" | "time") => {
      if (stopped) return;
      stopped = why;
      session.connection.cancelSent().catch(() => undefined);
      patience = setTimeout(() => {
        killed = true;
        session.worker.terminate();
        this.#session = null;
        die(new Error("killed"));
      }, this.#options.patienceMs ?? 2_000);
    };
    const onAbort = () => stop("cancelled");
    const clock = setTimeout(() => stop("time"), timeLimitMs);
    signal?.addEventListener("abort", onAbort);
    try {
      const rows = collect(session.connection, sql, rowLimit, start);
      rows.catch(() => undefined);
      return await Promise.race([dead, session.ended, rows]);
    } catch (error) {
      // an error leaves a transaction aborted, however it was begun
      if (this.#session === session)
        await Promise.race([dead, session.ended, session.connection.query("ROLLBACK")]).catch(
          () => undefined
        );
      if (stopped) throw new QueryStopped(stopped, performance.now() - start, killed);
      throw error instanceof QueryError ? error : new QueryError(explain(error));
    } finally {
      clearTimeout(clock);
      clearTimeout(patience);
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** Why a worker is given up, for the reader. */
const ending = (reason: string) =>
  new QueryError({
    message: `DuckDB stopped (${reason || "its worker ended"})`,
    hint: "it starts anew with the next query, with its first tables and those of your files"
  });

async function collect(
  connection: AsyncDuckDBConnection,
  sql: string,
  rowLimit: number,
  start: number
): Promise<QueryResult> {
  const reader = await connection.send(sql, true);
  await reader.open();
  const builder = new ResultBuilder(reader.schema, rowLimit);
  let truncated = false;
  for await (const batch of reader) {
    if (!builder.add(batch)) {
      truncated = true;
      await connection.cancelSent();
      break;
    }
  }
  const elapsedMs = performance.now() - start;
  return {sql, table: builder.finish(), truncated, elapsedMs, bytes: builder.bytes};
}

/** A table of the reader's own, in place of one of that name. The bytes stay the caller's. */
async function make({connection, engine}: Session, name: string, given: Given): Promise<void> {
  const quoted = quoteName(name);
  const path =
    "file" in given && /\.tsv$/i.test(given.file) ? "/user/given.tsv" : "/user/given.csv";
  await connection.query(`DROP VIEW IF EXISTS ${quoted}`).catch(() => undefined);
  if ("stream" in given) {
    await connection.query(`DROP TABLE IF EXISTS ${quoted}`);
    // A copy: its buffer goes to the worker.
    await connection.insertArrowFromIPCStream(given.stream.slice(), {name, create: true});
    return;
  }
  try {
    await engine.registerFileBuffer(path, given.bytes.slice());
    await connection.query(
      `CREATE OR REPLACE TABLE ${quoted} AS FROM read_csv(${quoteText(path)}, sample_size = -1)`
    );
  } finally {
    await engine.dropFile(path).catch(() => undefined);
  }
}

const sqlTypes = {text: "VARCHAR", integer: "INTEGER", number: "DOUBLE", flag: "TINYINT"} as const;

async function fill(connection: AsyncDuckDBConnection, table: Table): Promise<void> {
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
