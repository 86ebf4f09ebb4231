import {csvCell} from "../lib/glue/csv.js";
import type {ResultTable, ResultValue} from "../lib/store/duckdb/result.js";
import {element} from "./dom.js";
import {saveFile} from "./downloads.js";

/**
 * A result as CSV (RFC 4180) with a header; null is an empty cell. Text that a spreadsheet would run
 * as a formula gets an apostrophe before it.
 */
export function tableToCsv(table: ResultTable): string {
  const safe = (value: ResultValue) =>
    csvCell(typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
  const lines = [table.columns.map((c) => safe(c.name))];
  for (let i = 0; i < table.rows; ++i) lines.push(table.columns.map((c) => safe(c.values[i]!)));
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/**
 * A result as JSON text: `{"columns": […names], "rows": [[…], …]}`, so that two columns of one name
 * both survive.
 */
export function tableToJson(table: ResultTable): string {
  const rows = Array.from({length: table.rows}, (_, i) => table.columns.map((c) => c.values[i]!));
  return JSON.stringify({columns: table.columns.map((c) => c.name), rows});
}

/** Writes a result in a format that needs a worker. */
export type TableWriter = (table: ResultTable, format: "parquet" | "arrow") => Promise<Uint8Array>;

/**
 * The buttons that save a result: CSV, JSON, and with a writer Parquet and Arrow.
 *
 * @param name file name without its ending
 */
export function saveButtons(
  table: ResultTable,
  name: string,
  write?: TableWriter
): (HTMLButtonElement | HTMLElement)[] {
  const button = (label: string, act: () => void) =>
    element("button", {type: "button", onclick: act}, label);
  const problem = element("span", {class: "glue-error-line", role: "alert"});
  const binary = (label: string, format: "parquet" | "arrow", type: string) =>
    button(label, () => {
      problem.textContent = "";
      write!(table, format).then(
        (bytes) =>
          saveFile(`${name}.${format}`, type, new Blob([bytes as Uint8Array<ArrayBuffer>], {type})),
        (error: Error) => (problem.textContent = error.message)
      );
    });
  return [
    button("CSV", () => saveFile(`${name}.csv`, "text/csv", tableToCsv(table))),
    button("JSON", () => saveFile(`${name}.json`, "application/json", tableToJson(table))),
    ...(write
      ? [
          binary("Parquet", "parquet", "application/vnd.apache.parquet"),
          binary("Arrow", "arrow", "application/vnd.apache.arrow.file"),
          problem
        ]
      : [])
  ];
}
