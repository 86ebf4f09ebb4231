import * as d3 from "d3";
import {chartSvg} from "./chartFrame.js";
import type {ProbeResult, ProbeTaskResult} from "../lib/engine/probing/protocol.js";
import {bootstrapMean, type Interval} from "../lib/experiments/statistics.js";
import {probeTasks} from "../lib/probe/tasks.js";
import {cellGrid} from "./cellGrid.js";
import type {GridValue} from "./cellGrid.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatPercent} from "./formats.js";
import {depthName} from "./lensView.js";
import {
  categoryColor,
  divergingColor,
  divergingTextColor,
  ink,
  probabilityColor,
  probabilityTextColor
} from "./scales.js";

/** What the cells of the overview say. */
export type ProbeMeasure = "accuracy" | "selectivity" | "compression";

/** A measure of a task at one depth, one number a seed. */
function valuesOf(task: ProbeTaskResult, depth: number, measure: ProbeMeasure): number[] {
  const {accuracy, control, online, uniform} = task.depths[depth]!;
  if (measure === "accuracy") return accuracy;
  if (measure === "selectivity") return accuracy.map((share, seed) => share - control[seed]!);
  return online.map((bits, seed) => uniform[seed]! / bits);
}

/** The mean of a measure over seeds with its 95% interval (infinite for one seed). */
export function probeInterval(
  task: ProbeTaskResult,
  depth: number,
  measure: ProbeMeasure
): Interval {
  return bootstrapMean(valuesOf(task, depth, measure));
}

const nameOf = (id: string) => probeTasks.find((task) => task.id === id)?.name ?? id;

/** A number of a measure: shares in percent, differences in points, compression as a factor. */
function written(value: number, measure: ProbeMeasure): string {
  if (measure === "accuracy") return formatPercent(value);
  if (measure === "compression") return `${value.toFixed(2)}×`;
  return `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)}`;
}

function withInterval({mean, low, high}: Interval, measure: ProbeMeasure): string {
  const range = Number.isFinite(low)
    ? ` [${written(low, measure)}, ${written(high, measure)}]`
    : " (one seed, no interval)";
  return `${written(mean, measure)}${range}`;
}

/** Every seed of every task and depth as a row. */
export function probeRows({tasks}: ProbeResult): Row[] {
  return tasks.flatMap((task) =>
    task.depths.flatMap(({accuracy, control, online, uniform}, depth) =>
      accuracy.map((share, seed): Row => ({
        property: nameOf(task.id),
        depth,
        seed,
        accuracy: share,
        control: control[seed]!,
        selectivity: share - control[seed]!,
        "online code (bits)": online[seed]!,
        "uniform code (bits)": uniform[seed]!,
        majority: task.majority[seed]!,
        "by word form": task.form[seed]!,
        classes: task.classes.length,
        "rows trained": task.trainRows[seed]!,
        "rows tested": task.testRows[seed]!
      }))
    )
  );
}

/** Properties down, depths across: the mean over seeds, and what needs no hidden state beside it. */
export function probesOverview(
  {tasks}: ProbeResult,
  {measure = "accuracy", width = 640}: {measure?: ProbeMeasure; width?: number} = {}
): View<GridValue> {
  const depths = tasks[0]?.depths.length ?? 0;
  const extra = measure === "accuracy" ? ["by form", "majority"] : [];
  const most = Math.max(
    0.05,
    ...tasks.flatMap((task) =>
      task.depths.map((_, depth) => Math.abs(probeInterval(task, depth, "selectivity").mean))
    )
  );
  return cellGrid(
    (row, column) => {
      const task = tasks[row]!;
      if (column >= depths) {
        const share = bootstrapMean(column === depths ? task.form : task.majority).mean;
        const words =
          column === depths ? "the class its form has most often" : "the most frequent class";
        return {
          color: probabilityColor(share),
          ink: probabilityTextColor(share),
          text: formatPercent(share),
          speech: `${nameOf(task.id)}, always ${words}: accuracy ${formatPercent(share)}`
        };
      }
      const {mean} = probeInterval(task, column, measure);
      // A code twice as short is half way up the scale.
      const share = measure === "compression" ? Math.max(0, 1 - 1 / mean) : mean;
      const speech = [
        `${nameOf(task.id)}, ${depthName(column)}: accuracy ${withInterval(probeInterval(task, column, "accuracy"), "accuracy")}`,
        `selectivity ${withInterval(probeInterval(task, column, "selectivity"), "selectivity")} points`,
        `code ${withInterval(probeInterval(task, column, "compression"), "compression")} shorter than uniform`
      ].join(" · ");
      const isSigned = measure === "selectivity";
      return {
        color: isSigned ? divergingColor(mean, most) : probabilityColor(share),
        ink: isSigned ? divergingTextColor(mean, most) : probabilityTextColor(share),
        text: written(mean, measure),
        speech
      };
    },
    {
      rows: tasks.map(({id}) => nameOf(id)),
      columns: [...Array.from({length: depths}, (_, depth) => depthName(depth)), ...extra],
      corner: "property ↓ depth →",
      label: `${measure} of linear probes by property and depth`,
      width,
      minCell: 62,
      maxCell: 92,
      hint: "Hover or use the arrow keys to read a cell, click to see its property below."
    }
  );
}

const margin = {top: 14, right: 12, bottom: 34, left: 40};
const height = 230;

/**
 * One property from depth to depth: accuracy and control with 95% intervals and a dot a seed, the
 * majority and the word's form as lines across.
 */
export function probeChart(
  task: ProbeTaskResult,
  {width = 640}: {width?: number} = {}
): SVGSVGElement {
  const depths = task.depths.length;
  const x = d3.scalePoint(d3.range(depths), [margin.left + 30, width - margin.right - 30]);
  const y = d3.scaleLinear([0, 1], [height - margin.bottom, margin.top]);
  const svg = chartSvg(
    width,
    height,
    `${nameOf(task.id)} by depth: ${task.depths
      .map(
        (_, depth) =>
          `${depthName(depth)} accuracy ${withInterval(probeInterval(task, depth, "accuracy"), "accuracy")}`
      )
      .join("; ")}`
  );
  const text = (words: string, left: number, top: number, anchor: string) =>
    svg
      .append("text")
      .attr("class", "obs-tick obs-halo")
      .attr("x", left)
      .attr("y", top)
      .attr("text-anchor", anchor)
      .text(words);
  for (const tick of y.ticks(5)) {
    svg
      .append("line")
      .attr("x1", margin.left)
      .attr("x2", width - margin.right)
      .attr("y1", y(tick))
      .attr("y2", y(tick))
      .attr("stroke", ink.grid);
    text(`${100 * tick}%`, margin.left - 5, y(tick) + 3, "end");
  }
  const every = Math.max(1, Math.ceil(depths / (width / 90)));
  for (let depth = 0; depth < depths; depth += every)
    text(depthName(depth), x(depth)!, height - margin.bottom + 16, "middle");
  text("share right on documents not trained on", margin.left, height - 3, "start");
  const across = (share: number, dash: string, color: string) =>
    svg
      .append("line")
      .attr("x1", margin.left)
      .attr("x2", width - margin.right)
      .attr("y1", y(share))
      .attr("y2", y(share))
      .attr("stroke", color)
      .attr("stroke-width", 1.5)
      .attr("stroke-dasharray", dash);
  across(bootstrapMean(task.majority).mean, "2 3", ink.muted);
  across(bootstrapMean(task.form).mean, "8 3", ink.muted);
  const series = [
    {values: task.depths.map(({accuracy}) => accuracy), color: categoryColor(0), shift: -4},
    {values: task.depths.map(({control}) => control), color: categoryColor(1), shift: 4}
  ];
  for (const {values, color, shift} of series) {
    const means = values.map((seeds) => bootstrapMean(seeds));
    svg
      .append("path")
      .attr("fill", "none")
      .attr("stroke", color)
      .attr("stroke-width", 1.5)
      .attr(
        "d",
        d3.line<Interval>(
          (_, d) => x(d)! + shift,
          ({mean}) => y(mean)
        )(means)
      );
    means.forEach(({mean, low, high}, depth) => {
      const at = x(depth)! + shift;
      if (Number.isFinite(low))
        svg
          .append("line")
          .attr("class", "obs-interval")
          .attr("x1", at)
          .attr("x2", at)
          .attr("y1", y(Math.max(0, low)))
          .attr("y2", y(Math.min(1, high)))
          .attr("stroke", color)
          .attr("stroke-width", 5)
          .attr("stroke-opacity", 0.35);
      for (const value of values[depth]!)
        svg
          .append("circle")
          .attr("cx", at)
          .attr("cy", y(value))
          .attr("r", 2)
          .attr("fill", ink.paper)
          .attr("stroke", color);
      svg.append("circle").attr("cx", at).attr("cy", y(mean)).attr("r", 3.5).attr("fill", color);
    });
  }
  return svg.node()!;
}
