import type {ResultTable} from "../duckdb/result.js";

/** How several values that fall into one cell become one. */
export const aggregates = ["mean", "max", "min", "count"] as const;

/** One of {@link aggregates}. */
export type Aggregate = (typeof aggregates)[number];

/** What a wide table is made of: columns of the long one, by position. */
export interface PivotSpec {
  /** Column whose values become rows. */
  rows: number;
  /** Column whose values become columns. */
  columns: number;
  /** Column whose values fill the cells. */
  values: number;
  /** How several values in one cell become one; anything but "count" needs numbers. */
  aggregate: Aggregate;
}

/** A request to the reshaping worker. */
export interface ReshapeCommand {
  type: "pivot";
  id: number;
  table: ResultTable;
  spec: PivotSpec;
}

/** The worker's answer to the request with the same id. */
export type ReshapeEvent =
  {type: "result"; id: number; table: ResultTable} | {type: "error"; id: number; message: string};
