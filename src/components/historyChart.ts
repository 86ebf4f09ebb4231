import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import type {PublishedResult} from "../lib/glue/results.js";
import {element} from "./dom.js";
import {familyDots, familyLegend} from "./families.js";
import {figure} from "./figure.js";
import {formatInteger} from "./formats.js";
import {nameMarks} from "./plotAccess.js";
import {ink} from "./scales.js";
import {paddedDomain, pointWords, scoreRows} from "./scoreChart.js";

/** Options of {@link historyChart}. */
export interface HistoryChartOptions {
  /** What the figure shows. */
  title: string;
  /** The score's name and unit, for the vertical axis. */
  yLabel: string;
  /** Forward compute per token in MFLOP, by the name of a configuration. */
  compute: ReadonlyMap<string, number>;
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 320. */
  height?: number;
  /** File name of what is saved, without its ending. */
  name?: string;
}

/** A number at its year, beside the others of that year. */
export interface DatedPoint {
  row: PublishedResult;
  /** The year, plus a place within it that means nothing. */
  x: number;
}

/** Share of a year's room that its numbers take. */
const spread = 0.7;

/**
 * The numbers with a year, those of one year side by side in the order of their size, unknown sizes
 * last: a source shows the year it became public and nothing finer.
 */
export function datedPoints(rows: readonly PublishedResult[]): DatedPoint[] {
  const years = d3.group(
    rows.filter(({year}) => year !== null),
    ({year}) => year!
  );
  return Array.from(years, ([year, own]) =>
    d3
      .sort(
        own,
        (row) => row.params_millions ?? Infinity,
        (row) => row.value
      )
      .map((row, i) => ({row, x: year + spread * ((i + 0.5) / own.length - 0.5)}))
  ).flat();
}

/** The best number up to the end of each year, first-hand rows without doubts only. */
export function bestByYear(points: readonly DatedPoint[]): {year: number; row: PublishedResult}[] {
  const sound = points.filter(({row}) => !row.second_hand && !row.suspect);
  const years = d3.sort(new Set(sound.map(({row}) => row.year!)));
  return years.map((year) => ({
    year,
    row: d3.greatest(
      sound.filter(({row}) => row.year! <= year),
      ({row}) => row.value
    )!.row
  }));
}

function drawing(
  points: readonly DatedPoint[],
  {yLabel, compute, width = 640, height = 320}: HistoryChartOptions
): SVGSVGElement {
  const narrow = width < 480;
  const best = bestByYear(points);
  const years = d3.sort(new Set(points.map(({row}) => row.year!)));
  const [first, last] = [years[0]!, years.at(-1)!];
  // Each best number holds from the beginning of its year's room to the end.
  const steps = best.flatMap(({year, row}) => [
    {x: year - 0.5, y: row.value},
    {x: year + 0.5, y: row.value}
  ]);
  const words = ({row}: DatedPoint) => {
    const flops = row.config === null ? undefined : compute.get(row.config);
    const size = row.params_millions;
    return pointWords(
      row,
      [
        size === null ? "size not given" : `${formatInteger(size)} M parameters`,
        flops !== undefined && `${formatInteger(flops)} MFLOP per token`,
        row.setting === "ensemble" && "several models"
      ]
        .filter(Boolean)
        .join(", ")
    );
  };
  return Plot.plot({
    width,
    height,
    marginLeft: 44,
    marginRight: narrow ? 12 : 20,
    marginTop: 30,
    marginBottom: 44,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {domain: [first - 0.5, last + 0.5], axis: null},
    y: {label: `↑ ${yLabel}`, domain: paddedDomain(points), grid: true, ticks: 6},
    marks: [
      Plot.axisX(years, {
        label: "year the source became public →",
        labelAnchor: "right",
        tickSize: 0,
        text: (year: number) => String(year)
      }),
      Plot.ruleX(years.slice(1), {x: (year: number) => year - 0.5, stroke: ink.grid}),
      Plot.lineY(steps, {x: "x", y: "y", stroke: ink.faint, strokeDasharray: "4 3"}),
      familyDots(points, {
        familyOf: ({row}) => row.model,
        x: "x",
        y: ({row}) => row.value,
        isFilled: ({row}) => row.setting === "ensemble",
        words: (d) => words(d).replaceAll("\n", ", ")
      }),
      Plot.text(best, {
        x: ({year}) => year - 0.47,
        y: ({row}) => row.value,
        text: ({row}) => `${row.model} ${narrow ? "" : row.variant}`.trim(),
        textAnchor: "start",
        dy: -12,
        fill: ink.text,
        stroke: ink.paper,
        strokeWidth: 4
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "x",
          y: ({row}: DatedPoint) => row.value,
          title: words,
          fill: ink.paper,
          stroke: ink.faint,
          lineWidth: narrow ? 18 : 28
        })
      )
    ]
  }) as unknown as SVGSVGElement;
}

/**
 * Published scores by the year their source became public, with the best so far as a broken line that
 * is named. Ensembles are filled. A point's place within its year means nothing.
 *
 * @param rows rows of one task, metric and split: see `selectResults`
 */
export function historyChart(
  rows: readonly PublishedResult[],
  options: HistoryChartOptions
): HTMLElement {
  const {title, name = "glue-history"} = options;
  const points = datedPoints(rows);
  const left = rows.length - points.length;
  const sources = new Set(points.map(({row}) => row.source)).size;
  const view =
    points.length > 0
      ? nameMarks(drawing(points, options), `${title}: ${points.length} points, also in the table`)
      : element("p", {class: "obs-muted"}, "No number of this kind has a year.");
  return figure(view, {
    title,
    name,
    facts: [
      `n = ${points.length} published ${points.length === 1 ? "number" : "numbers"}`,
      `${sources} ${sources === 1 ? "source" : "sources"}`,
      "filled: several models",
      left > 0 && `${left} more whose source shows no year, in the table only`
    ],
    legend:
      points.length > 0
        ? familyLegend(
            points.map(({row}) => row.model),
            () => false
          )
        : null,
    caption:
      "Broken line: the best of the rows collected here up to that year, read at the source and not in doubt; no leaderboard's history. Within a year, smaller models stand left of larger ones.",
    data: scoreRows(rows)
  });
}
