import {collectRows} from "./collectRows.js";
import type {QueryResult} from "./collectRows.js";
import {QueryError, QueryStopped, explain} from "./errors.js";
import {queryLimitMs} from "./limits.js";
import type {Session} from "./session.js";

/** Options of a query. */
export interface QueryOptions {
  /** Stops the query when aborted. */
  signal?: AbortSignal;
  /** Milliseconds a query may take, default 30,000. */
  timeLimitMs?: number;
  /** Rows kept, default 10,000. */
  rowLimit?: number;
}

/**
 * Runs one statement, which can be stopped and has a time limit. One that does not stop when it is asked to
 * costs its worker.
 *
 * @param patienceMs milliseconds a stopped query may take to answer before its worker is killed
 * @param onKill told that it was
 * @throws QueryError with DuckDB's own message
 * @throws QueryStopped when it was cancelled or ran over its time
 */
export async function runQuery(
  session: Session,
  sql: string,
  {signal, timeLimitMs = queryLimitMs, rowLimit = 10_000}: QueryOptions,
  patienceMs: number,
  onKill: () => void
): Promise<QueryResult> {
  const {worker, connection, ended} = session;
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
    connection.cancelSent().catch(() => undefined);
    patience = setTimeout(() => {
      killed = true;
      worker.terminate();
      onKill();
      die(new Error("killed"));
    }, patienceMs);
  };
  const onAbort = () => stop("cancelled");
  const clock = setTimeout(() => stop("time"), timeLimitMs);
  signal?.addEventListener("abort", onAbort);
  try {
    const rows = collectRows(connection, sql, rowLimit, start);
    rows.catch(() => undefined);
    return await Promise.race([dead, ended, rows]);
  } catch (error) {
    // an error leaves a transaction aborted, however it was begun
    if (!killed)
      await Promise.race([dead, ended, connection.query("ROLLBACK")]).catch(() => undefined);
    if (stopped) throw new QueryStopped(stopped, performance.now() - start, killed);
    throw error instanceof QueryError ? error : new QueryError(explain(error));
  } finally {
    clearTimeout(clock);
    clearTimeout(patience);
    signal?.removeEventListener("abort", onAbort);
  }
}
