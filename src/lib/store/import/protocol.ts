import type {ResultTable} from "../duckdb/result.js";
import type {ReadTable} from "./readTable.js";
import type {TableFormat} from "./writeTable.js";

/** A request to the worker that reads and writes table files. */
export type TableCommand =
  | {type: "read"; id: number; name: string; bytes: Uint8Array}
  | {type: "write"; id: number; table: ResultTable; format: TableFormat};

/** The worker's answer to the request with the same id. */
export type TableEvent =
  | {type: "read"; id: number; table: ReadTable}
  | {type: "written"; id: number; bytes: Uint8Array}
  | {type: "error"; id: number; message: string};
