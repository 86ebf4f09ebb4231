import type {QueryResult} from "../lib/store/duckdb/database.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import type {PivotSpec} from "../lib/store/reshape/protocol.js";
import {element} from "./dom.js";
import {formatBytes, formatDuration} from "./formats.js";
import {choice, pivotForm} from "./pivotForm.js";
import {chartColumns, resultChart} from "./resultChart.js";
import {resultsTable} from "./resultsTable.js";
import {saveButtons} from "./tableFile.js";

/** Options of {@link resultView}. */
export interface ResultViewOptions {
  /** Makes a long table wide; without it the form is left out. */
  pivot?: (table: ResultTable, spec: PivotSpec) => Promise<ResultTable>;
  /** Width in pixels, default 640. */
  width?: number;
}

/** What a query cost, in a sentence. */
export function costStatement({elapsedMs, bytes, table, truncated}: QueryResult): string {
  const rows = table.rows.toLocaleString("en-US");
  const many = truncated
    ? `the first ${rows} rows of more (a table of the whole needs a narrower query)`
    : `${rows} ${table.rows === 1 ? "row" : "rows"}`;
  return `${formatDuration(elapsedMs / 1000)} · ${many} · ${formatBytes(bytes)}`;
}

function chartSection(table: ResultTable, width: number): HTMLElement | null {
  const {labels, numbers} = chartColumns(table);
  if (numbers.length === 0 || table.columns.length < 2 || table.rows < 2) return null;
  const names = (which: readonly number[]) =>
    which.map((i) => [i, table.columns[i]!.name] as const);
  const first = labels[0] ?? numbers[0]!;
  const x = choice("across", names([...labels, ...numbers]), first);
  const y = choice("show", names(numbers), numbers.findLast((i) => i !== first) ?? numbers[0]!);
  const place = element("div");
  const draw = () =>
    place.replaceChildren(
      resultChart(table, Number(x.select.value), Number(y.select.value), {width})
    );
  x.select.addEventListener("change", draw);
  y.select.addEventListener("change", draw);
  draw();
  return element(
    "section",
    {class: "glue-part", "aria-label": "Chart of the result"},
    element("div", {class: "glue-form"}, x.label, y.label),
    place
  );
}

/**
 * A query's answer: its cost, its rows as a table, a chart where it has numbers, the same rows made
 * wide, and files to save.
 */
export function resultView(
  result: QueryResult,
  {pivot, width = 640}: ResultViewOptions = {}
): HTMLElement {
  const {table} = result;
  const wide = element("div", {"aria-live": "polite"});
  const reshape = (spec: PivotSpec) =>
    pivot!(table, spec).then(
      (made) =>
        wide.replaceChildren(
          resultsTable(made, {caption: "Wide table"}),
          element("div", {class: "glue-buttons"}, saveButtons(made, "wide"))
        ),
      (error: Error) => wide.replaceChildren(element("p", {class: "glue-error"}, error.message))
    );
  const form = pivot ? pivotForm(table, reshape) : null;
  return element(
    "div",
    {class: "glue-result"},
    element("p", {class: "glue-cost"}, costStatement(result)),
    table.columns.length
      ? resultsTable(table, {caption: "Result of the query"})
      : element("p", {}, "The statement ran and has no rows to show."),
    element(
      "div",
      {class: "glue-buttons"},
      table.columns.length ? saveButtons(table, "result") : null
    ),
    chartSection(table, width),
    form &&
      element(
        "section",
        {class: "glue-part", "aria-label": "The result made wide"},
        element(
          "p",
          {class: "obs-muted"},
          "A long result can be made wide, such as models × tasks:"
        ),
        form,
        wide
      )
  );
}
