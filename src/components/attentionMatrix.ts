import * as d3 from "d3";
import {rankInRow} from "./attentionRows.js";
import {element, emit, liveRegion, onSchemeChange, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatProbability, formatSigned} from "./formats.js";
import {layered} from "./layers.js";
import {speakCell} from "./legends.js";
import {drawCells, drawLabels, paintCells} from "./matrixCells.js";
import type {CellScale, MatrixPlace} from "./matrixCells.js";
import {ink} from "./scales.js";
import type {Lift} from "./scales.js";
import {pieceName, splitPiece, textWidth} from "./text.js";

export {attentionRows, rankInRow} from "./attentionRows.js";

/** The cell in focus; null where none is. `from` is the row that looks, `to` the column looked at. */
export interface CellValue {
  from: number | null;
  to: number | null;
  locked: boolean;
}

/** Options of {@link attentionMatrix}; `update` takes any of them again. */
export interface AttentionMatrixOptions {
  /** Row tokens. */
  tokens: readonly string[];
  /** Column tokens; default the row tokens. */
  columns?: readonly string[];
  /** Greatest width in pixels, default 520; the matrix is smaller for few tokens. */
  width?: number;
  /** Colour scale over [0, 1], default "sqrt", which shows weights below 0.1 apart. */
  lift?: Lift;
  /** CSS colour of the frame, for example the head's hue. */
  color?: string;
  /** What the matrix is, for a screen reader; default "attention". */
  title?: string;
  /** Cells above which pixels replace SVG, default 1600. */
  maxCells?: number;
  /**
   * For differences: the magnitude that gets the full colour of the diverging scale, on either side
   * of 0. Default null: the cells are weights.
   */
  extent?: number | null;
}

/** A matrix that can be given another head. */
export type AttentionMatrix = View<CellValue> & {
  update(change: Partial<AttentionMatrixOptions> & {probs?: ArrayLike<number>}): void;
  /** Marks a row, a column or both as another view's focus, without a word to the page. */
  light(from: number | null, to: number | null): void;
};

/**
 * One head's attention as a matrix: rows look, columns are looked at. Pointer or arrow keys light a
 * row and a column and say the weight and its rank; click or Enter locks, Escape lets go. Hidden
 * cells (NaN) are grey. `[` `]` and `{` `}` ask for another head or depth by an `obs-step` event
 * with `detail` {head} or {layer} of ±1.
 *
 * @param probs weights [tokens, columns] row by row, each in [0, 1] or NaN
 */
export function attentionMatrix(
  probs: ArrayLike<number>,
  options: AttentionMatrixOptions
): AttentionMatrix {
  const settings = {
    width: 520,
    lift: "sqrt" as Lift,
    color: ink.muted as string,
    title: "attention",
    maxCells: 1600,
    extent: null as number | null,
    ...options
  };
  let hovered: [number, number] | null = null;
  let locked: [number, number] | null = null;
  let lit: [number | null, number | null] | null = null;
  let size = 1;
  let left = 0;
  let top = 0;
  let painting = 0;

  const svg = d3
    .create("svg")
    .attr("role", "application")
    .attr("aria-roledescription", "matrix")
    .attr("tabindex", 0);
  const cells = svg.append("g");
  const labels = svg.append("g");
  const marks = svg.append("g").attr("pointer-events", "none");
  const layers = layered(svg.node()!);
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element("div", {class: "obs-view obs-matrix"}, layers.node, readout, live),
    {
      from: null,
      to: null,
      locked: false
    } as CellValue
  );

  const columns = () => settings.columns ?? settings.tokens;

  function draw(): void {
    const {tokens, width, maxCells} = settings;
    const across = columns();
    const rows = tokens.length;
    const n = across.length;
    const longest = (list: readonly string[], most: number) =>
      Math.min(most, Math.max(5, ...list.map((t) => textWidth(splitPiece(t).letters)))) * 11 + 14;
    left = longest(tokens, width < 420 ? 6 : 9);
    top = longest(across, 8) + 12;
    size = Math.min(34, Math.max(1, width - left - 2) / Math.max(1, n)); // width is 0 before layout
    const w = left + n * size + 2;
    const h = top + rows * size + 2;
    svg.attr("viewBox", `0 0 ${w} ${h}`).attr("width", w).attr("height", h);
    svg.attr(
      "aria-label",
      `${settings.title}: ${rows} rows that look by ${n} columns looked at. Arrow keys move, Enter locks, Escape clears.`
    );
    cells.selectAll("*").remove();
    const pixels = rows * n > maxCells;
    layers.canvas.hidden = !pixels;
    layers.place({x: left, y: top, width: n * size, height: rows * size}, w, h);
    const run = ++painting;
    // After what else is drawn: a text long enough for pixels fills a frame without them.
    if (pixels) setTimeout(() => run === painting && paint());
    else drawCells(cells, probs, place(), scale());
    labels.selectAll("*").remove();
    drawLabels(labels, tokens, "row", place());
    drawLabels(labels, across, "column", place());
    labels
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", left - 8)
      .attr("y", top - 4)
      .attr("text-anchor", "end")
      .text("from ↓ to →");
    labels
      .append("rect")
      .attr("class", "obs-hit")
      .attr("x", left)
      .attr("y", top)
      .attr("width", n * size)
      .attr("height", rows * size)
      .attr("fill", "transparent")
      .attr("stroke", settings.color);
    if (locked && (locked[0] >= rows || locked[1] >= n)) locked = null;
    hovered = null;
    lit = null;
    mark();
  }

  function paint(): void {
    paintCells(layers.canvas, probs, place(), scale());
  }

  function scale(): CellScale {
    return settings.extent === null ? settings.lift : {extent: settings.extent};
  }

  function place(): MatrixPlace {
    return {left, top, size, rows: settings.tokens.length, columns: columns().length};
  }

  function mark(): void {
    const focus = hovered ?? lit ?? locked;
    marks.selectAll("*").remove();
    labels
      .selectAll<SVGTextElement, {i: number}>(".obs-row, .obs-column")
      .attr("font-weight", function (d) {
        const isLit = focus?.[this.classList.contains("obs-row") ? 0 : 1] === d.i;
        return isLit ? 700 : null;
      });
    const n = columns().length;
    const outline = (x: number, y: number, width: number, height: number, weight: number) =>
      marks
        .append("rect")
        .attr("x", x)
        .attr("y", y)
        .attr("width", width)
        .attr("height", height)
        .attr("fill", "none")
        .attr("stroke", ink.positive)
        .attr("stroke-width", weight);
    const pad = Math.max(0, (6 - size) / 2);
    const [from, to] = focus ?? [null, null];
    const y = top + (from ?? 0) * size;
    const x = left + (to ?? 0) * size;
    if (from !== null) outline(left, y - pad, n * size, size + 2 * pad, 1);
    if (to !== null) outline(x - pad, top, size + 2 * pad, settings.tokens.length * size, 1);
    if (from === null || to === null) {
      readout.className = "obs-readout obs-hint obs-how";
      readout.textContent = "Hover or use the arrow keys to read a weight, click to lock.";
      return;
    }
    outline(x - pad, y - pad, size + 2 * pad, size + 2 * pad, locked ? 3 : 2);
    const weight = probs[from * n + to]!;
    const {rank, of} = rankInRow(probs, n, from, to);
    const said =
      settings.extent === null
        ? `${formatProbability(weight)}, rank ${rank} of ${of}`
        : formatSigned(weight);
    readout.className = "obs-readout";
    readout.textContent = Number.isNaN(weight)
      ? `${pieceName(settings.tokens[from]!)} → ${pieceName(columns()[to]!)}: hidden`
      : `${pieceName(settings.tokens[from]!)} (${from}) → ${pieceName(columns()[to]!)} (${to}): ${said}${locked === focus ? " · locked" : ""}`;
  }

  function focusCell(cell: [number, number] | null, lock: boolean, spoken: boolean): void {
    if (lock) locked = cell;
    hovered = lock ? null : cell;
    lit = null;
    mark();
    const focus = hovered ?? locked;
    if (spoken) live.textContent = focus ? speak(focus) : "nothing locked";
    const value = {from: focus?.[0] ?? null, to: focus?.[1] ?? null, locked: locked !== null};
    const old = node.value;
    if (old.from !== value.from || old.to !== value.to || old.locked !== value.locked)
      emit(node, value);
  }

  function speak([from, to]: [number, number]): string {
    const n = columns().length;
    const {rank, of} = rankInRow(probs, n, from, to);
    const name = (list: readonly string[], i: number) => pieceName(list[i]!);
    const value = probs[from * n + to]!;
    if (settings.extent !== null && !Number.isNaN(value))
      return `row: ${name(settings.tokens, from)} → column: ${name(columns(), to)}, ${formatSigned(value)}`;
    return speakCell(name(settings.tokens, from), name(columns(), to), value, rank, of);
  }

  function cellAt(event: Event): [number, number] | null {
    const [x, y] = d3.pointer(event, svg.node()!);
    const from = Math.floor((y - top) / size);
    const to = Math.floor((x - left) / size);
    const inside = from >= 0 && to >= 0 && from < settings.tokens.length && to < columns().length;
    return inside ? [from, to] : null;
  }

  svg
    .on("pointermove", (event: PointerEvent) => focusCell(cellAt(event), false, false))
    .on("pointerleave", () => focusCell(null, false, false))
    .on("click", (event: MouseEvent) => {
      const cell = cellAt(event);
      const again = cell && locked && cell[0] === locked[0] && cell[1] === locked[1];
      focusCell(again ? null : cell, true, true);
    })
    .on("keydown", (event: KeyboardEvent) => {
      const [from, to] = hovered ?? locked ?? [0, 0];
      const fresh = !hovered && !locked;
      const last = [settings.tokens.length - 1, columns().length - 1] as const;
      const moves: Record<string, [number, number]> = {
        ArrowUp: [Math.max(0, from - 1), to],
        ArrowDown: [Math.min(last[0], from + 1), to],
        ArrowLeft: [from, Math.max(0, to - 1)],
        ArrowRight: [from, Math.min(last[1], to + 1)],
        Home: [from, 0],
        End: [from, last[1]]
      };
      const steps: Record<string, {head?: number; layer?: number}> = {
        "[": {head: -1},
        "]": {head: 1},
        "{": {layer: -1},
        "}": {layer: 1}
      };
      const move = moves[event.key];
      const step = steps[event.key];
      if (move) focusCell(fresh ? [0, 0] : move, false, true);
      else if (event.key === "Enter") focusCell([from, to], true, true);
      else if (event.key === "Escape") focusCell(null, true, true);
      else if (step) node.dispatchEvent(new CustomEvent("obs-step", {detail: step, bubbles: true}));
      else return;
      event.preventDefault();
    });

  draw();
  onSchemeChange(node, () => {
    if (!layers.canvas.hidden) paint();
  });
  return Object.assign(node, {
    update({
      probs: next,
      ...change
    }: Partial<AttentionMatrixOptions> & {probs?: ArrayLike<number>}) {
      if (next) probs = next;
      // A locked cell is a cell of these tokens.
      const names = () => [settings.tokens, columns()].flat().join();
      const before = names();
      Object.assign(settings, change);
      if (names() !== before) locked = null;
      draw();
      const isLocked = locked !== null;
      node.value = {from: locked?.[0] ?? null, to: locked?.[1] ?? null, locked: isLocked};
    },
    light(from: number | null, to: number | null) {
      lit = from === null && to === null ? null : [from, to];
      mark();
    }
  });
}
