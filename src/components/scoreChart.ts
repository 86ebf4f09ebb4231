import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import type {PublishedResult} from "../lib/glue/results.js";
import {element} from "./dom.js";
import {figure} from "./figure.js";
import type {Row} from "./figure.js";
import {familyDots, familyLegend, familyMark} from "./families.js";
import {nameMarks} from "./plotAccess.js";
import {ink} from "./scales.js";

/** Options of {@link scoreChart}. */
export interface ScoreChartOptions {
  /** What the figure shows. */
  title: string;
  /** The score's name and unit, for the vertical axis. */
  yLabel: string;
  /** Across: parameters as published (default), or compute of the release of the same shape. */
  x?: "parameters" | "compute";
  /** Forward compute per token in MFLOP, by the name of a configuration; needed for "compute". */
  compute?: ReadonlyMap<string, number>;
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 380. */
  height?: number;
  /** File name of what is saved, without its ending. */
  name?: string;
}

interface Point {
  row: PublishedResult;
  x: number;
}

const tidyNumber = d3.format(".4~g");

/** The scores' range with room around it, at least two points wide. */
export function paddedDomain(points: readonly {row: PublishedResult}[]): [number, number] {
  const [low = 0, high = 0] = d3.extent(points, ({row}) => row.value) as [number?, number?];
  const room = Math.max(1 - (high - low) / 2, (high - low) * 0.08);
  return [low - room, high + room];
}

/** The 1, 2 and 5 of each power of ten inside a range. */
function roundTicks(low: number, high: number): number[] {
  return d3
    .range(-2, 7)
    .flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power))
    .filter((tick) => tick >= low && tick <= high);
}

/** A number with its size and its source, line by line. */
export function pointWords(row: PublishedResult, xText: string): string {
  const lines = [
    `${row.model} ${row.variant}: ${row.value}`,
    xText,
    `${row.source_title}${row.year ? `, ${row.year}` : ""}`,
    row.protocol
  ];
  if (row.note) lines.push(`Note: ${row.note}`);
  if (row.second_hand) lines.push("Read from a copy, not from the source");
  return lines.join("\n");
}

/**
 * Points of one model family and one source at two or more sizes, the best of each size, by size: a
 * line of the figure.
 */
export function sizeLines(points: readonly Point[]): Point[][] {
  const groups = d3.group(
    points,
    ({row}) => `${row.model}|${row.source}|${row.protocol.includes("early")}`
  );
  return [...groups.values()]
    .map((group) =>
      d3
        .sort(
          d3.rollup(
            group,
            (same) => d3.greatest(same, (d) => d.row.value)!,
            (d) => d.x
          ),
          ([x]) => x
        )
        .map(([, point]) => point)
    )
    .filter((line) => line.length > 1);
}

/** The numbers of the figure with their sources, best first. */
export function scoreRows(rows: readonly PublishedResult[]): Row[] {
  return d3
    .sort(rows, (a, b) => d3.descending(a.value, b.value))
    .map((r) => ({
      model: r.model,
      variant: r.variant,
      score: r.value,
      "parameters (M)": r.params_millions,
      source: r.source_title,
      year: r.year == null ? null : String(r.year),
      how: r.protocol,
      note: [r.note, r.second_hand ? "read from a copy" : null].filter(Boolean).join("; ")
    }));
}

function drawing(
  points: readonly Point[],
  {yLabel, x = "parameters", width = 640, height = 380}: ScoreChartOptions
): SVGSVGElement {
  const narrow = width < 480;
  const xLabel =
    x === "parameters"
      ? "parameters, millions (log scale) →"
      : "forward compute per token, MFLOP (log scale) →";
  const lines = sizeLines(points);
  const labelled = d3.greatest(
    lines.filter((line) => line[0]!.row.model === "ALBERT"),
    (line) => line.length * 1000 + d3.max(line, (d) => d.row.value)!
  );
  const size = (row: PublishedResult) => /^[a-z]+/.exec(row.variant)?.[0] ?? row.variant;
  const xText = ({row, x: value}: Point) =>
    x === "parameters"
      ? `${tidyNumber(row.params_millions!)} M parameters`
      : `${tidyNumber(value)} MFLOP per token (${row.config})`;
  const [low = 1, high = 1] = d3.extent(points, (d) => d.x) as [number?, number?];
  const top = (x: number) => d3.max(points, (d) => (d.x === x ? d.row.value : undefined))!;
  const svg = Plot.plot({
    width,
    height,
    marginLeft: 44,
    marginRight: narrow ? 16 : 30,
    marginTop: 30,
    marginBottom: 44,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {type: "log", domain: [low / 1.25, high * 1.25], axis: null},
    y: {label: `↑ ${yLabel}`, domain: paddedDomain(points), grid: true, ticks: 6},
    marks: [
      // its own axis: a log scale's format leaves some of these ticks without a number
      Plot.axisX(roundTicks(low / 1.25, high * 1.25), {
        label: xLabel,
        labelAnchor: "right",
        text: (d: number) => String(d)
      }),
      lines.map((line) =>
        Plot.lineY(line, {
          x: "x",
          y: (d: Point) => d.row.value,
          stroke: familyMark(line[0]!.row.model).color,
          strokeOpacity: line === labelled ? 0.8 : 0.35,
          strokeWidth: line === labelled ? 2 : 1.2
        })
      ),
      familyDots(points, {
        familyOf: ({row}) => row.model,
        x: "x",
        y: ({row}) => row.value,
        r: (family) => (family === "ALBERT" ? 4.5 : 4),
        words: (d) => pointWords(d.row, xText(d)).replaceAll("\n", ", ")
      }),
      labelled &&
        Plot.text(labelled, {
          x: "x",
          y: (d: Point) => top(d.x),
          text: (d: Point) => size(d.row),
          dy: -12,
          textAnchor: "middle",
          fill: familyMark("ALBERT").color,
          fontWeight: 600,
          stroke: ink.paper,
          strokeWidth: 4
        }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "x",
          y: (d: Point) => d.row.value,
          title: (d: Point) => pointWords(d.row, xText(d)),
          fill: ink.paper,
          stroke: ink.faint,
          lineWidth: narrow ? 18 : 28
        })
      )
    ]
  }) as unknown as SVGSVGElement;
  return svg;
}

/**
 * Published scores against size: one point a number, shape and colour its family, ALBERT filled;
 * lines join the sizes of one family in one source. Sources and notes are in the tips and in the
 * table of the figure. Rows with no size (ensembles) are counted, and stand in the table only.
 *
 * @param rows rows of one task, metric and split: see `selectResults`
 */
export function scoreChart(
  rows: readonly PublishedResult[],
  options: ScoreChartOptions
): HTMLElement {
  const {title, x = "parameters", compute, name = "glue-scores"} = options;
  const points = rows.flatMap((row): Point[] => {
    const value =
      row.setting === "ensemble"
        ? null
        : x === "parameters"
          ? row.params_millions
          : row.config == null
            ? null
            : compute?.get(row.config);
    return value == null ? [] : [{row, x: value}];
  });
  const left = rows.length - points.length;
  const sources = new Set(points.map(({row}) => row.source)).size;
  const inferred = points.filter(({row}) => row.inferred).length;
  const lacking = x === "parameters" ? "single size" : "known compute";
  const view =
    points.length > 0
      ? nameMarks(drawing(points, options), `${title}: ${points.length} points, also in the table`)
      : element("p", {class: "obs-muted"}, `No number of this kind has a ${lacking} to stand at.`);
  return figure(view, {
    title,
    name,
    facts: [
      `n = ${points.length} published ${points.length === 1 ? "number" : "numbers"}`,
      `${sources} ${sources === 1 ? "source" : "sources"}`,
      "one model each",
      left > 0 && `${left} more with no ${lacking}, in the table only`,
      inferred > 0 && `${inferred} with a metric the source does not name`
    ],
    legend: points.length > 0 ? familyLegend(points.map(({row}) => row.model)) : null,
    caption: "A line joins the sizes of one family in one source. Point at a mark for its source.",
    data: scoreRows(rows)
  });
}
