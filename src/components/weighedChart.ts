import * as Plot from "@observablehq/plot";
import type {WeighedShape} from "../lib/lessons/sharing.js";
import type {Row} from "./downloads.js";
import {element} from "./dom.js";
import {formatInteger, formatNumber, unitSpace} from "./formats.js";
import {nameMarks} from "./plotAccess.js";
import {categoryColor, ink} from "./scales.js";

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
};

/** Quartiles of the measured times, in milliseconds. */
const timesOf = ({elapsedMs}: WeighedShape) => ({
  first: quantile(elapsedMs, 0.25),
  median: quantile(elapsedMs, 0.5),
  third: quantile(elapsedMs, 0.75)
});

function bars(
  label: string,
  rows: {name: string; value: number; low?: number; high?: number; text: string}[],
  width: number,
  color: string
): SVGSVGElement {
  const [left, right] = [Math.min(width * 0.45, 170), 64];
  const ticks = Math.min(4, Math.max(2, Math.floor((width - left - right) / 60)));
  const svg = Plot.plot({
    width,
    height: 34 + 26 * rows.length,
    marginLeft: left,
    marginRight: right,
    marginTop: 6,
    marginBottom: 34,
    style: {background: "none", color: "inherit", fontSize: "12px", overflow: "visible"},
    x: {label: `${label} →`, ticks, grid: true, zero: true, tickFormat: formatNumber},
    y: {domain: rows.map(({name}) => name), label: null, tickSize: 0},
    marks: [
      Plot.barX(rows, {
        x: "value",
        y: "name",
        fill: color,
        insetTop: 4,
        insetBottom: 4,
        ariaLabel: ({name, text}: (typeof rows)[number]) => `${name}: ${text}`
      }),
      Plot.ruleY(
        rows.filter(({low}) => low !== undefined),
        {x1: "low", x2: "high", y: "name", stroke: ink.text, strokeWidth: 2}
      ),
      Plot.text(rows, {
        x: ({value, high = value}: (typeof rows)[number]) => high,
        y: "name",
        text: "text",
        textAnchor: "start",
        dx: 6
      })
    ]
  }) as unknown as SVGSVGElement;
  return nameMarks(svg, `${label}, also in the table`);
}

/** What shapes store above, how long they take below: one bar a shape in each. */
export function weighedChart(
  shapes: readonly WeighedShape[],
  {width = 640}: {width?: number} = {}
): HTMLElement {
  return element(
    "div",
    {class: "obs-view"},
    bars(
      "numbers stored",
      shapes.map(({name, parameters}) => ({
        name,
        value: parameters,
        text: formatInteger(parameters)
      })),
      width,
      categoryColor(0)
    ),
    bars(
      "milliseconds for one text",
      shapes.map((shape) => {
        const {first, median, third} = timesOf(shape);
        return {
          name: shape.name,
          value: median,
          low: first,
          high: third,
          text: `${formatNumber(median)}${unitSpace}ms`
        };
      }),
      width,
      categoryColor(1)
    )
  );
}

/** The numbers of the figure. */
export function weighedRows(shapes: readonly WeighedShape[]): Row[] {
  return shapes.map((shape) => {
    const {first, median, third} = timesOf(shape);
    return {
      model: shape.name,
      "numbers stored": shape.parameters,
      "median ms": +median.toPrecision(4),
      "first quarter ms": +first.toPrecision(4),
      "third quarter ms": +third.toPrecision(4)
    };
  });
}
