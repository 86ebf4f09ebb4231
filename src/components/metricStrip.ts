import * as d3 from "d3";
import {Curve} from "./curve.js";
import type {MetricRow} from "./curve.js";
import {element} from "./dom.js";
import {formatBytes, formatNumber, formatPercent} from "./formats.js";
import {ink} from "./scales.js";

/** One tile of {@link metricStrip}. */
export interface Metric {
  /** Column of the rows, for example "mlm_accuracy". */
  key: string;
  label: string;
  /** Printed after the number, for example "tokens/s". */
  unit?: string;
  /** How the number is written; default {@link formatNumber}. */
  format?: (x: number) => string;
  /** What a good value is measured against, in the unit of the metric. */
  baseline?: number;
  /** One line on what it is, shown as the tile's title. */
  help?: string;
}

/** The metrics every training run reports, under the names of its metrics.csv. */
export const trainingMetrics: readonly Metric[] = [
  {
    key: "mlm_accuracy",
    label: "masked pieces right",
    format: formatPercent,
    help: "share of masked pieces whose most likely prediction is the true piece"
  },
  {
    key: "sentence_accuracy",
    label: "sentence pairs right",
    format: formatPercent,
    baseline: 0.5,
    help: "share of sentence pairs whose label is predicted; chance is 50%"
  },
  {
    key: "gradient_norm",
    label: "gradient norm",
    help: "Euclidean length of the gradient over all parameters, before clipping"
  },
  {key: "learning_rate", label: "learning rate", help: "the schedule's value at this step"},
  {key: "tokens_per_second", label: "speed", unit: "tokens/s", help: "tokens of input per second"},
  {
    key: "memory_bytes",
    label: "memory",
    format: formatBytes,
    help: "bytes held by the tensors of this run"
  }
];

/** Options of {@link metricStrip}. */
export interface MetricStripOptions {
  /** Tiles in order; default {@link trainingMetrics}. */
  metrics?: readonly Metric[];
  /** Memory of the sparkline's mean in [0, 1), default 0.8. */
  smoothing?: number;
}

/** Tiles that take more rows while they stand in the page. */
export type MetricStrip = HTMLElement & {
  append(rows: Iterable<MetricRow>): void;
  update(change: {rows: Iterable<MetricRow>}): void;
};

const width = 120;
const height = 26;

/**
 * Small tiles, each with a metric's latest value and its course so far. A tile whose column never
 * came stays out of sight, so one strip serves every objective.
 *
 * @param rows metrics by step, ascending
 */
export function metricStrip(
  rows: Iterable<MetricRow>,
  {metrics = trainingMetrics, smoothing = 0.8}: MetricStripOptions = {}
): MetricStrip {
  const tiles = metrics.map((metric) => {
    const value = element("span", {class: "obs-tile-value"}, "–");
    const spark = d3
      .create("svg")
      .attr("viewBox", `0 0 ${width} ${height}`)
      .attr("width", width)
      .attr("height", height)
      .attr("preserveAspectRatio", "none")
      .attr("aria-hidden", "true");
    const node = element(
      "div",
      {class: "obs-tile", title: metric.help, hidden: true},
      element("div", {class: "obs-tile-label"}, metric.label),
      element(
        "div",
        {},
        value,
        metric.unit && element("span", {class: "obs-muted"}, ` ${metric.unit}`)
      ),
      spark.node()
    );
    return {metric, value, spark, node, curve: new Curve(smoothing)};
  });
  const strip = element(
    "div",
    {class: "obs-view obs-tiles", role: "group", "aria-label": "training metrics"},
    tiles.map((tile) => tile.node)
  );

  function append(added: Iterable<MetricRow>): void {
    for (const row of added)
      for (const {metric, curve} of tiles) {
        const value = row[metric.key];
        if (typeof value === "number") curve.append(row.step, value);
      }
    for (const tile of tiles) drawTile(tile);
  }

  function drawTile({metric, value, spark, node, curve}: (typeof tiles)[number]): void {
    const n = curve.values.length;
    node.hidden = n === 0;
    if (n === 0) return;
    value.textContent = (metric.format ?? formatNumber)(curve.values[n - 1]!);
    const [low = 0, high = 1] = d3.extent([
      ...curve.smooth,
      ...(metric.baseline == null ? [] : [metric.baseline])
    ]);
    const flat = high - low <= 1e-6 * Math.abs(high);
    const x = d3.scaleLinear([curve.steps[0]!, curve.steps[n - 1]!], [1, width - 3]);
    const y = d3.scaleLinear([low, flat ? low + 1 : high], [height - 3, 3]);
    spark.selectAll("*").remove();
    if (metric.baseline != null)
      spark
        .append("line")
        .attr("x2", width)
        .attr("y1", y(metric.baseline))
        .attr("y2", y(metric.baseline))
        .attr("stroke", ink.faint)
        .attr("stroke-dasharray", "3 3");
    spark
      .append("path")
      .attr("fill", "none")
      .attr("stroke", ink.accent)
      .attr("stroke-width", 1.5)
      .attr(
        "d",
        d3
          .line<[number, number]>()
          .x(([step]) => x(step))
          .y(([, v]) => y(v))
          .digits(1)(curve.thin(curve.smooth, width))
      );
    spark
      .append("circle")
      .attr("cx", x(curve.steps[n - 1]!))
      .attr("cy", y(curve.smooth[n - 1]!))
      .attr("r", 2)
      .attr("fill", ink.accent);
  }

  append(rows);
  return Object.assign(strip, {
    append,
    update({rows: replaced}: {rows: Iterable<MetricRow>}): void {
      for (const tile of tiles) tile.curve = new Curve(smoothing);
      append(replaced);
    }
  });
}
