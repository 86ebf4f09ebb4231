import * as d3 from "d3";
import {formatNumber} from "./formats.js";
import {ink} from "./scales.js";

/** The SVG of a chart, empty. */
export type ChartSvg = d3.Selection<SVGSVGElement, undefined, null, undefined>;

/**
 * An empty chart of a size in pixels, which scales with its place.
 *
 * @param label what the chart says, for a screen reader
 */
export function chartSvg(width: number, height: number, label: string): ChartSvg {
  return d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("height", height)
    .attr("role", "img")
    .attr("aria-label", label);
}

let hatchings = 0;

/**
 * Adds a pattern of slanted lines to a chart: what is not significant is filled with it.
 *
 * @returns a value of `fill`
 */
export function hatching(svg: ChartSvg, stroke: string, strokeWidth: number): string {
  const id = `obs-hatch-${++hatchings}`;
  svg
    .append("defs")
    .append("pattern")
    .attr("id", id)
    .attr("width", 6)
    .attr("height", 6)
    .attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)")
    .append("line")
    .attr("y2", 6)
    .attr("stroke", stroke)
    .attr("stroke-width", strokeWidth);
  return `url(#${id})`;
}

/** Options of {@link ticksBelow}. */
export interface TicksBelowOptions {
  ticks: readonly number[];
  /** Where a tick's line begins and ends. */
  line: readonly [number, number];
  /** Colour of the lines, default that of a grid. */
  stroke?: string;
  /** Baselines of the numbers and of the axis's name. */
  numbersAt: number;
  nameAt: number;
  /** Name of the axis with its unit, and where it ends. */
  name: string;
  nameEnd: number;
}

/** A horizontal axis below a chart: a line and a number at each tick, the axis's name at its end. */
export function ticksBelow(
  svg: ChartSvg,
  x: (tick: number) => number,
  {ticks, line, stroke = ink.grid, numbersAt, nameAt, name, nameEnd}: TicksBelowOptions
): void {
  const tick = svg
    .selectAll("g.tick")
    .data(ticks)
    .join("g")
    .attr("class", "tick")
    .attr("transform", (t) => `translate(${x(t)},0)`);
  tick.append("line").attr("y1", line[0]).attr("y2", line[1]).attr("stroke", stroke);
  tick
    .append("text")
    .attr("class", "obs-tick")
    .attr("y", numbersAt)
    .attr("text-anchor", "middle")
    .text((t) => formatNumber(t));
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", nameEnd)
    .attr("y", nameAt)
    .attr("text-anchor", "end")
    .text(name);
}

/**
 * Numbers of a vertical axis, each with a line across the chart where one is asked for.
 *
 * @param left where the plot begins; the numbers end 6 px before
 * @param right where the lines end; none where it is left out
 */
export function ticksLeft(
  svg: ChartSvg,
  y: (tick: number) => number,
  {ticks, left, right}: {ticks: readonly number[]; left: number; right?: number}
): void {
  for (const tick of ticks) {
    if (right !== undefined)
      svg
        .append("line")
        .attr("x1", left)
        .attr("x2", right)
        .attr("y1", y(tick))
        .attr("y2", y(tick))
        .attr("stroke", ink.grid);
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", left - 6)
      .attr("y", y(tick))
      .attr("dy", "0.32em")
      .attr("text-anchor", "end")
      .text(formatNumber(tick));
  }
}
