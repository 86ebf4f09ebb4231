import * as d3 from "d3";
import type {RowSelection} from "../lib/selection.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import {brushRows, unselectedOpacity} from "./brushing.js";
import {figure} from "./figure.js";
import {tableNumber} from "./resultsTable.js";
import {categoryColor, ink} from "./scales.js";
import {clip} from "./text.js";

/** Most texts that get a bar. */
const mostBars = 20;
const room = {left: 150, right: 44, top: 8, bottom: 34};

interface Bar {
  label: string;
  rows: number[];
}

/**
 * How many rows have each value of a column: bars by value for texts, a histogram for numbers. Drag
 * over a histogram, or press bars, to select rows; faint bars are all rows, strong ones those that
 * other views select.
 *
 * @param column position of the column
 * @param signal ends its part in the selection
 */
export function distribution(
  table: ResultTable,
  column: number,
  selection: RowSelection,
  {width = 640, signal}: {width?: number; signal?: AbortSignal} = {}
): HTMLElement {
  const {name, kind, values} = table.columns[column]!;
  const isNumber = kind === "number";
  const svg = isNumber
    ? histogram(values as (number | null)[], name, selection, width, signal)
    : bars(values, name, selection, width, signal);
  return figure(svg, {
    title: `Rows by ${name}`,
    name: "rows-by",
    facts: [
      `n = ${table.rows} rows`,
      isNumber ? "drag, or use the arrow keys, to select" : "press bars to select",
      "faint: all rows; strong: those that the other views select"
    ],
    data: () =>
      [
        ...d3.rollup(
          values,
          (group) => group.length,
          (value) => String(value ?? "(none)")
        )
      ].map(([value, rows]) => ({[name]: value, rows}))
  });
}

function frame(width: number, height: number, label: string) {
  return d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("role", "group")
    .attr("aria-label", label)
    .style("max-width", "100%")
    .style("font", "11px var(--sans-serif, sans-serif)");
}

function histogram(
  values: readonly (number | null)[],
  name: string,
  selection: RowSelection,
  width: number,
  signal?: AbortSignal
): SVGSVGElement {
  const height = 160;
  const rows = d3.range(values.length).filter((row) => Number.isFinite(values[row] ?? NaN));
  const [low = 0, high = 1] = d3.extent(rows, (row) => values[row]!);
  const x = d3.scaleLinear([low, high === low ? low + 1 : high], [44, width - 20]).nice();
  const bins = d3
    .bin<number, number>()
    .value((row) => values[row]!)
    .domain(x.domain() as [number, number])
    .thresholds(x.ticks(24))(rows);
  const y = d3
    .scaleLinear([0, d3.max(bins, (bin) => bin.length) ?? 1], [height - room.bottom, room.top])
    .nice();
  const svg = frame(width, height, `histogram of ${name}: ${rows.length} numbers`);
  const axes = svg.append("g").attr("fill", ink.text);
  for (const tick of x.ticks(width < 480 ? 4 : 8))
    axes
      .append("text")
      .attr("x", x(tick))
      .attr("y", height - room.bottom + 14)
      .attr("text-anchor", "middle")
      .text(tableNumber(tick));
  axes
    .append("text")
    .attr("x", width - 20)
    .attr("y", height - 6)
    .attr("text-anchor", "end")
    .text(`${name} →`);
  for (const tick of y.ticks(3).filter(Number.isInteger))
    axes
      .append("text")
      .attr("x", 40)
      .attr("y", y(tick))
      .attr("dy", "0.32em")
      .attr("text-anchor", "end")
      .text(tableNumber(tick));
  const layer = (opacity: number) =>
    svg
      .append("g")
      .attr("fill", categoryColor(0))
      .attr("fill-opacity", opacity)
      .selectAll("rect")
      .data(bins)
      .join("rect")
      .attr("x", (bin) => x(bin.x0!) + 0.5)
      .attr("width", (bin) => Math.max(0.5, x(bin.x1!) - x(bin.x0!) - 1))
      .attr("y", (bin) => y(bin.length))
      .attr("height", (bin) => y(0) - y(bin.length));
  layer(unselectedOpacity);
  const strong = layer(1);
  const node = svg.node()!;
  selection.subscribe(() => {
    const mask = selection.mask(node);
    const count = (bin: number[]) => bin.reduce((sum, row) => sum + mask[row]!, 0);
    strong.attr("y", (bin) => y(count(bin))).attr("height", (bin) => y(0) - y(count(bin)));
  }, signal);
  const place = (row: number) => {
    const value = values[row];
    return value == null ? null : {x: value, y: 0};
  };
  brushRows({svg: node, x: {apply: (value) => x(value)}}, selection, place, {view: node, signal});
  return node;
}

function bars(
  values: readonly unknown[],
  name: string,
  selection: RowSelection,
  width: number,
  signal?: AbortSignal
): SVGSVGElement {
  const groups = d3.group(d3.range(values.length), (row) => String(values[row] ?? "(none)"));
  const sorted = [...groups]
    .map(([label, rows]): Bar => ({label, rows}))
    .sort((a, b) => b.rows.length - a.rows.length);
  const shown = sorted.slice(0, mostBars);
  const height = 18 * shown.length + room.top + room.bottom;
  const left = Math.min(room.left, width * 0.4);
  const x = d3.scaleLinear(
    [0, d3.max(shown, ({rows}) => rows.length) ?? 1],
    [left, width - room.right]
  );
  const svg = frame(
    width,
    height,
    `rows by ${name}: ${groups.size} values` +
      (groups.size > mostBars ? `, the ${mostBars} most frequent` : "")
  );
  const chosen = new Set<string>();
  const node = svg.node()!;
  const choose = (label: string) => {
    if (!chosen.delete(label)) chosen.add(label);
    const picked = new Set(chosen);
    selection.set(node, picked.size ? (row) => picked.has(String(values[row] ?? "(none)")) : null);
  };
  const line = svg
    .append("g")
    .selectAll("g")
    .data(shown)
    .join("g")
    .attr("transform", (_, i) => `translate(0,${room.top + 18 * i})`)
    .attr("role", "button")
    .attr("tabindex", 0)
    .attr("aria-pressed", "false")
    .attr("aria-label", ({label, rows}) => `${label}: ${rows.length} rows`)
    .style("cursor", "pointer")
    .on("click", (_, {label}) => choose(label))
    .on("keydown", (event: KeyboardEvent, {label}) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(label);
    });
  line
    .append("text")
    .attr("x", left - 6)
    .attr("y", 12)
    .attr("text-anchor", "end")
    .attr("fill", ink.text)
    .text(({label}) => clip(label, (left - 12) / 11));
  const bar = (opacity: number) =>
    line
      .append("rect")
      .attr("x", left)
      .attr("y", 2)
      .attr("height", 13)
      .attr("width", ({rows}) => x(rows.length) - left)
      .attr("fill", categoryColor(0))
      .attr("fill-opacity", opacity);
  bar(unselectedOpacity);
  const strong = bar(1);
  const number = line
    .append("text")
    .attr("x", ({rows}) => x(rows.length) + 4)
    .attr("y", 12)
    .attr("fill", ink.text)
    .text(({rows}) => rows.length);
  svg
    .append("text")
    .attr("x", width - room.right)
    .attr("y", height - 10)
    .attr("text-anchor", "end")
    .attr("fill", ink.text)
    .text("rows →");
  selection.subscribe(() => {
    if (!selection.isActive) chosen.clear();
    const mask = selection.mask(node);
    const count = (rows: number[]) => rows.reduce((sum, row) => sum + mask[row]!, 0);
    strong.attr("width", ({rows}) => x(count(rows)) - left);
    number.text(({rows}) =>
      count(rows) === rows.length ? rows.length : `${count(rows)} of ${rows.length}`
    );
    line
      .attr("aria-pressed", ({label}) => String(chosen.has(label)))
      .attr("opacity", ({label}) => (chosen.size && !chosen.has(label) ? 0.6 : null));
  }, signal);
  return node;
}
