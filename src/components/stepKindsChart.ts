import * as d3 from "d3";
import {stepKinds, type KindTotal, type StepKind} from "../lib/albert/bench/kinds.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatPercent} from "./formats.js";
import {categoryColor, ink} from "./scales.js";

/** The colour of what an instruction does, the same in every figure of a step. */
export function stepKindColor(kind: StepKind): string {
  return categoryColor(stepKinds.indexOf(kind));
}

/** Billions of operations a second, or null for what only moves numbers. */
const rate = ({flops, forwardMs, backwardMs}: KindTotal) =>
  flops > 0 && forwardMs + backwardMs > 0 ? flops / (forwardMs + backwardMs) / 1e6 : null;

/**
 * Where the time of a step goes: a bar for each kind of instruction, its forward part solid and its
 * backward part lighter, with the share of the step and the speed reached.
 *
 * @param totals from `kindTotals`, the longest first
 */
export function stepKindsChart(
  totals: readonly KindTotal[],
  {width = 640}: {width?: number} = {}
): SVGSVGElement {
  const narrow = width < 520;
  const left = narrow ? 4 : 126;
  const right = narrow ? 4 : 166;
  const rowHeight = narrow ? 44 : 26;
  const height = totals.length * rowHeight + 40;
  const longest = Math.max(...totals.map((t) => t.forwardMs + t.backwardMs), 1e-9);
  const x = d3.scaleLinear([0, longest], [left, width - right]);
  const note = (t: KindTotal) => {
    const speed = rate(t);
    return `${formatPercent(t.share)}${speed === null ? "" : `, ${formatNumber(speed)} GFLOP/s`}`;
  };
  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("height", height)
    .attr("role", "img")
    .attr(
      "aria-label",
      `time of a step by kind of instruction: ${totals.map((t) => `${t.kind} ${note(t)}`).join("; ")}`
    );
  const bottom = totals.length * rowHeight + 4;
  const tick = svg
    .selectAll("g.tick")
    .data(x.ticks(narrow ? 4 : 6))
    .join("g")
    .attr("class", "tick")
    .attr("transform", (t) => `translate(${x(t)},0)`);
  tick.append("line").attr("y2", bottom).attr("stroke", ink.grid);
  tick
    .append("text")
    .attr("class", "obs-tick")
    .attr("y", bottom + 14)
    .attr("text-anchor", "middle")
    .text((t) => formatNumber(t));
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", bottom + 31)
    .attr("text-anchor", "end")
    .text("milliseconds of one step →");
  const row = svg
    .selectAll("g.row")
    .data(totals)
    .join("g")
    .attr("class", "row")
    .attr("transform", (_, i) => `translate(0,${i * rowHeight + (narrow ? 18 : 4)})`);
  row
    .append("text")
    .attr("class", "obs-label")
    .attr("x", narrow ? left : left - 8)
    .attr("y", narrow ? -4 : 14)
    .attr("text-anchor", narrow ? "start" : "end")
    .text((t) => (narrow ? `${t.kind}: ${note(t)}` : t.kind));
  row
    .append("rect")
    .attr("x", left)
    .attr("width", (t) => x(t.forwardMs) - left)
    .attr("height", 18)
    .attr("fill", (t) => stepKindColor(t.kind));
  row
    .append("rect")
    .attr("class", "obs-backward")
    .attr("x", (t) => x(t.forwardMs))
    .attr("width", (t) => x(t.forwardMs + t.backwardMs) - x(t.forwardMs))
    .attr("height", 18)
    .attr("fill", (t) => stepKindColor(t.kind))
    .attr("opacity", 0.55);
  if (!narrow)
    row
      .append("text")
      .attr("class", "obs-label")
      .attr("x", (t) => x(t.forwardMs + t.backwardMs) + 8)
      .attr("y", 14)
      .text(note);
  return svg.node()!;
}

/** The totals as a table names them. */
export function kindRows(totals: readonly KindTotal[]): Row[] {
  return totals.map((t) => ({
    kind: t.kind,
    instructions: t.instructions,
    operations: t.flops,
    "forward ms": t.forwardMs,
    "backward ms": t.backwardMs,
    "share of the step": t.share,
    "GFLOP/s": rate(t)
  }));
}
