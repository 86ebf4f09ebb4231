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

/** The buttons `CSV` and `JSON` of a result. @param name file name without its ending */
export function saveButtons(table: ResultTable, name: string): HTMLButtonElement[] {
  const button = (label: string, act: () => void) =>
    element("button", {type: "button", onclick: act}, label);
  return [
    button("CSV", () => saveFile(`${name}.csv`, "text/csv", tableToCsv(table))),
    button("JSON", () => saveFile(`${name}.json`, "application/json", tableToJson(table)))
  ];
}
