/** Results of queries as Parquet and Arrow files. */
import {
  bool,
  columnFromArray,
  float64,
  tableFromColumns,
  tableToIPC,
  utf8
} from "@uwdata/flechette";
import type {Column} from "@uwdata/flechette";
import {parquetWriteBuffer} from "hyparquet-writer";
import type {ResultTable} from "../duckdb/result.js";

/** Formats that {@link writeTable} writes. */
export type TableFormat = "parquet" | "arrow";

/**
 * A result as a file: numbers as doubles, truth values, everything else as text. Where two columns
 * have one name, the later gets a number after it, since both formats look columns up by name.
 */
export function writeTable(table: ResultTable, format: TableFormat): Uint8Array {
  const names = uniqueNames(table.columns.map(({name}) => name));
  if (format === "arrow") {
    const columns = table.columns.map(({kind, values}, i): [string, Column<unknown>] => [
      names[i]!,
      columnFromArray(
        kind === "number" || kind === "boolean" ? values : values.map(textOrNull),
        kind === "number" ? float64() : kind === "boolean" ? bool() : utf8()
      )
    ]);
    return tableToIPC(tableFromColumns(columns), {format: "file"})!;
  }
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: table.columns.map(({kind, values}, i) => ({
        name: names[i]!,
        data: kind === "number" || kind === "boolean" ? values : values.map(textOrNull),
        type: kind === "number" ? "DOUBLE" : kind === "boolean" ? "BOOLEAN" : "STRING",
        nullable: true
      }))
    })
  );
}

const textOrNull = (value: unknown) => (value == null ? null : String(value));

/** Names none of which occurs twice. @example uniqueNames(["a", "a"]) → ["a", "a_2"] */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let i = 2; taken.has(own); ++i) own = `${name}_${i}`;
    taken.add(own);
    return own;
  });
}
