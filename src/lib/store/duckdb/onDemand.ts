import type {DownloadProgress} from "./boot.js";
import type {Database, QueryOptions, QueryResult} from "./database.js";
import {unlessStopped} from "./unlessStopped.js";

type Open = (
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal
) => Promise<Pick<Database, "query">>;

/** A database that is being opened or open, and those who wait for it. */
interface Opening {
  database: ReturnType<Open>;
  stop: AbortController;
  waiting: Set<(progress: DownloadProgress) => void>;
}

/**
 * A database that is opened at the first question. Every question that waits for it is told of the
 * download; one that is stopped leaves the others theirs, and where none is left the load is stopped.
 * A load that failed is tried again by the next question.
 */
export class DatabaseOnDemand {
  readonly #open: Open;
  #opening: Opening | null = null;

  /** @param open opens it; the signal stops that */
  constructor(open: Open) {
    this.#open = open;
  }

  /**
   * Runs one SQL statement.
   *
   * @param onProgress told of the download while it is waited for
   * @throws Error where the database cannot be opened
   * @throws QueryError with DuckDB's own message
   * @throws QueryStopped when it was cancelled or ran over its time
   */
  async query(
    sql: string,
    {
      onProgress = () => undefined,
      ...options
    }: QueryOptions & {onProgress?: (progress: DownloadProgress) => void} = {}
  ): Promise<QueryResult> {
    const opening = (this.#opening ??= this.#begin());
    const tell = (progress: DownloadProgress) => onProgress(progress);
    opening.waiting.add(tell);
    let database;
    try {
      database = await unlessStopped(opening.database, options.signal, false);
    } catch (error) {
      opening.waiting.delete(tell);
      if (opening.waiting.size === 0) {
        opening.stop.abort();
        if (this.#opening === opening) this.#opening = null;
      }
      throw error;
    }
    opening.waiting.delete(tell);
    return database.query(sql, options);
  }

  #begin(): Opening {
    const waiting: Opening["waiting"] = new Set();
    const stop = new AbortController();
    const tellAll = (progress: DownloadProgress) => waiting.forEach((tell) => tell(progress));
    return {database: this.#open(tellAll, stop.signal), stop, waiting};
  }
}
