import * as d3 from "d3";
import {chartSvg} from "./chartFrame.js";
import type {MethodsResult} from "../lib/engine/attentionCalls.js";
import {formatProbability} from "./formats.js";
import {swatches} from "./legends.js";
import {categoryColor, ink} from "./scales.js";
import {pieceName} from "./text.js";

/** Options of {@link methodCurves}. */
export interface MethodCurvesOptions {
  /** Width in pixels, default 640; below 480 the panels stand below each other. */
  width?: number;
}

/** The colours of the curves, and of the same methods elsewhere. */
export function methodLegend({methods}: Pick<MethodsResult, "methods">): HTMLElement {
  return swatches(methods.map(({name}) => ({label: name, dashed: name === "occlusion"})));
}

const margin = {top: 22, right: 10, bottom: 32, left: 38};
const height = 190;

/**
 * The probability of the guess as pieces are hidden, those that a method names first first, and as
 * they are shown in the same order: one line a method.
 */
export function methodCurves(
  {methods, target}: MethodsResult,
  {width = 640}: MethodCurvesOptions = {}
): SVGSVGElement {
  const isStacked = width < 480;
  const panel = isStacked ? width : width / 2;
  const most = d3.max(methods, (m) => d3.max([...m.deletion, ...m.insertion])) ?? 1;
  const total = methods[0]?.counts.at(-1) ?? 1;
  const x = d3.scaleLinear([0, total], [margin.left, panel - margin.right]);
  const y = d3.scaleLinear([0, most], [height - margin.bottom, margin.top]).nice(4);
  const tall = isStacked ? 2 * height : height;
  const svg = chartSvg(
    width,
    tall,
    `probability of ${pieceName(target.piece)} as pieces are hidden and shown, by method: ${methods
      .map(
        (m) =>
          `${m.name} ${formatProbability(m.deletionArea)} and ${formatProbability(m.insertionArea)} on average`
      )
      .join("; ")}`
  );
  for (const [i, side] of (["deletion", "insertion"] as const).entries()) {
    const shift = isStacked ? `translate(0,${i * height})` : `translate(${i * panel},0)`;
    const g = svg.append("g").attr("transform", shift);
    const text = (label: string, left: number, top: number, anchor: string) =>
      g
        .append("text")
        .attr("class", "obs-tick")
        .attr("x", left)
        .attr("y", top)
        .attr("text-anchor", anchor)
        .text(label);
    const words = side === "deletion" ? "hidden first" : "shown first";
    text(`probability, pieces named first ${words}`, margin.left, 12, "start");
    for (const tick of y.ticks(4)) {
      g.append("line")
        .attr("x1", margin.left)
        .attr("x2", panel - margin.right)
        .attr("y1", y(tick))
        .attr("y2", y(tick))
        .attr("stroke", ink.grid);
      text(String(tick), margin.left - 5, y(tick) + 3, "end");
    }
    for (const tick of x.ticks(Math.min(5, total)).filter(Number.isInteger))
      text(String(tick), x(tick), height - margin.bottom + 13, "middle");
    text(
      `pieces ${side === "deletion" ? "hidden" : "shown"} →`,
      panel - margin.right,
      height - 4,
      "end"
    );
    methods.forEach((method, k) => {
      const heights = method[side];
      g.append("path")
        .attr("fill", "none")
        .attr("stroke", categoryColor(k))
        .attr("stroke-width", method.name === "occlusion" ? 2.5 : 1.5)
        .attr("stroke-dasharray", method.name === "occlusion" ? "5 3" : null)
        .attr(
          "d",
          d3.line<number>(
            (_, step) => x(method.counts[step]!),
            (p) => y(p)
          )(heights)
        )
        .append("title")
        .text(method.name);
    });
  }
  return svg.node()!;
}
