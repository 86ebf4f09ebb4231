import * as d3 from "d3";
import {chartSvg} from "./chartFrame.js";
import type {ProfiledBuffer, StepProfile} from "../lib/albert/bench/kinds.js";
import type {Row} from "./downloads.js";
import {formatBytes} from "./formats.js";
import {categoryColor, ink} from "./scales.js";

const words: Record<ProfiledBuffer["kind"], string> = {
  parameter: "weights",
  gradient: "gradients",
  moment: "the optimizer's moments",
  input: "inputs",
  output: "losses",
  activation: "activations"
};

const order = ["parameter", "gradient", "moment", "input", "activation", "output"] as const;

/** The colours of the map, for its legend: what is kept, by kind. */
export const arenaKinds = order.map((kind, i) => ({name: words[kind], color: categoryColor(i)}));

/**
 * The memory of a step over its course: a rectangle for each buffer, from the first to the last
 * instruction that needs it, at its place in the arena. Where rectangles stand side by side in one
 * height, one buffer has taken the place of another.
 */
export function arenaMap(
  {buffers, instructions, arenaBytes}: Pick<StepProfile, "buffers" | "instructions" | "arenaBytes">,
  {width = 640, height = 360}: {width?: number; height?: number} = {}
): SVGSVGElement {
  const [left, right, top, bottom] = [62, 8, 22, height - 40];
  const n = instructions.length;
  const start = Math.min(...buffers.map(({offset}) => offset));
  const x = d3.scaleLinear([0, n], [left, width - right]);
  const y = d3.scaleLinear([start, arenaBytes], [bottom, top]);
  const backward = instructions.findIndex(({isBackward}) => isBackward);
  const svg = chartSvg(
    width,
    height,
    `${buffers.length} buffers in ${formatBytes(arenaBytes)} over ${n} instructions; backward begins at ${backward}`
  );
  const line = svg
    .selectAll("g.tick")
    .data(d3.ticks(0, arenaBytes - start, 5))
    .join("g")
    .attr("class", "tick")
    .attr("transform", (t) => `translate(0,${y(start + t)})`);
  line
    .append("line")
    .attr("x1", left)
    .attr("x2", width - right)
    .attr("stroke", ink.grid);
  line
    .append("text")
    .attr("class", "obs-tick")
    .attr("x", left - 6)
    .attr("y", 4)
    .attr("text-anchor", "end")
    .text((t) => formatBytes(t));
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", 0)
    .attr("y", 12)
    .text("↑ place in the arena");
  svg
    .selectAll("rect")
    .data(buffers)
    .join("rect")
    .attr("x", ({first}) => x(first))
    .attr("width", ({first, last}) => Math.max(1, x(last + 1) - x(first)))
    .attr("y", ({offset, bytes}) => y(offset + bytes))
    .attr("height", ({offset, bytes}) => Math.max(0.2, y(offset) - y(offset + bytes)))
    .attr("fill", ({kind}) => categoryColor(order.indexOf(kind)))
    .attr("fill-opacity", 0.75)
    .attr("stroke", ink.paper)
    .attr("stroke-width", 0.4)
    .append("title")
    .text(
      ({name, bytes, first, last}) =>
        `${name}: ${formatBytes(bytes)}, instructions ${first} to ${last}`
    );
  svg
    .append("line")
    .attr("x1", x(backward))
    .attr("x2", x(backward))
    .attr("y1", top - 6)
    .attr("y2", bottom)
    .attr("stroke", ink.text)
    .attr("stroke-dasharray", "3 3");
  const near = x(backward) > width - 90;
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", x(backward) + (near ? -4 : 4))
    .attr("y", 12)
    .attr("text-anchor", near ? "end" : "start")
    .text("backward →");
  svg
    .selectAll("text.along")
    .data(x.ticks(width < 520 ? 4 : 8).filter(Number.isInteger))
    .join("text")
    .attr("class", "obs-tick along")
    .attr("x", (t) => x(t))
    .attr("y", bottom + 14)
    .attr("text-anchor", "middle")
    .text((t) => t);
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width - right)
    .attr("y", bottom + 32)
    .attr("text-anchor", "end")
    .text("instruction →");
  return svg.node()!;
}

/** Every buffer as a row. */
export function bufferRows(buffers: readonly ProfiledBuffer[]): Row[] {
  return buffers.map(({name, kind, offset, bytes, first, last}) => ({
    buffer: name,
    holds: words[kind],
    offset,
    bytes,
    "first instruction": first,
    "last instruction": last
  }));
}
