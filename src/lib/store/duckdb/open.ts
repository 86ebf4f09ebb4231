import type {Table} from "../../glue/table.js";
import {compileModule, startWorker} from "./boot.js";
import type {DownloadProgress, DuckAssets} from "./boot.js";
import {Database} from "./database.js";

export {Database} from "./database.js";
export {QueryError, QueryStopped} from "./errors.js";

/**
 * Downloads DuckDB, starts it in a worker, locks it down and fills its tables.
 *
 * @param tables tables to begin with
 * @param onProgress told of the download, about 34 MB the first time
 * @param signal stops it: the download ends, and so does the worker
 * @throws Error when a part cannot be fetched or started
 * @throws QueryStopped when it was stopped
 */
export async function openDatabase(
  assets: DuckAssets,
  tables: readonly Table[],
  onProgress?: (progress: DownloadProgress) => void,
  signal?: AbortSignal
): Promise<Database> {
  const module = await compileModule(assets.wasm, onProgress, signal);
  return Database.open({tables, start: () => startWorker(assets.worker, module)}, signal);
}
