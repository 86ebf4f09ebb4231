import type {ClassRow} from "../lib/engine/fineTuning/protocol.js";
import type {Row} from "./downloads.js";
import {element} from "./dom.js";
import {formatInteger, formatPercent} from "./formats.js";

/** Precision, recall and F1 of each class or entity type, as a table. */
export function classTable(rows: readonly ClassRow[], what = "class"): HTMLElement {
  return element(
    "div",
    {class: "obs-view obs-table"},
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          [what, "precision", "recall", "F1", "examples"].map((name, i) =>
            element("th", {scope: "col", class: i > 0 ? "obs-num" : null}, name)
          )
        )
      ),
      element(
        "tbody",
        {},
        rows.map(({name, precision, recall, f1, support}) =>
          element(
            "tr",
            {},
            element("th", {scope: "row"}, name),
            [precision, recall, f1].map((share) =>
              element("td", {class: "obs-num"}, formatPercent(share))
            ),
            element("td", {class: "obs-num"}, formatInteger(support))
          )
        )
      )
    )
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
