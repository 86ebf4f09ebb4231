import * as d3 from "d3";
import type {Curve} from "./curve.js";
import {formatNumber} from "./formats.js";
import type {Group, Scale} from "./lossMarks.js";
import {ink} from "./scales.js";
import {spread, textWidth} from "./text.js";

/** A line of a loss chart that has points. */
export interface DrawnLine {
  name: string;
  /** A CSS colour. */
  color: string;
  curve: Curve;
}

/** A horizontal line to beat, such as always guessing the most frequent piece. */
export interface Baseline {
  label: string;
  value: number;
}

/** Pixels to the right of the plot that names with a value at the ends of lines take up. */
export function endRoom(names: readonly string[]): number {
  return 20 + 12.5 * Math.max(4, ...names.map((name) => textWidth(`${name} 0.000`)));
}

/** Dashed lines from `left` to `right`, named above their ends where there is room. */
export function baselineMarks(
  frame: Group,
  baselines: readonly Baseline[],
  y: Scale,
  {left, right, isNamed}: {left: number; right: number; isNamed: boolean}
): void {
  for (const {value} of baselines)
    frame
      .append("line")
      .attr("class", "obs-baseline")
      .attr("x1", left)
      .attr("x2", right)
      .attr("y1", y(value))
      .attr("y2", y(value))
      .attr("stroke", ink.muted)
      .attr("stroke-dasharray", "5 4");
  for (const {label, value} of isNamed ? baselines : [])
    frame
      .append("text")
      .attr("class", "obs-label obs-halo")
      .attr("x", right - 4)
      .attr("y", y(value) - 5)
      .attr("text-anchor", "end")
      .text(`${label} ${formatNumber(value)}`);
}

/**
 * Each line twice: as it was measured, faint, and smoothed over it.
 *
 * @param columns width of the plot in pixels; no line has more points than it needs for that
 */
export function curveLines(
  frame: Group,
  lines: readonly DrawnLine[],
  x: Scale,
  y: Scale,
  {isSmoothed, isLog, columns}: {isSmoothed: boolean; isLog: boolean; columns: number}
): void {
  const path = d3
    .line<[number, number]>()
    .defined(([, v]) => !isLog || v > 0)
    .x(([step]) => x(step))
    .y(([, v]) => y(v))
    .digits(1);
  for (const {color, curve} of lines) {
    const line = () =>
      frame
        .append("path")
        .attr("fill", "none")
        .attr("stroke", color)
        .attr("stroke-linejoin", "round");
    line()
      .attr("class", "obs-raw")
      .attr("stroke-opacity", isSmoothed ? 0.3 : 1)
      .attr("stroke-width", isSmoothed ? 1 : 1.5)
      .attr("d", path(curve.thin(curve.values, columns)));
    if (isSmoothed)
      line()
        .attr("class", "obs-smooth")
        .attr("stroke-width", 2)
        .attr("d", path(curve.thin(curve.smooth, columns / 4)));
  }
}

/** Name and last value at the end of each line, none over another, between `top` and `bottom`. */
export function lineEnds(
  frame: Group,
  lines: readonly DrawnLine[],
  x: Scale,
  y: Scale,
  {isSmoothed, top, bottom}: {isSmoothed: boolean; top: number; bottom: number}
): void {
  const lastOf = ({curve}: DrawnLine) => (isSmoothed ? curve.smooth : curve.values).at(-1)!;
  const places = spread(
    lines.map((line) => y(lastOf(line))),
    15,
    top,
    bottom
  );
  lines.forEach((line, i) => {
    const label = frame
      .append("text")
      .attr("class", "obs-series obs-halo")
      .attr("x", x(line.curve.steps.at(-1)!) + 8)
      .attr("y", places[i]!)
      .attr("dy", "0.32em")
      .style("fill", line.color);
    label.append("tspan").attr("font-weight", 600).text(line.name);
    label
      .append("tspan")
      .attr("dx", 4)
      .text(formatNumber(lastOf(line)));
  });
}
