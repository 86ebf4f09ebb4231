import {
  columnFromArray,
  float64,
  int32,
  int8,
  tableFromColumns,
  tableToIPC,
  utf8
} from "@uwdata/flechette";
import type {Column as ArrowColumn, DataType} from "@uwdata/flechette";
import type {ColumnType, Table} from "../../glue/table.js";

const types: Readonly<Record<ColumnType, () => DataType>> = {
  text: utf8,
  integer: int32,
  number: float64,
  flag: int8
};

/**
 * A table as an Arrow IPC stream. Built with flechette, since apache-arrow's builders compile code
 * from strings, which a strict Content-Security-Policy forbids.
 */
export function tableToStream(table: Table): Uint8Array {
  const columns: [string, ArrowColumn<unknown>][] = table.columns.map((column) => [
    column.name,
    columnFromArray(column.values, types[column.type]())
  ]);
  return tableToIPC(tableFromColumns(columns), {format: "stream"})!;
}

/** A text as a SQL literal. @example quoteText("it's") → "'it''s'" */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a SQL identifier. @example quoteName('a "b"') → '"a ""b"""' */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
