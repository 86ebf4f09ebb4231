import {element} from "./dom.js";
import type {Child} from "./dom.js";

/** A square of a colour before a name. */
export function swatch(color: string): HTMLElement {
  return element("span", {class: "obs-method", style: `--swatch: ${color}`});
}

/**
 * A table of shaded cells that scrolls sideways by itself where it is wider than the page.
 *
 * @param label what it is, for a screen reader
 * @param columns headings, the first that of the rows' names; one that spans several is a `th`
 * @param rows `tr` elements
 */
export function scrolledTable(
  label: string,
  columns: readonly Child[],
  rows: readonly HTMLTableRowElement[]
): HTMLElement {
  return element(
    "div",
    {class: "obs-view obs-methods", tabindex: 0, role: "region", "aria-label": label},
    element(
      "table",
      {},
      element("caption", {class: "obs-sr"}, label),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map((column) =>
            column instanceof HTMLTableCellElement ? column : element("th", {scope: "col"}, column)
          )
        )
      ),
      element("tbody", {}, rows)
    )
  );
}
