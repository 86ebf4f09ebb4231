import * as Plot from "@observablehq/plot";
import type {Row} from "./downloads.js";
import {familyDots, familyMark} from "./families.js";
import {formatInteger, formatNumber} from "./formats.js";
import {nameMarks} from "./plotAccess.js";
import {ink} from "./scales.js";

/** A model as the figure needs it. */
export interface CostedModel {
  name: string;
  family: string;
  /** L, H and E. */
  shape: Readonly<Record<string, number>>;
  counts: {total: number};
  flops: number;
}

/** Options of {@link costScatter}. */
export interface CostScatterOptions {
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 420. */
  height?: number;
  /** Models whose names are written beside their marks. */
  named?: readonly string[];
}

/** A shape in words. @example "L = 12, H = 768, E = 128" */
export function shapeWords(shape: Readonly<Record<string, number>>): string {
  return Object.entries(shape)
    .map(([letter, size]) => `${letter} = ${size}`)
    .join(", ");
}

/** The 1, 2 and 5 of each power of ten between two numbers. */
function roundTicks(low: number, high: number): number[] {
  return Array.from({length: 14}, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power))
    .flat()
    .filter((tick) => tick >= low && tick <= high);
}

/** Work for a piece against stored parameters, both on log scales, one mark a model. */
export function costScatter(
  models: readonly CostedModel[],
  {width = 640, height = 420, named = []}: CostScatterOptions = {}
): SVGSVGElement {
  const sizes = models.map(({counts}) => counts.total);
  const work = models.map(({flops}) => flops);
  const range = (values: number[], room: number): [number, number] => [
    Math.min(...values) / room,
    Math.max(...values) * room
  ];
  const x = range(sizes, 1.5);
  const y = range(work, 1.6);
  const svg = Plot.plot({
    width,
    height,
    marginLeft: 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {type: "log", domain: x, axis: null},
    y: {type: "log", domain: y, axis: null},
    marks: [
      Plot.axisX(
        roundTicks(...x).filter((t) => width > 480 || /^1/.test(String(t))),
        {
          label: "stored parameters, log scale →",
          labelAnchor: "right",
          text: (d: number) => formatNumber(d)
        }
      ),
      Plot.axisY(
        roundTicks(...y).filter((t) => /^1/.test(String(t))),
        {
          label: "↑ operations for a piece, log scale",
          text: (d: number) => formatNumber(d)
        }
      ),
      Plot.gridY(
        roundTicks(...y).filter((t) => /^1/.test(String(t))),
        {stroke: ink.grid, strokeOpacity: 1}
      ),
      familyDots(models, {
        familyOf: ({family}) => family,
        x: ({counts}) => counts.total,
        y: "flops",
        r: 5,
        title: (model) =>
          `${model.name}: ${formatInteger(model.counts.total)} parameters, ${formatNumber(model.flops)} FLOP a piece, ${shapeWords(model.shape)}`,
        words: (model) =>
          `${model.name}: ${formatNumber(model.counts.total)} parameters, ${formatNumber(model.flops)} operations`
      }),
      Plot.text(
        models.filter(({name}) => named.includes(name)),
        {
          x: ({counts}: CostedModel) => counts.total,
          y: "flops",
          text: ({name}: CostedModel) => name.replace(/-(v2|uncased)$|-base-uncased$/, ""),
          dy: -13,
          fill: ({family}: CostedModel) => familyMark(family).color,
          fontWeight: 600,
          stroke: ink.paper,
          strokeWidth: 4
        }
      )
    ]
  }) as unknown as SVGSVGElement;
  return nameMarks(
    svg,
    `operations against parameters of ${models.length} models, also in the table`
  );
}

/** The numbers of the figure: counts, bytes at three precisions, work, and both against a yardstick. */
export function costRows(models: readonly CostedModel[], yardstick: string): Row[] {
  const reference = models.find(({name}) => name === yardstick)!;
  const megabytes = (bytes: number) => +(bytes / 1e6).toFixed(1);
  return models.map(({name, shape, counts: {total}, flops}) => ({
    model: name,
    ...shape,
    parameters: total,
    "float32 MB": megabytes(4 * total),
    "float16 MB": megabytes(2 * total),
    "int8 MB": megabytes(total),
    "MFLOP a piece": +(flops / 1e6).toFixed(2),
    "parameters ×": +(total / reference.counts.total).toFixed(3),
    "work ×": +(flops / reference.flops).toFixed(3)
  }));
}
