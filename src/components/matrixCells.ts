import type {Selection} from "d3";
import {divergingPalette, paletteIndex, sequentialPalette} from "./pixels.js";
import {divergingColor, probabilityColor, probabilityTextColor} from "./scales.js";
import type {Lift} from "./scales.js";
import {clip, pieceName} from "./text.js";

/** Where the cells of a matrix lie, in the user units of its SVG. */
export interface MatrixPlace {
  left: number;
  top: number;
  /** Side of a cell. */
  size: number;
  rows: number;
  columns: number;
}

/** How a number becomes a colour: a probability, or a signed number with its extent on either side. */
export type CellScale = Lift | {extent: number};

type Group = Selection<SVGGElement, undefined, null, undefined>;

/** One rectangle a cell, with its number where there is room. */
export function drawCells(
  group: Group,
  probs: ArrayLike<number>,
  {left, top, size, columns}: MatrixPlace,
  scale: CellScale
): void {
  const isSigned = typeof scale === "object";
  const gap = size > 8 ? 0.5 : 0;
  const cells = Array.from(probs, (p, i) => ({
    p,
    x: left + (i % columns) * size,
    y: top + Math.floor(i / columns) * size
  }));
  group
    .selectAll("rect")
    .data(cells)
    .join("rect")
    .attr("x", (d) => d.x + gap)
    .attr("y", (d) => d.y + gap)
    .attr("width", size - 2 * gap)
    .attr("height", size - 2 * gap)
    .attr("fill", (d) =>
      isSigned ? divergingColor(d.p, scale.extent) : probabilityColor(d.p, scale)
    );
  if (size < 28 || isSigned) return;
  group
    .selectAll("text")
    .data(cells.filter((d) => d.p >= 0.005))
    .join("text")
    .attr("x", (d) => d.x + size / 2)
    .attr("y", (d) => d.y + size / 2)
    .attr("dy", "0.35em")
    .attr("text-anchor", "middle")
    .attr("font-size", 10)
    .style("fill", (d) => probabilityTextColor(d.p, scale))
    .text((d) => (d.p >= 0.995 ? "1" : d.p.toFixed(2).slice(1)));
}

/** One pixel a cell; the browser scales it up without smoothing. */
export function paintCells(
  canvas: HTMLCanvasElement,
  probs: ArrayLike<number>,
  {rows, columns}: MatrixPlace,
  scale: CellScale
): void {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(columns, rows);
  const words = new Uint32Array(image.data.buffer);
  const isSigned = typeof scale === "object";
  const palette = isSigned ? divergingPalette(canvas) : sequentialPalette(canvas, scale);
  const place = (p: number) => (isSigned ? (p / (scale.extent || 1) + 1) / 2 : p);
  for (let i = 0; i < words.length; ++i) words[i] = palette[paletteIndex(place(probs[i]!))]!;
  context.putImageData(image, 0, 0);
}

/** The labels of one side, as many as stand 11 pixels apart; the pointer shows the others. */
export function drawLabels(
  group: Group,
  tokens: readonly string[],
  side: "row" | "column",
  {left, top, size}: MatrixPlace
): void {
  const every = Math.max(1, Math.ceil(11 / size));
  const room = side === "row" ? left - 14 : top - 24;
  const place = (i: number) =>
    side === "row"
      ? `translate(${left - 6},${top + (i + 0.5) * size})`
      : `translate(${left + (i + 0.5) * size},${top - 16}) rotate(-90)`;
  group
    .append("g")
    .selectAll("text")
    .data(tokens.map((t, i) => ({t, i})).filter((d) => d.i % every === 0))
    .join("text")
    .attr("class", side === "row" ? "obs-row" : "obs-column")
    .attr("font-size", size < 13 ? 9 : 11)
    .attr("text-anchor", side === "row" ? "end" : "start")
    .attr("dy", "0.35em")
    .attr("transform", (d) => place(d.i))
    .text((d) => clip(pieceName(d.t), room / 11));
}
