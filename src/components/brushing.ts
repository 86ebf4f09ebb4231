import * as d3 from "d3";
import type {RowSelection} from "../lib/selection.js";

/** Opacity of a mark that another view leaves out. */
export const unselectedOpacity = 0.2;

/** A drawing of Plot, whose scales say where its numbers stand. */
export interface PlotDrawing {
  svg: SVGSVGElement;
  x: {apply(value: number): number};
  /** Absent where only the horizontal axis has numbers. */
  y?: {apply(value: number): number};
}

/**
 * Lets a reader drag over a drawing to select rows, in two directions where both axes have numbers.
 * A click beside the brush selects everything again.
 *
 * @param view the key of this view in the selection
 * @param place the numbers of a row, or null where it has none
 */
export function brushRows(
  {svg, x, y}: PlotDrawing,
  selection: RowSelection,
  view: object,
  place: (row: number) => {x: number; y: number} | null
): void {
  const [, , width = 640, height = 320] = (svg.getAttribute("viewBox") ?? "")
    .split(" ")
    .map(Number);
  type Extent = [[number, number], [number, number]];
  const brush: d3.BrushBehavior<unknown> = y ? d3.brush() : d3.brushX();
  brush.extent([
    [0, 0],
    [width, height]
  ]);
  brush.on("start brush end", ({selection: drawn, sourceEvent}) => {
    if (!sourceEvent) return;
    if (!drawn) return selection.set(view, null);
    const [[left, top], [right, bottom]] = (
      y
        ? drawn
        : [
            [drawn[0], -Infinity],
            [drawn[1], Infinity]
          ]
    ) as Extent;
    selection.set(view, (row) => {
      const at = place(row);
      if (!at) return false;
      const [px, py] = [x.apply(at.x), y ? y.apply(at.y) : 0];
      return px >= left && px <= right && py >= top && py <= bottom;
    });
  });
  const layer = d3.select(svg).append("g").attr("class", "glue-brush").attr("aria-hidden", "true");
  layer.call(brush as unknown as (g: typeof layer) => void);
  selection.subscribe(() => {
    if (!selection.isActive) brush.clear(layer as never);
  });
}

/**
 * Keeps marks as strong as the other views' selection says: full where a row is selected, faint
 * where it is not.
 *
 * @param marks one element a row number
 */
export function fadeMarks(
  marks: readonly {node: Element; row: number}[],
  selection: RowSelection,
  view: object
): void {
  selection.subscribe(() => {
    const mask = selection.mask(view);
    for (const {node, row} of marks)
      if (mask[row]) node.removeAttribute("opacity");
      else node.setAttribute("opacity", String(unselectedOpacity));
  });
}
