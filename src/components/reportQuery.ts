import type {QueryResult} from "../lib/store/duckdb/database.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import type {ReportOffer} from "./figure.js";
import {figureRecord} from "./figureRecord.js";

/** A result by rows; where two columns have one name, the later ones get a number. */
function rowsOf({columns, rows}: ResultTable): Row[] {
  const seen = new Map<string, number>();
  const names = columns.map(({name}) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
  return Array.from({length: rows}, (_, i) =>
    Object.fromEntries(columns.map(({values}, column) => [names[column]!, values[i]!]))
  );
}

/** A button that offers a query and its answer to the reader's report, and the line that answers. */
export function reportButton({table, truncated}: QueryResult, sql: string): HTMLElement {
  const said = element("span", {class: "obs-muted", "aria-live": "polite"});
  const button = element(
    "button",
    {
      type: "button",
      onclick: async () => {
        const count = `n = ${table.rows.toLocaleString("en")} rows`;
        const title = /^\s*--\s*(.+)$/m.exec(sql)?.[1] ?? "Answer of a query";
        const facts = truncated ? `the first ${table.rows.toLocaleString("en")} rows` : count;
        const words = {title, facts, caption: "", rows: rowsOf(table)};
        const detail: ReportOffer = {
          record: await figureRecord(words, "query", undefined),
          svg: null,
          sql,
          answer: (sentence) => void (said.textContent = sentence)
        };
        button.dispatchEvent(
          new CustomEvent("obs-report", {bubbles: true, cancelable: true, detail})
        );
      }
    },
    "Add to report"
  );
  return element("span", {}, button, said);
}
