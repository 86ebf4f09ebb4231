import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import type {RowSelection} from "../lib/selection.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import {brushRows, fadeMarks} from "./brushing.js";
import {element} from "./dom.js";
import {figure} from "./figure.js";
import {formatInteger} from "./formats.js";
import {nameMarks} from "./plotAccess.js";
import {tableNumber} from "./resultsTable.js";
import {categoryColor, ink} from "./scales.js";
import {clip, textWidth} from "./text.js";

/** Options of {@link resultChart}. */
export interface ResultChartOptions {
  /** Width in pixels, default 640. */
  width?: number;
  /** Most labels drawn, default 40. */
  limit?: number;
  /** Most dots drawn, default 2,000: of more rows, one in so many is drawn. */
  dots?: number;
  /** Makes the chart one of several views that select rows together. */
  selection?: RowSelection;
  /** Ends its part in the selection, when it is drawn anew. */
  signal?: AbortSignal;
  /** What must stand beside the chart, for example that its numbers do not compare. */
  mark?: string | null;
}

/** The columns a chart of a result can have: labels or numbers across, numbers to show. */
export function chartColumns(table: ResultTable): {labels: number[]; numbers: number[]} {
  const indices = table.columns.map((_, i) => i);
  const numbers = indices.filter((i) => table.columns[i]!.kind === "number");
  return {labels: indices.filter((i) => !numbers.includes(i)), numbers};
}

interface Mark {
  label: string;
  value: number;
  x: number;
  row: number;
}

type Drawing = SVGSVGElement & {scale(name: "x" | "y"): {apply(value: number): number}};

function dots(marks: Mark[], label: string, value: string, width: number): Drawing {
  const names = [...new Set(marks.map((m) => m.label))];
  const em = 11;
  const room = Math.min(width * 0.45, 16 + em * Math.max(...names.map(textWidth), 2));
  const plot = Plot.plot({
    width,
    height: 64 + 20 * names.length,
    marginLeft: Math.max(40, room),
    marginRight: 24,
    marginTop: 12,
    marginBottom: 40,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {
      label: `${value} →`,
      nice: true,
      ticks: width < 480 ? 4 : 8,
      tickFormat: (d: number) => tableNumber(d)
    },
    y: {
      domain: names,
      label: null,
      tickFormat: (d: string) => clip(d, (room - 16) / em),
      tickSize: 0
    },
    marks: [
      Plot.gridY({stroke: ink.grid}),
      Plot.dot(marks, {
        x: "value",
        y: "label",
        r: 4.5,
        fill: categoryColor(0),
        ariaLabel: (d: Mark) => `${d.label}: ${tableNumber(d.value)}`
      }),
      Plot.tip(
        marks,
        Plot.pointerY({
          x: "value",
          y: "label",
          title: (d: Mark) => `${d.label}\n${value}: ${tableNumber(d.value)}`,
          fill: ink.paper,
          stroke: ink.faint
        })
      )
    ]
  });
  return nameMarks(
    plot as unknown as Drawing,
    `${value} by ${label}: ${marks.length} values`
  ) as Drawing;
}

function scatter(marks: Mark[], label: string, value: string, width: number): Drawing {
  const plot = Plot.plot({
    width,
    height: 320,
    marginLeft: 60,
    marginRight: 24,
    marginTop: 30,
    marginBottom: 44,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {
      label: `${label} →`,
      nice: true,
      ticks: width < 480 ? 4 : 8,
      tickFormat: (d: number) => tableNumber(d)
    },
    y: {label: `↑ ${value}`, nice: true, grid: true},
    marks: [
      Plot.dot(marks, {x: "x", y: "value", r: 4, fill: categoryColor(0), fillOpacity: 0.7}),
      Plot.tip(
        marks,
        Plot.pointer({
          x: "x",
          y: "value",
          title: (d: Mark) => `${label}: ${tableNumber(d.x)}\n${value}: ${tableNumber(d.value)}`,
          fill: ink.paper,
          stroke: ink.faint
        })
      )
    ]
  });
  return nameMarks(
    plot as unknown as Drawing,
    `${value} against ${label}: ${marks.length} points`
  ) as Drawing;
}

/**
 * A chart of two columns of any result: numbers by label as dots on lines, or numbers against
 * numbers. Rows with no number are left out and counted.
 *
 * @param x position of the column of labels, or of numbers
 * @param y position of a column of numbers
 */
export function resultChart(
  table: ResultTable,
  x: number,
  y: number,
  {width = 640, limit = 40, dots: most = 2000, selection, mark, signal}: ResultChartOptions = {}
): HTMLElement {
  const [across, up] = [table.columns[x]!, table.columns[y]!];
  const numeric = across.kind === "number";
  const all: Mark[] = [];
  for (let row = 0; row < table.rows; ++row) {
    const value = up.values[row];
    const at = across.values[row];
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    if (numeric && (typeof at !== "number" || !Number.isFinite(at))) continue;
    all.push({label: at == null ? "(none)" : String(at), value, x: Number(at), row});
  }
  const names = new Set<string>();
  const marks = numeric
    ? all
    : all.filter((m) => names.has(m.label) || (names.size < limit && names.add(m.label)));
  if (marks.length === 0)
    return element("p", {class: "obs-muted"}, `No row has a number in ${up.name} to draw.`);
  const every = Math.ceil(marks.length / most);
  const drawn = marks.filter((_, i) => i % every === 0);
  const svg = (numeric ? scatter : dots)(drawn, across.name, up.name, width);
  if (selection) linkChart(svg, {all: marks, drawn}, numeric, selection, signal);
  const total = numeric ? 0 : new Set(all.map((m) => m.label)).size;
  return figure(svg, {
    title: `${up.name} ${numeric ? "against" : "by"} ${across.name}`,
    name: "result",
    facts: [
      mark,
      `n = ${formatInteger(marks.length)} of ${formatInteger(table.rows)} rows`,
      every > 1 && `one row in ${every} is drawn`,
      total > limit && `the first ${limit} of ${total} labels`,
      `from ${tableNumber(d3.min(marks, (m) => m.value)!)} to ${tableNumber(d3.max(marks, (m) => m.value)!)}`
    ],
    data: marks.map((m) => ({
      [across.name]: numeric ? m.x : m.label,
      [across.name === up.name ? `${up.name} (shown)` : up.name]: m.value
    }))
  });
}

/** Makes a chart select rows, and fade those that other views leave out. */
function linkChart(
  svg: Drawing,
  {all, drawn}: Record<"all" | "drawn", readonly Mark[]>,
  isScatter: boolean,
  selection: RowSelection,
  signal?: AbortSignal
): void {
  const own = {view: svg, signal};
  const nodes = [...svg.querySelectorAll("[data-layer='dot'] circle")];
  fadeMarks(
    drawn.flatMap(({row}, i) => (nodes[i] ? [{node: nodes[i], row}] : [])),
    selection,
    own
  );
  const byRow = new Map(all.map((m) => [m.row, m]));
  brushRows(
    {svg, x: svg.scale("x"), ...(isScatter && {y: svg.scale("y")})},
    selection,
    (row) => {
      const m = byRow.get(row);
      return m ? {x: isScatter ? m.x : m.value, y: m.value} : null;
    },
    own
  );
}
