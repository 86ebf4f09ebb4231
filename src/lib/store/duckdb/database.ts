import {yieldToMessages} from "../../engine/yield.js";
import {InputError} from "../../errors.js";
import type {Table} from "../../glue/table.js";
import type {QueryResult} from "./collectRows.js";
import {csvText} from "./csvText.js";
import {QueryError, QueryStopped, explain} from "./errors.js";
import {refuseExtraField} from "./extraField.js";
import {quoteName} from "./ipc.js";
import {loadLimitMs} from "./limits.js";
import {fillTable, makeTable} from "./makeTables.js";
import type {Given} from "./makeTables.js";
import {runQuery} from "./runQuery.js";
import type {QueryOptions} from "./runQuery.js";
import {openSession, within} from "./session.js";
import type {Session} from "./session.js";
import {unlessStopped} from "./unlessStopped.js";

export type {QueryCost, QueryResult} from "./collectRows.js";
export type {QueryOptions} from "./runQuery.js";

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
   * @throws QueryStopped when the signal stopped it; its worker is ended
   */
  static async open(options: DatabaseOptions, signal?: AbortSignal): Promise<Database> {
    const database = new Database(options);
    database.#session = await database.#connect(signal);
    return database;
  }

  async #connect(signal?: AbortSignal): Promise<Session> {
    const {start, memoryLimit = "1GB"} = this.#options;
    const starting = start();
    const worker = await unlessStopped(starting, signal, false).catch((error: unknown) => {
      starting.then((late) => late.terminate()).catch(() => undefined);
      throw error;
    });
    return openSession(
      worker,
      memoryLimit,
      async (session) => {
        for (const table of this.#tables.values()) await fillTable(session.connection, table);
        for (const [name, given] of this.#given) await makeTable(session, name, given);
      },
      () => {
        if (this.#session?.worker === worker) this.#session = null;
      },
      this.#loadLimitMs,
      signal
    );
  }

  get #loadLimitMs(): number {
    return this.#options.loadLimitMs ?? loadLimitMs;
  }

  /**
   * Work with the session, which is given up where its worker ends or does not answer, or when the reader
   * stops it: what puts a table in cannot be asked to end.
   */
  async #inSession<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const session = await this.#open(signal);
    try {
      const done = unlessStopped(work(session), signal, true);
      return await within(done, session.ended, this.#loadLimitMs);
    } catch (error) {
      const isOver = error instanceof QueryError || error instanceof QueryStopped;
      if (isOver && this.#session === session) {
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
        for (const table of this.#tables.values()) await fillTable(connection, table);
      })
    );
  }

  /** Puts tables in, in place of those of the same names; they belong to the first tables then. */
  async put(tables: readonly Table[]): Promise<void> {
    await this.#next(() =>
      this.#inSession(async ({connection}) => {
        for (const table of tables) {
          this.#tables.set(table.name, table);
          await fillTable(connection, table);
        }
      })
    );
  }

  /**
   * Makes a table of the reader's own from an Arrow IPC stream, in place of one of that name.
   *
   * @returns the number of its rows
   * @throws QueryError when it does not fit into memory
   * @throws QueryStopped when it was cancelled, for which the worker is killed
   */
  async load(name: string, stream: Uint8Array, signal?: AbortSignal): Promise<number> {
    return this.#take(name, {stream}, signal);
  }

  /**
   * Makes a table of the reader's own from the text of a CSV or TSV file, whose types DuckDB finds.
   *
   * @returns the number of its rows
   * @throws InputError for what is no text table, QueryError with DuckDB's message for a row that does not fit
   * @throws QueryStopped when it was cancelled, for which the worker is killed
   */
  async loadText(
    name: string,
    file: string,
    bytes: Uint8Array,
    signal?: AbortSignal
  ): Promise<number> {
    const csv = csvText(file, bytes);
    await refuseExtraField(csv, file, yieldToMessages);
    return this.#take(name, {file, csv}, signal);
  }

  /** Makes a table, and keeps what it is made of for a new session. */
  #take(name: string, given: Given, signal?: AbortSignal): Promise<number> {
    return this.#next(async () => {
      try {
        return await this.#inSession(async (session) => {
          await makeTable(session, name, given);
          const {connection} = session;
          const counted = await connection.query(`SELECT count(*) AS n FROM ${quoteName(name)}`);
          this.#given.set(name, given);
          return Number(counted.getChildAt(0)!.get(0));
        }, signal);
      } catch (error) {
        const isSaid = [QueryError, QueryStopped, InputError].some((kind) => error instanceof kind);
        if (isSaid) throw error;
        throw new QueryError(explain(error));
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

  async #open(signal?: AbortSignal): Promise<Session> {
    this.#session ??= await this.#connect(signal);
    return this.#session;
  }

  async #run(sql: string, options: QueryOptions): Promise<QueryResult> {
    if (options.signal?.aborted) throw new QueryStopped("cancelled", 0, false);
    const session = await this.#open(options.signal);
    return runQuery(session, sql, options, this.#options.patienceMs ?? 2_000, () => {
      if (this.#session === session) this.#session = null;
    });
  }
}
