import * as d3 from "d3";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {ink} from "./scales.js";
import {clip, textWidth} from "./text.js";

/** The cell in focus; null where none is. */
export interface GridValue {
  row: number | null;
  column: number | null;
  locked: boolean;
}

/** What a cell looks like and says. */
export interface GridCell {
  /** CSS colour behind the words. */
  color: string;
  /** CSS colour of the words; default the page's ink. */
  ink?: string;
  /** Words in the cell, cut to its width. */
  text?: string;
  /** Whether the words are bold. */
  isStrong?: boolean;
  /** The cell in a sentence, for the line below and for a screen reader. */
  speech: string;
}

/** Options of {@link cellGrid}. */
export interface CellGridOptions {
  /** Names of the rows, from the top. */
  rows: readonly string[];
  /** Names of the columns, from the left. */
  columns: readonly string[];
  /** What the rows and the columns are, for the corner: "piece ↓ depth →". */
  corner?: string;
  /** What the grid is, for a screen reader. */
  label: string;
  /** Width in pixels that the grid may take, default 640; cells are no narrower than `minCell`. */
  width?: number;
  /** Narrowest and widest cell, default 30 and 92. */
  minCell?: number;
  maxCell?: number;
  /** What the line below says while no cell is in focus. */
  hint?: string;
}

const height = 24;
const font = 11;

/** A name in one line, or in two where it is too long for one and has a space. */
function inLines(name: string, ems: number): string[] {
  if (textWidth(name) <= ems || !name.includes(" ")) return [clip(name, ems)];
  const words = name.split(" ");
  const lines = words.slice(1).map((_, i) => {
    const at = i + 1;
    return [words.slice(0, at).join(" "), words.slice(at).join(" ")] as const;
  });
  const longer = ([a, b]: readonly [string, string]) => Math.max(textWidth(a), textWidth(b));
  const best = lines.reduce((a, b) => (longer(b) < longer(a) ? b : a));
  return best.map((line) => clip(line, ems));
}

/**
 * A grid of named rows and columns with a word in each cell. Pointer or arrow keys light a cell and
 * say it; click or Enter locks it, Escape lets go. A grid that is wider than its place scrolls.
 *
 * @param cell what stands at a row and a column
 */
export function cellGrid(
  cell: (row: number, column: number) => GridCell,
  {
    rows,
    columns,
    corner = "",
    label,
    width = 640,
    minCell = 30,
    maxCell = 92,
    hint = "Hover or use the arrow keys to read a cell, click to lock."
  }: CellGridOptions
): View<GridValue> {
  let hovered: [number, number] | null = null;
  let locked: [number, number] | null = null;
  const longest = Math.max(3, textWidth(corner), ...rows.map((name) => textWidth(name)));
  const left = Math.min(width * 0.4, longest * font * 1.05 + 10);
  // a heading is cut off only where a cell would grow too wide for its longest word
  const word = Math.max(0, ...columns.flatMap((name) => name.split(" ")).map(textWidth));
  const even = (width - left - 2) / columns.length;
  const size = Math.max(minCell, Math.min(maxCell, Math.max(even, word * font + 7)));
  const headings = columns.map((name) => inLines(name, (size - 6) / font));
  const top = 10 + 14 * Math.max(1, ...headings.map((lines) => lines.length));
  const w = left + columns.length * size + 2;
  const h = top + rows.length * height + 2;

  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${w} ${h}`)
    .attr("width", w)
    .attr("height", h)
    .style("min-width", `${w}px`)
    .attr("role", "application")
    .attr("aria-roledescription", "grid")
    .attr("tabindex", 0)
    .attr(
      "aria-label",
      `${label}: ${rows.length} rows by ${columns.length} columns. Arrow keys move, Enter locks, Escape clears.`
    );
  const text = (words: string, x: number, y: number, anchor: string, kind: string) =>
    svg
      .append("text")
      .attr("class", kind)
      .attr("x", x)
      .attr("y", y)
      .attr("text-anchor", anchor)
      .attr("font-size", font)
      .text(words);
  text(clip(corner, left / font), 0, top - 10, "start", "obs-tick");
  const columnNames = headings.map((lines, j) => {
    const x = left + (j + 0.5) * size;
    const [above, line] = lines.length > 1 ? [`${lines[0]!} `, lines[1]!] : [null, lines[0]!];
    const heading = text(above ?? line, x, top - (above ? 24 : 10), "middle", "obs-column");
    if (above) heading.append("tspan").attr("x", x).attr("dy", 14).text(line);
    return heading;
  });
  const rowNames = rows.map((name, i) =>
    text(clip(name, (left - 8) / font), left - 6, top + (i + 0.5) * height + 4, "end", "obs-row")
  );
  for (let i = 0; i < rows.length; ++i)
    for (let j = 0; j < columns.length; ++j) {
      const {color, ink: letters = ink.text, text: words, isStrong} = cell(i, j);
      svg
        .append("rect")
        .attr("class", "obs-cell")
        .attr("x", left + j * size + 0.5)
        .attr("y", top + i * height + 0.5)
        .attr("width", size - 1)
        .attr("height", height - 1)
        .attr("fill", color)
        .attr("stroke", ink.grid);
      if (words)
        text(
          clip(words, (size - 4) / font),
          left + (j + 0.5) * size,
          top + (i + 0.5) * height + 4,
          "middle",
          "obs-cell-text"
        )
          .attr("font-weight", isStrong ? 700 : null)
          .style("fill", letters);
    }
  const outline = svg
    .append("rect")
    .attr("fill", "none")
    .attr("stroke", ink.positive)
    .attr("pointer-events", "none");
  const scroller = element("div", {class: "obs-scroll"}, svg.node());
  const isWide = w > width + 1;
  const wide =
    isWide && element("p", {class: "obs-muted obs-how"}, "More columns to the right: scroll.");
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element("div", {class: "obs-view obs-cell-grid"}, wide, scroller, readout, live),
    {row: null, column: null, locked: false} as GridValue
  );

  function mark(): void {
    const focus = hovered ?? locked;
    rowNames.forEach((name, i) => name.attr("font-weight", focus?.[0] === i ? 700 : null));
    columnNames.forEach((name, j) => name.attr("font-weight", focus?.[1] === j ? 700 : null));
    outline.attr("visibility", focus ? "visible" : "hidden");
    for (const name of ["obs-hint", "obs-how"]) readout.classList.toggle(name, !focus);
    if (!focus) return void (readout.textContent = hint);
    outline
      .attr("x", left + focus[1] * size)
      .attr("y", top + focus[0] * height)
      .attr("width", size)
      .attr("height", height)
      .attr("stroke-width", locked ? 3 : 2);
    readout.textContent = `${cell(...focus).speech}${locked === focus ? " · locked" : ""}`;
  }

  function take(place: [number, number] | null, lock: boolean, spoken: boolean): void {
    if (lock) locked = place;
    hovered = lock ? null : place;
    mark();
    const focus = hovered ?? locked;
    if (spoken) {
      live.textContent = focus ? cell(...focus).speech : "nothing locked";
      if (focus) show(left + focus[1] * size);
    }
    const value = {row: focus?.[0] ?? null, column: focus?.[1] ?? null, locked: locked !== null};
    const old = node.value;
    if (old.row !== value.row || old.column !== value.column || old.locked !== value.locked)
      emit(node, value);
  }

  /** Scrolls sideways until the cell that begins at x is in sight. */
  function show(x: number): void {
    const {scrollLeft, clientWidth} = scroller;
    if (x < scrollLeft || x + size > scrollLeft + clientWidth) scroller.scrollLeft = x - left;
  }

  function placeOf(event: Event): [number, number] | null {
    const [x, y] = d3.pointer(event, svg.node()!);
    const i = Math.floor((y - top) / height);
    const j = Math.floor((x - left) / size);
    return i >= 0 && j >= 0 && i < rows.length && j < columns.length ? [i, j] : null;
  }

  svg
    .on("pointermove", (event: PointerEvent) => take(placeOf(event), false, false))
    .on("pointerleave", () => take(null, false, false))
    .on("click", (event: MouseEvent) => {
      const place = placeOf(event);
      const again = place && locked && place[0] === locked[0] && place[1] === locked[1];
      take(again ? null : place, true, true);
    })
    .on("keydown", (event: KeyboardEvent) => {
      const [i, j] = hovered ?? locked ?? [0, 0];
      const isFresh = !hovered && !locked;
      const last = [rows.length - 1, columns.length - 1] as const;
      const moves: Record<string, [number, number]> = {
        ArrowUp: [Math.max(0, i - 1), j],
        ArrowDown: [Math.min(last[0], i + 1), j],
        ArrowLeft: [i, Math.max(0, j - 1)],
        ArrowRight: [i, Math.min(last[1], j + 1)],
        Home: [i, 0],
        End: [i, last[1]]
      };
      const move = moves[event.key];
      if (move) take(isFresh ? [0, 0] : move, false, true);
      else if (event.key === "Enter") take([i, j], true, true);
      else if (event.key === "Escape") take(null, true, true);
      else return;
      event.preventDefault();
    });
  mark();
  return node;
}
