import type {AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
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

/**
 * Sends a query and takes its rows as they come, up to a number of them; then the rest is cancelled.
 *
 * @param start when it was sent, by `performance.now()`
 */
export async function collectRows(
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
