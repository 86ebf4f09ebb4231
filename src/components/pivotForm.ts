import type {ResultTable} from "../lib/store/duckdb/result.js";
import {aggregates} from "../lib/store/reshape/protocol.js";
import type {Aggregate, PivotSpec} from "../lib/store/reshape/protocol.js";
import {element} from "./dom.js";

/** A labelled choice of texts; the value of the control is the position chosen. */
export function choice(
  label: string,
  options: readonly (readonly [value: number | string, text: string])[],
  selected: number | string
): {label: HTMLLabelElement; select: HTMLSelectElement} {
  const select = element(
    "select",
    {},
    options.map(([value, text]) =>
      element("option", {value: String(value), selected: value === selected}, text)
    )
  );
  return {label: element("label", {class: "glue-choice"}, `${label} `, select), select};
}

/**
 * Which columns of a result become rows, columns and cells of a wide table.
 *
 * @param onPivot called with the choice when `Reshape` is pressed
 * @returns null when the result has too few columns, or no numbers
 */
export function pivotForm(
  table: ResultTable,
  onPivot: (spec: PivotSpec) => void
): HTMLElement | null {
  const names = table.columns.map((c, i) => [i, c.name] as const);
  const texts = names.filter(([i]) => table.columns[i]!.kind !== "number");
  const number = names.findLast(([i]) => table.columns[i]!.kind === "number");
  if (names.length < 3 || texts.length < 2 || !number || table.rows < 2) return null;
  const rows = choice("rows", names, texts[0]![0]);
  const columns = choice("columns", names, texts[1]![0]);
  const values = choice("cells", names, number[0]);
  const how = choice(
    "several in one cell",
    aggregates.map((a) => [a, a] as const),
    "mean"
  );
  const run = () =>
    onPivot({
      rows: Number(rows.select.value),
      columns: Number(columns.select.value),
      values: Number(values.select.value),
      aggregate: how.select.value as Aggregate
    });
  return element(
    "div",
    {class: "glue-form", role: "group", "aria-label": "Wide table"},
    [rows, columns, values, how].map(({label}) => label),
    element("button", {type: "button", onclick: run}, "Reshape")
  );
}
