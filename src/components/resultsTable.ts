import type {RowSelection} from "../lib/selection.js";
import type {ResultColumn, ResultTable, ResultValue} from "../lib/store/duckdb/result.js";
import {element} from "./dom.js";
import {offer} from "./offer.js";

/** Options of {@link resultsTable}. */
export interface ResultsTableOptions {
  /** What the table shows, for screen readers. */
  caption?: string;
  /** Rows to a page, default 15. */
  pageSize?: number;
  /** Titles for columns, by name. */
  titles?: Readonly<Record<string, string>>;
  /** Shows only the rows that other views select. */
  selection?: RowSelection;
}

/** Most columns of a table that are drawn: ten thousand headings hold a page up for seconds. */
export const mostColumns = 200;

/** Digits after the point that a number needs, up to 4; 0 for what is shown in another way. */
function decimals(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e15 || (size < 1e-4 && size > 0)) return 0;
  return (value.toFixed(4).replace(/0+$/, "").split(".")[1] ?? "").length;
}

/** The digits after the point that all numbers of a column get, so that their points align. */
export function columnDecimals(values: readonly ResultValue[]): number {
  return values.reduce<number>(
    (most, value) => (typeof value === "number" ? Math.max(most, decimals(value)) : most),
    0
  );
}

/** A number as a table shows it: thousands apart, and as many digits after the point as asked. */
export function tableNumber(value: number, digits = decimals(value)): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value).replace("-", "−");
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return value.toExponential(4).replace("-", "−");
  return value
    .toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits})
    .replace("-", "−");
}

/** Row numbers of a table, sorted by one column, nulls always last; ties keep their order. */
export function sortedRows(
  column: ResultColumn | null,
  rows: number,
  descending: boolean
): Uint32Array {
  const order = Uint32Array.from({length: rows}, (_, i) => i);
  if (!column) return order;
  const {values} = column;
  const sign = descending ? -1 : 1;
  const compare = (a: ResultValue, b: ResultValue): number => {
    if (a == null || b == null) return Number(a == null) - Number(b == null);
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b, "en");
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  };
  return order.sort((i, j) => compare(values[i]!, values[j]!) || i - j);
}

function cell(
  value: ResultValue,
  kind: ResultColumn["kind"],
  digits: number
): HTMLTableCellElement {
  if (value == null)
    return element("td", {class: kind === "number" ? "glue-null glue-number" : "glue-null"}, "–");
  if (kind === "number")
    return element("td", {class: "glue-number"}, tableNumber(Number(value), digits));
  const text = String(value);
  const short = text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return element("td", {class: text.includes("\n") ? "glue-pre" : null}, element("bdi", {}, short));
}

/**
 * A result as a table in pages: of however many rows, one page is in the document, and each row says
 * which of all it is. Any page is reached by its number, the first and the last by a button. Each
 * heading is a button that sorts: upwards, downwards, and back to the order of the answer. Of very many
 * columns the first are drawn, with a sentence on the others. Names and values are shown as text, whatever
 * they hold.
 *
 * @param table columns and rows
 */
export function resultsTable(
  table: ResultTable,
  {caption = "Result", pageSize = 15, titles = {}, selection}: ResultsTableOptions = {}
): HTMLElement {
  let sorted = -1;
  let descending = false;
  let order = sortedRows(null, table.rows, false);
  let shownRows = order;
  let page = 0;
  const pages = () => Math.max(1, Math.ceil(shownRows.length / pageSize));

  const columns = table.columns.slice(0, mostColumns);
  const digits = columns.map((column) =>
    column.kind === "number" ? columnDecimals(column.values) : 0
  );
  const body = element("tbody");
  const headings = columns.map((column, c) => {
    const sort = () => {
      if (sorted !== c) [sorted, descending] = [c, false];
      else if (!descending) descending = true;
      else [sorted, descending] = [-1, false];
      order = sortedRows(columns[sorted] ?? null, table.rows, descending);
      choose();
    };
    const mark = element("span", {class: "glue-sort", "aria-hidden": "true"});
    const button = element(
      "button",
      {type: "button", onclick: sort},
      element("bdi", {}, titles[column.name] ?? column.name),
      mark
    );
    const heading = element(
      "th",
      {scope: "col", class: column.kind === "number" ? "glue-number" : null},
      button
    );
    return {heading, mark};
  });
  const at = element("span", {class: "glue-page", "aria-live": "polite"});
  const turn = (to: number) => {
    page = Math.min(pages() - 1, Math.max(0, to));
    draw();
  };
  const button = (label: string, to: () => number) =>
    element("button", {type: "button", onclick: () => turn(to())}, label);
  const back = [button("First", () => 0), button("Previous", () => page - 1)];
  const next = [button("Next", () => page + 1), button("Last", () => pages() - 1)];
  const number = element("input", {
    type: "number",
    min: 1,
    "aria-label": "page",
    // it is no value of the page
    oninput: (event) => event.stopPropagation(),
    onchange: (event) => {
      event.stopPropagation();
      turn(Math.round(Number(number.value)) - 1);
    }
  });
  const last = element("span", {});
  const pager = element(
    "span",
    {class: "glue-turn"},
    back,
    element("label", {}, "page ", number, last),
    next
  );

  function draw(): void {
    const from = page * pageSize;
    const shown = shownRows.subarray(from, from + pageSize);
    body.replaceChildren(
      ...Array.from(shown, (row, i) =>
        element(
          "tr",
          {"aria-rowindex": from + i + 2},
          columns.map((column, c) => cell(column.values[row]!, column.kind, digits[c]!))
        )
      )
    );
    headings.forEach(({heading, mark}, c) => {
      const state = c !== sorted ? "none" : descending ? "descending" : "ascending";
      heading.setAttribute("aria-sort", state);
      mark.textContent = state === "none" ? "" : descending ? " ▼" : " ▲";
    });
    const [first, end, count, all] = [
      from + 1,
      from + shown.length,
      shownRows.length,
      table.rows
    ].map((n) => n.toLocaleString("en-US"));
    const of = selection?.isActive ? `${count} selected, of ${all} in all` : all;
    at.textContent = shownRows.length
      ? `rows ${first}–${end} of ${of}`
      : table.rows
        ? `no row of ${all} is selected`
        : "no rows";
    whole.setAttribute("aria-rowcount", String(shownRows.length + 1));
    number.value = String(page + 1);
    number.max = String(pages());
    last.textContent = ` of ${pages().toLocaleString("en-US")}`;
    for (const each of back) offer(each, page > 0);
    for (const each of next) offer(each, page < pages() - 1);
  }

  /** Takes up the selection or another order, from the first page on. */
  function choose(): void {
    const mask = selection?.isActive ? selection.mask() : null;
    shownRows = mask ? order.filter((row) => mask[row] === 1) : order;
    page = 0;
    draw();
  }

  const whole = element(
    "table",
    {
      class: "glue-table",
      "aria-colcount": columns.length < table.columns.length ? table.columns.length : null
    },
    element("caption", {class: "obs-sr"}, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {"aria-rowindex": 1},
        headings.map(({heading}) => heading)
      )
    ),
    body
  );
  selection?.subscribe(choose);
  draw();
  const scroller = element(
    "div",
    {class: "glue-scroll", tabindex: 0, role: "region", "aria-label": `${caption}, table`},
    whole
  );
  return element(
    "div",
    {class: "glue-result-table"},
    columns.length < table.columns.length &&
      element(
        "p",
        {class: "obs-muted"},
        `The first ${columns.length} of ${table.columns.length.toLocaleString("en-US")} columns are shown. Name others in SELECT to see them; files have all.`
      ),
    scroller,
    element("div", {class: "glue-pager"}, at, pages() > 1 && pager)
  );
}
