import type {ClassRow} from "../lib/engine/fineTuning/protocol.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatPercent} from "./formats.js";
import {numberTable} from "./numberTable.js";

/** Precision, recall and F1 of each class or entity type, as a table. */
export function classTable(rows: readonly ClassRow[], what = "class"): HTMLElement {
  return numberTable(
    `precision, recall and F1 by ${what}`,
    what,
    ["precision", "recall", "F1", "examples"],
    rows.map(({name, precision, recall, f1, support}) => ({
      name,
      cells: [
        ...[precision, recall, f1].map((share) => formatPercent(share)),
        formatInteger(support)
      ]
    }))
  );
}

/** The same numbers as rows. */
export function classRows(rows: readonly ClassRow[]): Row[] {
  return rows.map(({name, precision, recall, f1, support}) => ({
    name,
    precision,
    recall,
    f1,
    support
  }));
}
