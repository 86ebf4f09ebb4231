import {RowSelection} from "../lib/selection.js";
import type {QueryResult} from "../lib/store/duckdb/database.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import type {PivotSpec} from "../lib/store/reshape/protocol.js";
import {distribution} from "./distribution.js";
import {element} from "./dom.js";
import {formatBytes, formatDuration} from "./formats.js";
import {choice, pivotForm} from "./pivotForm.js";
import {offer} from "./offer.js";
import {chartColumns, resultChart} from "./resultChart.js";
import {mostColumns, resultsTable} from "./resultsTable.js";
import {reportButton} from "./reportQuery.js";
import {saveButtons, type TableWriter} from "./tableFile.js";

/** Options of {@link resultView}. */
export interface ResultViewOptions {
  /** Makes a long table wide; without it the form is left out. */
  pivot?: (table: ResultTable, spec: PivotSpec) => Promise<ResultTable>;
  /** Width in pixels, default 640. */
  width?: number;
  /** Writes Parquet and Arrow; without it they are not offered. */
  write?: TableWriter;
  /** Tables that the query read, with their numbers of rows where known. */
  read?: readonly {name: string; rows: number | null}[];
  /** What must stand beside the result: that its numbers do not compare. */
  mark?: string | null;
  /** The query, so that it can be added to the report with its answer. */
  sql?: string;
}

/** What a query cost, in a sentence. @param read tables that it read */
export function costStatement(
  {elapsedMs, bytes, table, truncated}: QueryResult,
  read: ResultViewOptions["read"] = []
): string {
  const rows = table.rows.toLocaleString("en-US");
  const many = truncated
    ? `the first ${rows} rows of more (a table of the whole needs a narrower query)`
    : `${rows} ${table.rows === 1 ? "row" : "rows"}`;
  const from = read.map(({name, rows: n}) =>
    n === null ? name : `${name} (${n.toLocaleString("en-US")} rows)`
  );
  return (
    `${formatDuration(elapsedMs / 1000)} · ${many} · ${formatBytes(bytes)}` +
    (from.length ? ` · read from ${from.join(", ")}` : "")
  );
}

/** A chart of two columns and the distribution of one, which select rows together. */
function chartSection(
  table: ResultTable,
  selection: RowSelection,
  width: number,
  mark: string | null
): HTMLElement | null {
  const {labels, numbers} = chartColumns(table);
  if (numbers.length === 0 || table.columns.length < 2 || table.rows < 2) return null;
  const names = (which: readonly number[]) =>
    which.map((i) => [i, table.columns[i]!.name] as const);
  const first = labels[0] ?? numbers[0]!;
  const x = choice("across", names([...labels, ...numbers]), first);
  const y = choice("show", names(numbers), numbers.findLast((i) => i !== first) ?? numbers[0]!);
  const by = choice("count by", names(table.columns.map((_, i) => i)), labels[1] ?? numbers[0]!);
  const chart = element("div");
  const counts = element("div");
  const status = element("span", {role: "status", class: "obs-muted"});
  const all = element(
    "button",
    {type: "button", onclick: () => selection.clear()},
    "Select all rows"
  );
  const draw = (place: HTMLElement, make: (signal: AbortSignal) => HTMLElement) => {
    let shown = new AbortController();
    return () => {
      selection.clear();
      shown.abort();
      shown = new AbortController();
      place.replaceChildren(make(shown.signal));
    };
  };
  const drawChart = draw(chart, (signal) => {
    const options = {width, selection, mark, signal};
    return resultChart(table, Number(x.select.value), Number(y.select.value), options);
  });
  const drawCounts = draw(counts, (signal) =>
    distribution(table, Number(by.select.value), selection, {width, signal})
  );
  x.select.addEventListener("change", drawChart);
  y.select.addEventListener("change", drawChart);
  by.select.addEventListener("change", drawCounts);
  selection.subscribe(() => {
    offer(all, selection.isActive);
    status.textContent = selection.isActive
      ? `${selection.count().toLocaleString("en-US")} of ${table.rows.toLocaleString("en-US")} rows selected`
      : "drag over the chart, or go to it and use the arrow keys, to select rows in all views";
  });
  drawChart();
  drawCounts();
  return element(
    "section",
    {class: "glue-part", "aria-label": "Chart of the result"},
    element("div", {class: "glue-form"}, x.label, y.label, by.label, all, status),
    chart,
    counts
  );
}

/**
 * A query's answer: its cost, its rows as a table, charts that select rows together where it has numbers, the same rows made
 * wide, and files to save.
 */
export function resultView(
  result: QueryResult,
  {pivot, width = 640, write, read, mark = null, sql}: ResultViewOptions = {}
): HTMLElement {
  const {table} = result;
  /** What there is to choose from: as many columns as are seen. */
  const seen = {...table, columns: table.columns.slice(0, mostColumns)};
  const selection = new RowSelection(table.rows);
  const suffix = mark ? "-not-comparable" : "";
  const report = sql !== undefined && table.columns.length > 0 && reportButton(result, sql);
  const wide = element("div", {"aria-live": "polite"});
  const reshape = (spec: PivotSpec) =>
    pivot!(seen, spec).then(
      (made) =>
        wide.replaceChildren(
          resultsTable(made, {caption: "Wide table"}),
          element("div", {class: "glue-buttons"}, saveButtons(made, `wide${suffix}`, write))
        ),
      (error: Error) => wide.replaceChildren(element("p", {class: "glue-error"}, error.message))
    );
  const form = pivot ? pivotForm(seen, reshape) : null;
  return element(
    "div",
    {class: "glue-result"},
    element("p", {class: "glue-cost"}, costStatement(result, read)),
    mark && element("p", {class: "glue-mark"}, mark),
    table.columns.length
      ? resultsTable(table, {caption: "Result of the query", selection})
      : element("p", {}, "The statement ran and has no rows to show."),
    element(
      "div",
      {class: "glue-buttons"},
      table.columns.length ? saveButtons(table, `result${suffix}`, write) : null,
      report
    ),
    chartSection(seen, selection, width, mark),
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
