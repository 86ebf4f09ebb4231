import * as d3 from "d3";
import {chartSvg, ticksBelow} from "./chartFrame.js";
import {stepKinds, type KindTotal, type StepKind} from "../lib/albert/bench/kinds.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatPercent} from "./formats.js";
import {categoryColor} from "./scales.js";

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
  const svg = chartSvg(
    width,
    height,
    `time of a step by kind of instruction: ${totals.map((t) => `${t.kind} ${note(t)}`).join("; ")}`
  );
  const bottom = totals.length * rowHeight + 4;
  ticksBelow(svg, x, {
    ticks: x.ticks(narrow ? 4 : 6),
    line: [0, bottom],
    numbersAt: bottom + 14,
    nameAt: bottom + 31,
    name: "milliseconds of one step →",
    nameEnd: width
  });
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
