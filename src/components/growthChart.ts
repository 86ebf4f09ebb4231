import * as d3 from "d3";
import type {Exponent, GrowthPoint, GrowthSeries} from "../lib/albert/bench/growth.js";
import type {Row} from "./downloads.js";
import {formatNumber, unitSpace} from "./formats.js";
import {categoryColor, ink} from "./scales.js";

/** Options of {@link growthChart}. */
export interface GrowthChartOptions {
  /** Width in pixels, default 640. */
  width?: number;
}

const median = (values: readonly number[]) => d3.median(values)!;
const panelHeight = 150;

/**
 * The time of a step over each size that varies, on log scales, a panel a size: a dot at the median, a
 * line from the fastest to the slowest round; paler, what attention takes of it. The panel's title
 * holds the fitted power and the middle 95% of it over rounds.
 */
export function growthChart(
  series: readonly GrowthSeries[],
  {width = 640}: GrowthChartOptions = {}
): SVGSVGElement {
  const columns = width < 480 ? 2 : 3;
  const left = 40;
  const panel = (width - left) / columns;
  const rows = Math.ceil(series.length / columns);
  const height = rows * (panelHeight + 62) + 8;
  const all = series.flatMap(({points}) => points);
  const low = Math.min(...all.flatMap(({attentionMs}) => attentionMs));
  const high = Math.max(...all.flatMap(({ms}) => ms));
  const words = series.map(({axis, time}) => `${axis} to the power ${time.estimate.toFixed(2)}`);
  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("height", height)
    .attr("role", "img")
    .attr("aria-label", `milliseconds of a step grow with ${words.join("; ")}`);
  const y = d3.scaleLog([low / 1.3, high * 1.3], [panelHeight, 0]);
  const ticks = y.ticks().filter((t) => Number.isInteger(Math.log10(t)));
  series.forEach(({axis, points, time}, i) => {
    const column = i % columns;
    const g = svg
      .append("g")
      .attr(
        "transform",
        `translate(${left + column * panel},${24 + Math.floor(i / columns) * (panelHeight + 62)})`
      );
    const sizes = points.map(({value}) => value);
    const x = d3.scaleLog([sizes[0]! / 1.25, sizes.at(-1)! * 1.25], [0, panel - 16]);
    g.append("text")
      .attr("class", "obs-label")
      .attr("y", -9)
      .text(`${axis}: ${width < 480 ? time.estimate.toFixed(2) : powerWords(time)}`);
    const tick = g.selectAll("g.tick").data(ticks).join("g").attr("class", "tick");
    tick.attr("transform", (t) => `translate(0,${y(t)})`);
    tick
      .append("line")
      .attr("x2", panel - 16)
      .attr("stroke", ink.grid);
    if (column === 0)
      tick
        .append("text")
        .attr("class", "obs-tick")
        .attr("x", -6)
        .attr("dy", "0.32em")
        .attr("text-anchor", "end")
        .text((t) => formatNumber(t));
    g.selectAll("text.size")
      .data(sizes)
      .join("text")
      .attr("class", "obs-tick")
      .attr("x", (value) => x(value))
      .attr("y", panelHeight + 14)
      .attr("text-anchor", "middle")
      .text((value) => (value < 1000 ? value : `${value / 1000}k`));
    draw(g, points, ({attentionMs}) => attentionMs, 0.4);
    draw(g, points, ({ms}) => ms, 1);

    function draw(
      into: typeof g,
      own: readonly GrowthPoint[],
      of: (point: GrowthPoint) => readonly number[],
      opacity: number
    ): void {
      const path = d3.line<GrowthPoint>(
        ({value}) => x(value),
        (point) => y(median(of(point)))
      );
      const part = into.append("g").attr("opacity", opacity);
      part
        .append("path")
        .attr("d", path(own))
        .attr("fill", "none")
        .attr("stroke", categoryColor(0))
        .attr("stroke-width", 1.5);
      const marks = part.selectAll("g").data(own).join("g");
      marks
        .append("line")
        .attr("x1", ({value}) => x(value))
        .attr("x2", ({value}) => x(value))
        .attr("y1", (point) => y(Math.min(...of(point))))
        .attr("y2", (point) => y(Math.max(...of(point))))
        .attr("stroke", categoryColor(0))
        .attr("stroke-width", 3);
      marks
        .append("circle")
        .attr("cx", ({value}) => x(value))
        .attr("cy", (point) => y(median(of(point))))
        .attr("r", 3.5)
        .attr("fill", categoryColor(0))
        .append("title")
        .text(
          (point) => `${axis} ${point.value}: ${formatNumber(median(of(point)))}${unitSpace}ms`
        );
    }
  });
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", height - 6)
    .attr("text-anchor", "end")
    .text(
      width < 480
        ? "↑ milliseconds over size, log scales →"
        : "↑ milliseconds of a step, over the size named, both on log scales →"
    );
  return svg.node()!;
}

/** A fitted power with its interval. @example "0.98 (0.96–1.01)" */
export function powerWords({estimate, low, high}: Exponent): string {
  return `${estimate.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** The points and the fitted powers. */
export function growthRows(series: readonly GrowthSeries[]): Row[] {
  return series.flatMap(({axis, points, time, attention, rest, operations, memory}) =>
    points.map((point) => ({
      size: axis,
      value: point.value,
      rounds: point.ms.length,
      "median ms": median(point.ms),
      "min ms": Math.min(...point.ms),
      "max ms": Math.max(...point.ms),
      "attention, median ms": median(point.attentionMs),
      operations: point.flops,
      bytes: point.bytes,
      "power of the time": time.estimate,
      "its 2.5 % quantile": time.low,
      "its 97.5 % quantile": time.high,
      "power of attention": attention.estimate,
      "power of the rest": rest.estimate,
      "power of operations": operations,
      "power of bytes": memory
    }))
  );
}
