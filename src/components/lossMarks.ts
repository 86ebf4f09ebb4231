import type * as d3 from "d3";
import {formatNumber} from "./formats.js";
import {ink} from "./scales.js";

/** A measurement on held-out text, with its interval where there is one. */
export interface HeldOutPoint {
  /** Key of the series whose colour it takes. */
  key: string;
  step: number;
  value: number;
  /** Ends of the interval, in the unit of the value. */
  low?: number;
  high?: number;
}

/** Where a chart's plot lies, in pixels, and how its axis is named. */
export interface Frame {
  top: number;
  right: number;
  bottom: number;
  left: number;
  width: number;
  height: number;
  yLabel: string;
  log: boolean;
}

/** What marks are put into. */
export type Group = d3.Selection<SVGGElement, undefined, null, undefined>;
/** From numbers to pixels. */
export type Scale = d3.ScaleContinuousNumeric<number, number>;

/** Grid, ticks and names of both axes; steps are whole. */
export function chartAxes(g: Group, x: Scale, y: Scale, f: Frame): void {
  const ticks = f.log ? logTicks(y) : y.ticks(5);
  for (const t of ticks) {
    g.append("line")
      .attr("x1", f.left)
      .attr("x2", f.width - f.right)
      .attr("y1", y(t))
      .attr("y2", y(t))
      .attr("stroke", ink.grid);
    g.append("text")
      .attr("class", "obs-tick")
      .attr("x", f.left - 6)
      .attr("y", y(t))
      .attr("dy", "0.32em")
      .attr("text-anchor", "end")
      .text(String(+t.toPrecision(6)));
  }
  for (const t of x.ticks(Math.max(2, (f.width - f.left - f.right) / 80))) {
    if (!Number.isInteger(t)) continue;
    g.append("line")
      .attr("x1", x(t))
      .attr("x2", x(t))
      .attr("y1", f.height - f.bottom)
      .attr("y2", f.height - f.bottom + 4)
      .attr("stroke", ink.muted);
    g.append("text")
      .attr("class", "obs-tick")
      .attr("x", x(t))
      .attr("y", f.height - f.bottom + 15)
      .attr("text-anchor", "middle")
      .text(t < 10_000 ? t : formatNumber(t));
  }
  g.append("text")
    .attr("class", "obs-label")
    .attr("x", 0)
    .attr("y", 11)
    .text(`↑ ${f.yLabel}${f.log ? ", log scale" : ""}`);
  g.append("text")
    .attr("class", "obs-label")
    .attr("x", f.width - f.right)
    .attr("y", f.height - 4)
    .attr("text-anchor", "end")
    .text("step →");
}

/** 1, 2, 5 in each decade: d3's own log ticks crowd a short axis. */
function logTicks(y: Scale): number[] {
  const [low, high] = y.domain() as [number, number];
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e)
    for (const m of [1, 2, 5]) {
      const t = m * 10 ** e;
      if (t >= low && t <= high) ticks.push(t);
    }
  return ticks.length > 1 ? ticks : [low, high].map((v) => +v.toPrecision(2));
}

/** A ring at each held-out point, with its interval. */
export function heldOutMarks(
  g: Group,
  points: readonly HeldOutPoint[],
  x: Scale,
  y: Scale,
  color: (key: string) => string
): void {
  for (const p of points) {
    const mark = g.append("g").attr("class", "obs-heldout").attr("stroke", color(p.key));
    if (p.low != null && p.high != null)
      mark
        .append("line")
        .attr("x1", x(p.step))
        .attr("x2", x(p.step))
        .attr("y1", y(p.low))
        .attr("y2", y(p.high))
        .attr("stroke-width", 2);
    mark
      .append("circle")
      .attr("cx", x(p.step))
      .attr("cy", y(p.value))
      .attr("r", 3.5)
      .attr("fill", ink.paper)
      .attr("stroke-width", 2);
  }
}
