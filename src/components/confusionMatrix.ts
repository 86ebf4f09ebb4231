import * as d3 from "d3";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatPercent} from "./formats.js";
import {ink, probabilityColor, probabilityTextColor} from "./scales.js";
import {clip, textWidth} from "./text.js";

/** Counts of true classes (rows) against predicted ones (columns). */
export interface Confusion {
  labels: readonly string[];
  /** `counts[i][j]`: examples of class i predicted as class j. */
  counts: readonly (readonly number[])[];
}

/** The counts as rows, for a table or a file. */
export function confusionRows({labels, counts}: Confusion): Row[] {
  return labels.flatMap((truth, i) =>
    labels.map((predicted, j) => ({truth, predicted, examples: counts[i]![j]!}))
  );
}

/**
 * A confusion matrix: each cell the share of its true class, in colour, and the count. What is right
 * lies on the diagonal.
 *
 * @param width most pixels it takes, default 420
 */
export function confusionMatrix(
  data: Confusion,
  {width = 420}: {width?: number} = {}
): HTMLElement {
  const {labels, counts} = data;
  const n = labels.length;
  const longest = Math.max(...labels.map((label) => 12 * textWidth(label)), 0);
  const left = Math.min(140, longest + 34);
  const top = 40;
  const cell = Math.min(96, Math.max(26, (width - left - 4) / n));
  const [fullWidth, height] = [left + n * cell + 4, top + n * Math.min(cell, 56) + 6];
  const row = Math.min(cell, 56);
  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${fullWidth} ${height}`)
    .attr("width", fullWidth)
    .attr("role", "img")
    .attr("aria-label", describe(data));
  svg.append("text").attr("class", "obs-label").attr("x", left).attr("y", 11).text("predicted →");
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", 0)
    .attr("y", top - 8)
    .text("↓ true");
  labels.forEach((label, i) => {
    const total = d3.sum(counts[i]!);
    svg
      .append("text")
      .attr("class", "obs-label")
      .attr("x", left - 6)
      .attr("y", top + (i + 0.5) * row)
      .attr("dy", "0.32em")
      .attr("text-anchor", "end")
      .text(clip(label, (left - 10) / 12));
    svg
      .append("text")
      .attr("class", "obs-label")
      .attr("x", left + (i + 0.5) * cell)
      .attr("y", top - 8)
      .attr("text-anchor", "middle")
      .text(clip(label, (cell - 4) / 12));
    counts[i]!.forEach((count, j) => {
      const share = total > 0 ? count / total : 0;
      const g = svg.append("g").attr("transform", `translate(${left + j * cell},${top + i * row})`);
      g.append("rect")
        .attr("width", cell - 2)
        .attr("height", row - 2)
        .attr("fill", probabilityColor(share))
        .attr("stroke", i === j ? ink.text : ink.grid);
      g.append("title").text(
        `true ${label}, predicted ${labels[j]}: ${formatInteger(count)} (${formatPercent(share)} of ${label})`
      );
      g.append("text")
        .attr("x", cell / 2 - 1)
        .attr("y", row / 2 - 1)
        .attr("dy", "0.32em")
        .attr("text-anchor", "middle")
        .attr("font-size", 12)
        .style("fill", probabilityTextColor(share))
        .text(formatInteger(count));
    });
  });
  return element("div", {class: "obs-view obs-confusion"}, svg.node());
}

function describe({labels, counts}: Confusion): string {
  const right = d3.sum(labels, (_, i) => counts[i]![i]!);
  const all = d3.sum(counts.flat());
  return `Confusion matrix of ${labels.length} classes: ${right} of ${all} examples on the diagonal`;
}
