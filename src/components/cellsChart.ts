import * as d3 from "d3";
import {chartSvg, hatching} from "./chartFrame.js";
import type {CellSummary} from "../lib/experiments/compare.js";
import type {Row} from "./downloads.js";
import {formatNumber} from "./formats.js";
import {categoryColor, ink} from "./scales.js";
import {clip, textWidth} from "./text.js";

/** Options of {@link cellsChart}. */
export interface CellsChartOptions {
  /** Name and unit of the value. */
  label: string;
  /** Width in pixels, default 640. */
  width?: number;
  /** A cell's name as readers know it; default its own. */
  nameOf?: (summary: CellSummary) => string;
  /** A few words beside the name, for example its parameters. */
  noteOf?: (summary: CellSummary) => string;
  /** Digits of differences, default 3. */
  digits?: number;
}

/** More values of a cell than this are not drawn one by one. */
const mostDots = 60;

/**
 * Settings of an experiment below each other: a dot for each seed (where they are few), the mean with its 95% interval,
 * and the paired difference from the first. A difference that seeds alone explain has its bar hatched
 * and is called so.
 *
 * @param cells from `compareCells`; the one without a difference is the reference
 */
export function cellsChart(
  cells: readonly CellSummary[],
  {label, width = 640, nameOf = ({name}) => name, noteOf = () => "", digits = 3}: CellsChartOptions
): SVGSVGElement {
  const rowHeight = 52;
  const top = 22;
  const narrow = width < 560;
  const nameWidth = Math.max(
    ...cells.map((cell) => 12.5 * Math.max(textWidth(nameOf(cell)), 0.85 * textWidth(noteOf(cell))))
  );
  const left = narrow ? 6 : Math.min(width * 0.34, 12 + nameWidth);
  const right = 14;
  // Where there is no room beside the bars, name and note stand above them, in one line or two.
  const isLong = cells.some(
    (cell) => 12.5 * textWidth(nameOf(cell)) + 10.5 * textWidth(noteOf(cell)) + 8 > width
  );
  const lift = narrow ? (isLong ? 32 : 18) : 0;
  const height = top + cells.length * (rowHeight + lift) + 30;
  const finite = (value: number) => Number.isFinite(value);
  const dotsOf = ({values}: CellSummary) => (values.length > mostDots ? [] : values);
  const [low = 0, high = 1] = d3.extent(
    cells
      .flatMap((cell) => [...dotsOf(cell).map(({value}) => value), cell.low, cell.high])
      .filter(finite)
  ) as [number?, number?];
  const room = (high - low || 1) * 0.04;
  const x = d3.scaleLinear([low - room, high + room], [left, width - right]);
  const svg = chartSvg(
    width,
    height,
    `${label}: ${cells.map((cell) => words(cell, nameOf, digits)).join("; ")}`
  );
  const hatch = hatching(svg, ink.muted, 3);
  const base = height - 26;
  for (const tick of x.ticks(narrow ? 4 : 7)) {
    svg
      .append("line")
      .attr("x1", x(tick))
      .attr("x2", x(tick))
      .attr("y1", top - 6)
      .attr("y2", base)
      .attr("stroke", ink.grid);
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", x(tick))
      .attr("y", base + 12)
      .attr("text-anchor", "middle")
      .text(String(+tick.toPrecision(6)).replace("-", "−"));
  }
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width - right)
    .attr("y", height - 2)
    .attr("text-anchor", "end")
    .text(`${label} →`);
  const reference = cells.find(({difference}) => difference === null);
  cells.forEach((cell, i) => {
    const y = top + i * (rowHeight + lift) + lift + 16;
    // beside the bars alone: over the words it would strike them out
    if (reference)
      svg
        .append("line")
        .attr("x1", x(reference.mean))
        .attr("x2", x(reference.mean))
        .attr("y1", y - 14)
        .attr("y2", y + 12)
        .attr("stroke", ink.muted)
        .attr("stroke-dasharray", "4 3");
    const isHatched = cell.difference !== null && !cell.difference.isSignificant;
    const name = svg
      .append("text")
      .attr("class", "obs-halo")
      .attr("x", 0)
      .attr("y", narrow ? y + 2 - lift : y - 2);
    const ems = (narrow ? width : left - 10) / 12;
    name
      .append("tspan")
      .attr("font-weight", 600)
      .text(clip(nameOf(cell), ems));
    const note = name.append("tspan").attr("class", "obs-tick").text(noteOf(cell));
    if (narrow && !isLong) note.attr("dx", 8);
    else note.attr("x", 0).attr("dy", narrow ? 13 : 15);
    if (finite(cell.low))
      svg
        .append("rect")
        .attr("class", isHatched ? "obs-interval obs-hatched" : "obs-interval")
        .attr("x", x(cell.low))
        .attr("y", y - 7)
        .attr("width", Math.max(1, x(cell.high) - x(cell.low)))
        .attr("height", 14)
        .attr("rx", 2)
        .attr("fill", isHatched ? hatch : categoryColor(0))
        .attr("fill-opacity", isHatched ? 0.55 : 0.3)
        .attr("stroke", isHatched ? ink.muted : categoryColor(0));
    svg
      .append("g")
      .selectAll("circle")
      .data(dotsOf(cell))
      .join("circle")
      .attr("cx", ({value}) => x(value))
      .attr("cy", y)
      .attr("r", 2.6)
      .attr("fill", ink.paper)
      .attr("stroke", ink.text)
      .append("title")
      .text(({seed, value, hash}) =>
        hash === ""
          ? `round ${seed}: ${value.toFixed(4)}`
          : `seed ${seed}: ${value.toFixed(4)} (recipe ${hash})`
      );
    svg
      .append("line")
      .attr("x1", x(cell.mean))
      .attr("x2", x(cell.mean))
      .attr("y1", y - 10)
      .attr("y2", y + 10)
      .attr("stroke", ink.text)
      .attr("stroke-width", 2.5);
    const text = differenceText(cell, digits);
    const at = x(cell.mean);
    const half = 6 * textWidth(text) * 0.9;
    svg
      .append("text")
      .attr("class", "obs-tick obs-halo")
      .attr("x", Math.min(width - half, Math.max(left + half, at)))
      .attr("y", y + 22)
      .attr("text-anchor", "middle")
      .text(text);
  });
  return svg.node()!;
}

/** The difference of a cell in words. @example "+0.120 [0.081, 0.160]" */
export function differenceText({difference, mean}: CellSummary, digits = 3): string {
  if (!difference) return `${mean.toFixed(digits)}, the reference`;
  const sign = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
  const range = `${sign(difference.mean)} [${sign(difference.low)}, ${sign(difference.high)}]`;
  return difference.isSignificant ? range : `${range}, not significant`;
}

function words(
  cell: CellSummary,
  nameOf: (summary: CellSummary) => string,
  digits: number
): string {
  return `${nameOf(cell)} ${cell.mean.toFixed(digits)} (${differenceText(cell, digits)})`;
}

/** The numbers of the figure: one row a seed, with its recipe's hash. */
export function cellRows(
  cells: readonly CellSummary[],
  nameOf: (summary: CellSummary) => string = ({name}) => name
): Row[] {
  return cells.flatMap((cell) =>
    cell.values.map(({seed, value, hash}) => ({
      setting: nameOf(cell),
      seed,
      value,
      mean: cell.mean,
      low: cell.low,
      high: cell.high,
      "difference from reference": cell.difference?.mean ?? null,
      "p (Holm)": cell.difference ? +cell.difference.p.toPrecision(3) : null,
      significant: cell.difference ? cell.difference.isSignificant : null,
      recipe: hash
    }))
  );
}

/** The numbers of a figure of times: one row a round, which has no recipe. */
export function roundRows(
  cells: readonly CellSummary[],
  nameOf?: (summary: CellSummary) => string
): Row[] {
  return cellRows(cells, nameOf).map(({seed, recipe: _, ...row}) => ({...row, round: seed!}));
}

/** Names of the cells whose difference is not significant, as a sentence for a caption. */
export function hatchedSentence(
  cells: readonly CellSummary[],
  nameOf: (summary: CellSummary) => string = ({name}) => name,
  unit: "seed" | "round" = "seed"
): string {
  const names = cells.filter(({difference}) => difference && !difference.isSignificant).map(nameOf);
  if (names.length === 0)
    return `Every difference from the reference is larger than the noise between ${unit}s.`;
  return `Hatched: not significantly different from the reference (${names.join("; ")}).`;
}

/**
 * What every such figure says of its numbers.
 *
 * @param unit what a value was measured for
 */
export function noiseFacts(
  cells: readonly CellSummary[],
  unit: "seed" | "round" = "seed"
): string[] {
  const n = d3.max(cells, ({values}) => values.length) ?? 0;
  const lost = d3.sum(cells, ({lost}) => lost);
  return [
    `${n} ${unit}s each${unit === "round" ? ", by turns" : ""}`,
    "bars: 95% bootstrap interval of the mean",
    `differences: paired by ${unit}, Holm-corrected at 5%`,
    ...(lost ? [`${lost} runs diverged and are left out`] : [])
  ];
}

/** The note of a cell: stored parameters of its runs. */
export function parameterNote(parameters: number): string {
  return `${formatNumber(parameters)} parameters`;
}
