/** DuckDB in a worker of its own: started, opened in memory and locked. */
import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import type {AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import {QueryError} from "./errors.js";
import {quoteText} from "./ipc.js";
import {unlessStopped} from "./unlessStopped.js";

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

/** A worker with its connection. */
export interface Session {
  worker: Worker;
  engine: AsyncDuckDB;
  connection: AsyncDuckDBConnection;
  /** Rejects when the worker ends before it was closed: what waits for it would wait for ever. */
  ended: Promise<never>;
}

/**
 * Starts the engine in a worker and locks it.
 *
 * @param begin what is done before the session is there, as filling its tables
 * @param onEnd told of a worker that ended of itself; it is terminated already
 * @param limitMs milliseconds that all of it may take
 * @param signal stops it
 * @throws Error when the engine does not start
 * @throws QueryStopped when it was stopped
 */
export async function openSession(
  worker: Worker,
  memoryLimit: string,
  begin: (session: Session) => Promise<void>,
  onEnd: () => void,
  limitMs: number,
  signal?: AbortSignal
): Promise<Session> {
  const engine = new AsyncDuckDB(new VoidLogger(), worker);
  const ended = new Promise<never>((_, reject) =>
    worker.addEventListener("error", ({message}) => {
      onEnd();
      worker.terminate();
      reject(ending(message));
    })
  );
  ended.catch(() => undefined); // also when nobody waits
  const opened = async (): Promise<Session> => {
    await engine.instantiate("data:application/wasm,"); // the worker has the module already
    await engine.open({
      path: ":memory:",
      query: {castBigIntToDouble: true, castDecimalToDouble: true}
    });
    const connection = await engine.connect();
    for (const statement of lockdown(memoryLimit)) await connection.query(statement);
    const session = {worker, engine, connection, ended};
    await begin(session);
    return session;
  };
  try {
    return await within(unlessStopped(opened(), signal, false), ended, limitMs);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** What work gives; rejects where its worker ends, or where it takes longer than it may. */
export async function within<T>(
  work: Promise<T>,
  ended: Promise<never>,
  limitMs: number
): Promise<T> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => reject(ending(`no answer for ${limitMs / 1000} s`)), limitMs);
  });
  work.catch(() => undefined); // it may fail after it was given up
  try {
    return await Promise.race([work, ended, late]);
  } finally {
    clearTimeout(clock);
  }
}

/** Why a worker is given up, for the reader. */
const ending = (reason: string) =>
  new QueryError({
    message: `DuckDB stopped (${reason || "its worker ended"})`,
    hint: "it starts anew with the next query, with its first tables and those of your files"
  });
