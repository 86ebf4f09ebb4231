import type {CellSummary} from "../lib/experiments/compare.js";
import {cellRows, cellsChart, hatchedSentence, noiseFacts, roundRows} from "./cellsChart.js";
import {figure, type Figure} from "./figure.js";

/** Options of {@link cellsFigure}. */
export interface CellsFigureOptions {
  title: string;
  /** Name of the view in links that embed it, where the title follows the numbers. */
  name?: string;
  /** Name and unit of the value. */
  label: string;
  /** A cell's name as readers know it; default its own. */
  nameOf?: (summary: CellSummary) => string;
  /** A few words beside the name. */
  noteOf?: (summary: CellSummary) => string;
  /** How it came about, before what is said of every such figure. */
  facts?: readonly (string | null | undefined | false)[];
  /** What to see in it, after the sentence on what is hatched. */
  caption?: string;
  /** The sweep that makes the numbers again. */
  recipe: unknown;
  /** What each value was measured for, default a seed. */
  unit?: "seed" | "round";
  /** Digits of differences, default 3. */
  digits?: number;
  /** Width in pixels, default 640. */
  width?: number;
}

/** Cells of a sweep as a figure that says how noisy they are and which differences are noise. */
export function cellsFigure(
  cells: readonly CellSummary[],
  {
    title,
    name,
    label,
    nameOf,
    noteOf,
    facts = [],
    caption = "",
    recipe,
    unit,
    digits,
    width
  }: CellsFigureOptions
): Figure {
  return figure(cellsChart(cells, {label, width, nameOf, noteOf, digits}), {
    title,
    name,
    facts: [...facts, ...noiseFacts(cells, unit)],
    caption: `${hatchedSentence(cells, nameOf, unit)} ${caption}`.trim(),
    data: unit === "round" ? roundRows(cells, nameOf) : cellRows(cells, nameOf),
    recipe
  });
}
