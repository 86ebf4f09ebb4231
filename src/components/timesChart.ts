import * as d3 from "d3";
import {chartSvg, ticksBelow} from "./chartFrame.js";
import type {BenchRow} from "../lib/albert/bench/bench.js";
import type {Row} from "./downloads.js";
import {formatNumber, unitSpace} from "./formats.js";
import {categoryColor} from "./scales.js";
import {textWidth} from "./text.js";

/** Options of {@link timesChart}. */
export interface TimesChartOptions {
  /** Width in pixels, default 640. */
  width?: number;
}

const rowHeight = 24;

/**
 * How long each contender takes, on a log scale: a dot at the median, a line from the fastest to the
 * slowest round, and how many times as long as the first contender at the right.
 *
 * @param rows of one work on one shape, the first contender first
 */
export function timesChart(
  rows: readonly BenchRow[],
  {width = 640}: TimesChartOptions = {}
): SVGSVGElement {
  const names = Math.max(...rows.map(({contender}) => 12 * textWidth(contender)));
  const narrow = width < 480;
  const left = narrow ? 6 : 14 + names;
  const right = 62;
  const top = 20;
  const step = narrow ? rowHeight + 16 : rowHeight;
  const height = top + rows.length * step + 40;
  const low = Math.min(...rows.map(({min}) => min));
  const high = Math.max(...rows.map(({max}) => max));
  const x = d3.scaleLog([low / 1.15, high * 1.15], [left, width - right]);
  const words = rows.map((r) => `${r.contender} ${formatNumber(r.median)} (${times(r)})`);
  const svg = chartSvg(width, height, `milliseconds, median: ${words.join("; ")}`);
  const bottom = top + rows.length * step;
  const ticks = x.ticks().filter((t) => /^(1|2|5)/.test(String(t).replace(/^0?\.?0*/, "")));
  ticksBelow(svg, x, {
    ticks: narrow ? ticks.filter((t) => Number.isInteger(Math.log10(t))) : ticks,
    line: [top, bottom],
    numbersAt: bottom + 14,
    nameAt: bottom + 32,
    name: "milliseconds, log scale →",
    nameEnd: width
  });
  const row = svg
    .selectAll("g.row")
    .data(rows)
    .join("g")
    .attr("class", "row")
    .attr("transform", (_, i) => `translate(0,${top + i * step + step - rowHeight / 2})`);
  row
    .append("text")
    .attr("class", "obs-label")
    .attr("x", narrow ? left : left - 10)
    .attr("y", narrow ? -16 : 4)
    .attr("text-anchor", narrow ? "start" : "end")
    .text(({contender}) => contender);
  row
    .append("line")
    .attr("x1", ({min}) => x(min))
    .attr("x2", ({max}) => x(max))
    .attr("stroke", (_, i) => categoryColor(i === 0 ? 0 : 7))
    .attr("stroke-width", 3)
    .attr("stroke-linecap", "round")
    .attr("opacity", 0.5);
  row
    .append("circle")
    .attr("cx", ({median}) => x(median))
    .attr("r", 5)
    .attr("fill", (_, i) => categoryColor(i === 0 ? 0 : 7))
    .append("title")
    .text((r) => `${r.contender}: ${formatNumber(r.median)}${unitSpace}ms`);
  row
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", 4)
    .attr("text-anchor", "end")
    .text(times);
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", 10)
    .attr("text-anchor", "end")
    .text(`× the time of ${rows[0]!.contender}`);
  return svg.node()!;
}

const times = ({ratio}: BenchRow) => `${ratio.toFixed(ratio < 9.95 ? 2 : 1)} ×`;

/** The rows as a table names them. */
export function timesRows(rows: readonly BenchRow[]): Row[] {
  return rows.map((r) => ({
    work: r.work,
    shape: r.shape,
    contender: r.contender,
    rounds: r.rounds,
    "min ms": r.min,
    "median ms": r.median,
    "max ms": r.max,
    "tokens/s": Math.round(r.tokensPerSecond),
    "times the first": r.ratio
  }));
}
