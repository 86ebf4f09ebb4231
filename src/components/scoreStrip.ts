import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import {bootstrapMean} from "../lib/experiments/statistics.js";
import type {CurveResult} from "../lib/finetune/learningCurve.js";
import type {Row} from "./downloads.js";
import {nameMarks} from "./plotAccess.js";
import {categoryColor, ink} from "./scales.js";

/** Options of {@link scoreStrip}. */
export interface ScoreStripOptions {
  /** Name and unit of the score, which is drawn times 100. */
  label: string;
  /** Training loss from which on a run counts as failed: near that of guessing, ln 2 for two classes. */
  failedFrom: number;
  /** Width in pixels, default 640. */
  width?: number;
}

/** Whether a run did not even learn its own training rows. */
export function hasFailed({trainLoss, diverged}: CurveResult, failedFrom: number): boolean {
  return diverged !== null || !(trainLoss < failedFrom);
}

/** What varies besides the setting and the seed: the learning rate, or the number of rows. */
const variedBy = ({learningRate, size}: CurveResult) =>
  learningRate === undefined
    ? `${size.toLocaleString("en-US")} rows`
    : `learning rate ${learningRate}`;

/** The widest range of final scores among runs that differ in their seed alone, 0 to 1. */
export function widestRange(results: readonly CurveResult[]): number {
  const groups = d3.group(results, (run) => `${run.setting}|${variedBy(run)}`);
  const ranges = Array.from(groups.values(), (own) => {
    const [low = 0, high = 0] = d3.extent(own, ({last}) => last);
    return high - low;
  });
  return Math.max(0, ...ranges);
}

/** One row a run. */
export function stripRows(results: readonly CurveResult[], failedFrom: number): Row[] {
  return results.map((run) => ({
    setting: run.setting,
    rows: run.size,
    "learning rate": run.learningRate ?? null,
    seed: run.seed,
    "last score": run.last,
    "best score": run.best,
    "training loss": run.trainLoss,
    "dev loss": run.devLoss,
    failed: hasFailed(run, failedFrom) ? "yes" : "no",
    diverged: run.diverged
  }));
}

/**
 * The final score of every run as a mark, a row for each setting and learning rate (or number of
 * training rows): how much luck of the seed there is in one number. Runs that failed are crosses. A
 * stroke is the mean of a row, with its 95% bootstrap interval.
 */
export function scoreStrip(
  results: readonly CurveResult[],
  {label, failedFrom, width = 640}: ScoreStripOptions
): SVGSVGElement {
  const settings = [...new Set(results.map(({setting}) => setting))];
  const colorOf = (setting: string) => categoryColor(settings.indexOf(setting));
  const runs = results.map((run) => ({
    run,
    row: variedBy(run),
    score: 100 * run.last,
    isFailed: hasFailed(run, failedFrom)
  }));
  const groups = d3
    .flatGroup(
      runs,
      ({run}) => run.setting,
      ({row}) => row
    )
    .map(([setting, row, own]) => ({
      setting,
      row,
      ...bootstrapMean(own.map(({score}) => score))
    }))
    .map((group) => ({
      ...group,
      // No score lies beyond 0 or 100, and one run alone has no interval.
      low: Number.isFinite(group.low) ? Math.max(0, group.low) : group.mean,
      high: Number.isFinite(group.high) ? Math.min(100, group.high) : group.mean
    }));
  const rows = [...new Set(runs.map(({row}) => row))];
  const narrow = width < 480;
  const left = !narrow ? 130 : rows.some((row) => row.length > 14) ? 122 : 96;
  const words = ({run, row, isFailed}: (typeof runs)[number]) =>
    `${run.setting}, ${row}, seed ${run.seed}: ${(100 * run.last).toFixed(1)}%, ` +
    `training loss ${run.trainLoss.toFixed(2)}${run.diverged ? ", diverged" : isFailed ? ", failed" : ""}`;
  const svg = Plot.plot({
    width,
    height: 44 + settings.length * (rows.length * 24 + 26),
    marginLeft: left,
    marginRight: 16,
    marginTop: 6,
    marginBottom: 38,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {
      label: `${label} →`,
      nice: true,
      grid: true,
      ticks: narrow ? 4 : 8,
      // Room for the intervals, too.
      domain: d3.extent([
        ...runs.map(({score}) => score),
        ...groups.flatMap(({low, high}) => [low, high])
      ]) as [number, number]
    },
    y: {domain: rows, label: null, tickSize: 0, padding: 0.3},
    fy: {domain: settings, axis: null, padding: 0.16},
    marks: [
      Plot.text(settings, {
        fy: (setting: string) => setting,
        text: (setting: string) => setting,
        frameAnchor: "top-left",
        dy: -5,
        dx: 6 - left,
        fontWeight: 600,
        fill: colorOf
      }),
      Plot.ruleY(groups, {
        fy: "setting",
        y: "row",
        x1: "low",
        x2: "high",
        stroke: ({setting}: {setting: string}) => colorOf(setting),
        strokeOpacity: 0.35,
        strokeWidth: 9
      }),
      Plot.tickX(groups, {
        fy: "setting",
        y: "row",
        x: "mean",
        stroke: ({setting}: {setting: string}) => colorOf(setting),
        strokeWidth: 2
      }),
      Plot.dot(runs, {
        fy: ({run}: (typeof runs)[number]) => run.setting,
        y: "row",
        x: "score",
        symbol: ({isFailed}: (typeof runs)[number]) => (isFailed ? "times" : "circle"),
        r: 4,
        stroke: ink.text,
        strokeWidth: 1.3,
        fill: ink.paper,
        fillOpacity: 0.6,
        ariaLabel: words
      }),
      Plot.tip(
        runs,
        Plot.pointer({
          fy: ({run}: (typeof runs)[number]) => run.setting,
          y: "row",
          x: "score",
          title: words,
          fill: ink.paper,
          stroke: ink.faint,
          lineWidth: narrow ? 16 : 28
        })
      )
    ]
  }) as unknown as SVGSVGElement;
  return nameMarks(svg, `${label} of ${runs.length} runs, also in the table`);
}
