import {element} from "./dom.js";

/**
 * A small table of numbers by name.
 *
 * @param label what it holds, for a screen reader
 * @param corner heading of the names
 * @param headings of the numbers
 * @param rows a name and its numbers, already written out
 */
export function numberTable(
  label: string,
  corner: string,
  headings: readonly string[],
  rows: readonly {name: string; cells: readonly string[]}[]
): HTMLElement {
  return element(
    "div",
    {class: "obs-view obs-table"},
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
          element("th", {scope: "col"}, corner),
          headings.map((heading) => element("th", {scope: "col", class: "obs-num"}, heading))
        )
      ),
      element(
        "tbody",
        {},
        rows.map(({name, cells}) =>
          element(
            "tr",
            {},
            element("th", {scope: "row"}, name),
            cells.map((cell) => element("td", {class: "obs-num"}, cell))
          )
        )
      )
    )
  );
}
