import * as d3 from "d3";
import {formatNumber, formatProbability} from "./formats.js";
import {categoryColor, divergingColor, ink, lifted, probabilityColor} from "./scales.js";
import type {Lift} from "./scales.js";
import {element} from "./dom.js";

/** Options of {@link probabilityLegend}. */
export interface ProbabilityLegendOptions {
  /** What the colour says, default "attention weight". */
  title?: string;
  /** Width in pixels, default 220. */
  width?: number;
  /** The lift that the figure uses, default linear. */
  lift?: Lift;
  /** Whether to explain the grey of masked cells, default false. */
  masked?: boolean;
}

function bar(
  title: string,
  width: number,
  extra: number
): d3.Selection<SVGSVGElement, undefined, null, undefined> {
  const svg = d3
    .create("svg")
    .attr("class", "obs-legend")
    .attr("viewBox", `0 0 ${width + extra} 42`)
    .attr("width", width + extra)
    .attr("height", 42)
    .attr("role", "img");
  svg.append("text").attr("class", "obs-label").attr("x", 0).attr("y", 11).text(title);
  return svg;
}

/**
 * The legend of the sequential scale: a bar over [0, 1] with its ticks where the colours are, so
 * that a lifted scale says so itself.
 */
export function probabilityLegend({
  title = "attention weight",
  width = 220,
  lift = "linear",
  masked = false
}: ProbabilityLegendOptions = {}): SVGSVGElement {
  const inset = 8;
  const x = (t: number) => inset + t * (width - 2 * inset);
  const extra = masked ? 84 : 0;
  const svg = bar(title, width, extra).attr(
    "aria-label",
    `${title}: colour runs from 0 (background) to 1 (darkest${lift === "sqrt" ? ", square-root scale" : ""})`
  );
  const steps = 48;
  svg
    .append("g")
    .selectAll("rect")
    .data(d3.range(steps))
    .join("rect")
    .attr("x", (i) => x(i / steps))
    .attr("y", 16)
    .attr("width", (width - 2 * inset) / steps + 0.5)
    .attr("height", 10)
    .attr("fill", (i) => {
      const t = (i + 0.5) / steps;
      return probabilityColor(lift === "sqrt" ? t * t : t, lift);
    });
  svg
    .append("rect")
    .attr("x", x(0))
    .attr("y", 16)
    .attr("width", width - 2 * inset)
    .attr("height", 10)
    .attr("fill", "none")
    .attr("stroke", ink.faint);
  const ticks = lift === "sqrt" ? [0, 0.05, 0.2, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  const tick = svg
    .append("g")
    .selectAll("g")
    .data(ticks)
    .join("g")
    .attr("transform", (d) => `translate(${d3.format(".2~f")(x(lifted(d, lift)))},0)`);
  tick.append("line").attr("y1", 26).attr("y2", 30).attr("stroke", ink.muted);
  tick
    .append("text")
    .attr("class", "obs-tick")
    .attr("y", 40)
    .attr("text-anchor", "middle")
    .text((d) => String(d));
  if (masked) {
    svg
      .append("rect")
      .attr("x", width + 6)
      .attr("y", 16)
      .attr("width", 10)
      .attr("height", 10)
      .attr("fill", ink.masked);
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", width + 21)
      .attr("y", 25)
      .text("n/a (hidden)");
  }
  return svg.node()!;
}

/** Options of {@link divergingLegend}. */
export interface DivergingLegendOptions {
  /** What the colour says. */
  title: string;
  /** The magnitude at both ends of the bar. */
  extent: number;
  /** Smallest value in the figure, printed. */
  minimum?: number;
  /** Largest value in the figure, printed. */
  maximum?: number;
  /** Width in pixels, default 220. */
  width?: number;
}

/** The legend of the diverging scale: blue below 0, orange above, with the true extremes. */
export function divergingLegend({
  title,
  extent,
  minimum,
  maximum,
  width = 220
}: DivergingLegendOptions): SVGSVGElement {
  const inset = 18;
  const x = d3.scaleLinear([-extent, extent], [inset, width - inset]);
  const range =
    minimum == null || maximum == null
      ? ""
      : ` (${formatNumber(minimum)} to ${formatNumber(maximum)})`;
  const svg = bar(title + range, width, 0).attr(
    "aria-label",
    `${title}${range}: blue below 0, background at 0, orange above`
  );
  const steps = 48;
  const step = (width - 2 * inset) / steps;
  svg
    .append("g")
    .selectAll("rect")
    .data(d3.range(steps))
    .join("rect")
    .attr("x", (i) => inset + i * step)
    .attr("y", 16)
    .attr("width", step + 0.5)
    .attr("height", 10)
    .attr("fill", (i) => divergingColor(((i + 0.5) / steps) * 2 - 1, 1));
  svg
    .append("g")
    .selectAll("text")
    .data([-extent, 0, extent])
    .join("text")
    .attr("class", "obs-tick")
    .attr("x", x)
    .attr("y", 40)
    .attr("text-anchor", "middle")
    .text(formatNumber);
  return svg.node()!;
}

/**
 * Swatches with names, wrapping as text does.
 *
 * @param entries names, with colours where they are not the categorical ones in order
 */
export function swatches(
  entries: readonly {label: string; color?: string; dashed?: boolean}[]
): HTMLElement {
  return element(
    "div",
    {class: "obs-swatches"},
    entries.map(({label, color, dashed}, i) =>
      element(
        "span",
        {class: "obs-swatch"},
        element("span", {
          class: dashed ? "obs-swatch-line" : "obs-swatch-box",
          style: `--swatch: ${color ?? categoryColor(i)}`,
          "aria-hidden": "true"
        }),
        label
      )
    )
  );
}

/** A cell in words: "row: cat → column: sat, 0.41, rank 1 of 9". */
export function speakCell(
  row: string,
  column: string,
  value: number,
  rank: number,
  of: number
): string {
  return Number.isNaN(value)
    ? `row: ${row} → column: ${column}, hidden`
    : `row: ${row} → column: ${column}, ${formatProbability(value)}, rank ${rank} of ${of}`;
}
