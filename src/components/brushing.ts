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

/** Which view selects, and until when it hears of the others. */
export interface BrushOptions {
  /** The key of this view in the selection. */
  view: object;
  /** Ends the subscriptions, when the view is drawn anew. */
  signal?: AbortSignal;
}

type Span = [from: number, to: number];

/** Share of an axis that a key moves a brush by. */
const keyStep = 0.02;

/** A span moved by a step, or its far end alone; it stays inside [0, size] and at least a step wide. */
export function movedSpan([from, to]: Span, by: number, size: number, isWidened: boolean): Span {
  const least = keyStep * size;
  if (isWidened) return [from, Math.min(size, Math.max(from + least, to + by))];
  const start = Math.min(size - (to - from), Math.max(0, from + by));
  return [start, start + to - from];
}

/**
 * Lets a reader drag over a drawing to select rows, in two directions where both axes have numbers.
 * A click beside the brush selects everything again. By keyboard: arrows move the brush (the first
 * one puts it over the middle), with Shift they move its far edge, Escape takes it away.
 *
 * @param place the numbers of a row, or null where it has none
 */
export function brushRows(
  {svg, x, y}: PlotDrawing,
  selection: RowSelection,
  place: (row: number) => {x: number; y: number} | null,
  {view, signal}: BrushOptions
): void {
  const [, , width = 640, height = 320] = (svg.getAttribute("viewBox") ?? "")
    .split(" ")
    .map(Number);
  const brush: d3.BrushBehavior<unknown> = y ? d3.brush() : d3.brushX();
  brush.extent([
    [0, 0],
    [width, height]
  ]);
  let spans: {x: Span; y: Span} | null = null;
  const select = (drawn: typeof spans) => {
    spans = drawn;
    if (!drawn) return selection.set(view, null);
    selection.set(view, (row) => {
      const at = place(row);
      if (!at) return false;
      const [px, py] = [x.apply(at.x), y ? y.apply(at.y) : drawn.y[0]];
      return px >= drawn.x[0] && px <= drawn.x[1] && py >= drawn.y[0] && py <= drawn.y[1];
    });
  };
  brush.on("start brush end", ({selection: drawn, sourceEvent}) => {
    if (!sourceEvent) return;
    if (!drawn) return select(null);
    const [[left, top], [right, bottom]] = (
      y
        ? drawn
        : [
            [drawn[0], 0],
            [drawn[1], height]
          ]
    ) as [Span, Span];
    select({x: [left, right], y: [top, bottom]});
  });
  const layer = d3
    .select(svg)
    .append("g")
    .attr("class", "glue-brush")
    .attr("tabindex", 0)
    .attr("role", "group")
    .attr(
      "aria-label",
      "select rows by their place: arrow keys move the selection, with Shift its far edge, Escape ends it"
    );
  layer.call(brush as unknown as (g: typeof layer) => void);
  layer.on("keydown", (event: KeyboardEvent) => {
    const {key, shiftKey} = event;
    if (key === "Escape" && spans) {
      brush.clear(layer as never);
      return select(null);
    }
    const isAcross = key === "ArrowLeft" || key === "ArrowRight";
    const isUpright = key === "ArrowUp" || key === "ArrowDown";
    if (!isAcross && !(isUpright && y)) return;
    event.preventDefault();
    const by = keyStep * (key === "ArrowRight" || key === "ArrowDown" ? 1 : -1);
    const now = spans ?? {
      x: [width / 3, (2 * width) / 3],
      y: y ? [height / 3, (2 * height) / 3] : [0, height]
    };
    const next = !spans
      ? now
      : isAcross
        ? {...now, x: movedSpan(now.x, by * width, width, shiftKey)}
        : {...now, y: movedSpan(now.y, by * height, height, shiftKey)};
    brush.move(
      layer as never,
      y
        ? [
            [next.x[0], next.y[0]],
            [next.x[1], next.y[1]]
          ]
        : next.x
    );
    select(next);
  });
  selection.subscribe(() => {
    if (selection.isActive) return;
    spans = null;
    brush.clear(layer as never);
  }, signal);
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
  {view, signal}: BrushOptions
): void {
  selection.subscribe(() => {
    const mask = selection.mask(view);
    for (const {node, row} of marks)
      if (mask[row]) node.removeAttribute("opacity");
      else node.setAttribute("opacity", String(unselectedOpacity));
  }, signal);
}
