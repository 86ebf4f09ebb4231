import type {ReshareArm} from "../lib/experiments/measures.js";
import {curveRows, curvesChart, type NamedCurve} from "./curvesChart.js";
import {element} from "./dom.js";
import {figure} from "./figure.js";
import {formatInteger} from "./formats.js";
import {categoryColor} from "./scales.js";

/** Curves of a single model: how far each depth has moved since the change, over steps. */
export function driftCurves({points}: ReshareArm): NamedCurve[] {
  return (points[0]?.drift ?? []).map((_, depth) => ({
    name: `depth ${depth + 1}`,
    color: categoryColor(depth),
    points: points.map(({step, drift}) => ({x: step, y: 100 * drift[depth]!}))
  }));
}

const driftAxes = {
  xLabel: "steps after the change",
  yLabel: "moved, % of the layer's length"
} as const;

/**
 * What became of one model under several changes: held-out loss of all, drift of the last by depth.
 *
 * @param arms in the order they were made, at least one
 */
export function resharingView(arms: readonly ReshareArm[], width = 640): HTMLElement {
  const last = arms.at(-1)!;
  const losses = arms.map(({change, points}, i) => ({
    name: change,
    color: categoryColor(i),
    points: points.map(({step, mlmLoss}) => ({x: step, y: mlmLoss}))
  }));
  const drifts = driftCurves(last);
  const lossLabel = "held-out masked loss (nats)";
  return element(
    "div",
    {},
    figure(curvesChart(losses, {xLabel: driftAxes.xLabel, yLabel: lossLabel, width}), {
      title: "Your model, trained on",
      facts: [
        ...arms.map(({change, parameters}) => `${change}: ${formatInteger(parameters)} parameters`),
        "one model, no interval"
      ],
      data: curveRows(losses, "step", "masked loss")
    }),
    figure(curvesChart(drifts, {...driftAxes, width}), {
      title: `How far each depth moves: ${last.change}`,
      facts: ["0 at the change", "one model, no interval"],
      caption:
        "Depths that share a layer have one curve between them, drawn over each other: what moves one moves all.",
      data: curveRows(drifts, "step", "moved, %")
    })
  );
}
