import * as d3 from "d3";
import {chartSvg} from "./chartFrame.js";
import type {Row} from "./downloads.js";
import {formatInteger} from "./formats.js";
import {categoryColor, categoryTextColor, ink} from "./scales.js";

/** Which stored tensor serves a depth, for one tensor of a layer. */
export interface SharingRow {
  /** The tensor's name, for example "attention.query". */
  tensor: string;
  /** Parameters of one copy. */
  size: number;
  /** Number of the stored copy that each depth uses, from 0; shown from 1. */
  storage: readonly number[];
}

/** Options of {@link sharingMap}. */
export interface SharingMapOptions {
  /** Width in pixels, default 640. */
  width?: number;
}

/**
 * A map of which tensor serves which depth: a column a depth, a row a tensor, equal colour and number
 * where two depths use the same storage. What is stored is counted at the right.
 */
export function sharingMap(
  rows: readonly SharingRow[],
  {width = 640}: SharingMapOptions = {}
): SVGSVGElement {
  const depths = rows[0]?.storage.length ?? 0;
  const narrow = width < 480;
  const left = narrow ? 118 : 150;
  const right = narrow ? 66 : 110;
  const cellHeight = 20;
  const top = 34;
  const height = top + rows.length * cellHeight + 8;
  const x = d3.scaleBand(d3.range(depths), [left, width - right]).paddingInner(0.08);
  const copies = (row: SharingRow) => new Set(row.storage).size;
  const stored = d3.sum(rows, (row) => copies(row) * row.size);
  const svg = chartSvg(
    width,
    height,
    `which tensor serves which of ${depths} depths, ${formatInteger(stored)} parameters stored: ${rows
      .map((row) => `${row.tensor} ${copies(row)} ${copies(row) === 1 ? "copy" : "copies"}`)
      .join(", ")}`
  );
  svg.append("text").attr("class", "obs-label").attr("x", left).attr("y", 11).text("depth →");
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", 11)
    .attr("text-anchor", "end")
    .text("stored");
  for (const depth of d3.range(depths))
    if (x.step() >= 16 || depth % 3 === 2)
      svg
        .append("text")
        .attr("class", "obs-tick")
        .attr("x", x(depth)! + x.bandwidth() / 2)
        .attr("y", 27)
        .attr("text-anchor", "middle")
        .text(depth + 1);
  rows.forEach((row, i) => {
    const y = top + i * cellHeight;
    svg
      .append("text")
      .attr("x", left - 8)
      .attr("y", y + 14)
      .attr("text-anchor", "end")
      .attr("font-size", narrow ? 10 : 12)
      .text(row.tensor);
    row.storage.forEach((copy, depth) => {
      svg
        .append("rect")
        .attr("x", x(depth)!)
        .attr("y", y + 1)
        .attr("width", x.bandwidth())
        .attr("height", cellHeight - 3)
        .attr("rx", 2)
        .attr("fill", categoryColor(copy))
        .attr("stroke", ink.paper);
      if (x.bandwidth() >= 14)
        svg
          .append("text")
          .attr("x", x(depth)! + x.bandwidth() / 2)
          .attr("y", y + 13.5)
          .attr("text-anchor", "middle")
          .attr("font-size", 10)
          .style("fill", categoryTextColor(copy))
          .text(copy + 1);
    });
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", width)
      .attr("y", y + 14)
      .attr("text-anchor", "end")
      .text(narrow ? `${copies(row)} ×` : `${copies(row)} × ${formatInteger(row.size)}`);
  });
  return svg.node()!;
}

/** The map as rows: one a tensor, a column a depth. */
export function sharingRows(rows: readonly SharingRow[]): Row[] {
  return rows.map(({tensor, size, storage}) => ({
    tensor,
    parameters: size,
    copies: new Set(storage).size,
    ...Object.fromEntries(storage.map((copy, depth) => [`depth ${depth + 1}`, copy + 1]))
  }));
}
