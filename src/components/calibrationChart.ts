import * as d3 from "d3";
import type {CalibrationBin} from "../lib/glue/classification.js";
import {chartSvg, ticksLeft} from "./chartFrame.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatPercent} from "./formats.js";
import {categoryColor, ink} from "./scales.js";

/** Bins of predictions of similar confidence, and the expected calibration error in [0, 1]. */
export interface Calibration {
  bins: readonly CalibrationBin[];
  error: number;
}

/** The bins that hold examples, as rows. */
export function calibrationRows({bins}: Calibration): Row[] {
  return bins
    .filter(({count}) => count > 0)
    .map(({from, to, count, confidence, accuracy}) => ({from, to, count, confidence, accuracy}));
}

/**
 * How often the model is right against how sure it is: one dot a bin, its area the number of examples.
 * On the diagonal confidence is earned; below it the model is too sure.
 *
 * @param width in pixels, default 360
 */
export function calibrationChart(
  data: Calibration,
  {width = 360}: {width?: number} = {}
): HTMLElement {
  const height = Math.min(300, width * 0.8);
  const [left, right, top, bottom] = [40, 10, 24, 34];
  const used = data.bins.filter(({count}) => count > 0);
  const x = d3.scaleLinear([0, 1], [left, width - right]);
  const y = d3.scaleLinear([0, 1], [height - bottom, top]);
  const most = d3.max(used, ({count}) => count) ?? 1;
  const radius = d3.scaleSqrt([0, most], [0, 16]);
  const svg = chartSvg(
    width,
    height,
    `Calibration: expected error ${formatPercent(data.error)} over ${used.length} bins`
  );
  const ticks = [0, 25, 50, 75, 100];
  ticksLeft(svg, (percent) => y(percent / 100), {ticks, left, right: width - right});
  for (const percent of ticks)
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", x(percent / 100))
      .attr("y", height - bottom + 15)
      .attr("text-anchor", "middle")
      .text(percent);
  svg.append("text").attr("class", "obs-label").attr("x", 0).attr("y", 11).text("↑ right (%)");
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width - right)
    .attr("y", height - 4)
    .attr("text-anchor", "end")
    .text("confidence (%) →");
  svg
    .append("line")
    .attr("x1", x(0))
    .attr("y1", y(0))
    .attr("x2", x(1))
    .attr("y2", y(1))
    .attr("stroke", ink.muted)
    .attr("stroke-dasharray", "4 3");
  for (const {count, confidence, accuracy} of used)
    svg
      .append("circle")
      .attr("cx", x(confidence))
      .attr("cy", y(accuracy))
      .attr("r", Math.max(2.5, radius(count)))
      .attr("fill", categoryColor(0))
      .attr("fill-opacity", 0.55)
      .attr("stroke", categoryColor(0))
      .append("title")
      .text(
        `${formatInteger(count)} examples: mean confidence ${formatPercent(confidence)}, right ${formatPercent(accuracy)}`
      );
  return element("div", {class: "obs-view obs-calibration"}, svg.node());
}
