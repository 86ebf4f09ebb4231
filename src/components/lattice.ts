import * as d3 from "d3";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {latticeBands} from "./latticeBands.js";
import {latticePaths, packLanes} from "./latticePaths.js";
import type {LatticeEdge} from "../lib/engine/tokenizerCalls.js";
import type {LatticeData} from "./latticePaths.js";
import {ink} from "./scales.js";
import {clip, pieceName, splitPiece} from "./text.js";

export {latticePaths} from "./latticePaths.js";
export type {LatticeData} from "./latticePaths.js";

/** The candidate in focus: its index in `edges`, or null. */
export interface EdgeValue {
  edge: number | null;
  locked: boolean;
}

/** Options of {@link lattice}. */
export interface LatticeOptions {
  /** Pixels for each character, default 38: a score fits over one. */
  step?: number;
}

let made = 0;

/** Pixels between the margins of A4. */
const paper = 672;

const height = 32;
const top = 40;
const left = 10;
const decimals = (x: number) => x.toFixed(2).replace("-", "−");

/**
 * The unigram lattice of a text: every candidate piece spans its characters, its log probability
 * in it; the path with the greatest sum fills the first lane. Pointer or arrow keys take a candidate and show
 * the best path through it and what it loses; click or Enter locks, Escape lets go. Long texts
 * scroll sideways; on paper they stand in bands, one below the other.
 */
export function lattice(data: LatticeData, {step = 38}: LatticeOptions = {}): View<EdgeValue> {
  const {edges, nodes} = data;
  const characters = Array.from(data.text);
  const paths = latticePaths(data);
  const {lanes, count} = packLanes(edges);
  const order = edges.map((_, i) => i);
  order.sort((a, b) => edges[a]!.start - edges[b]!.start || edges[a]!.end - edges[b]!.end);
  let hovered: number | null = null;
  let locked: number | null = null;
  const width = left * 2 + (nodes - 1) * step;
  const total = top + count * (height + 6) + 4;
  const x = (position: number) => left + position * step;
  const y = (edge: number) => top + lanes[edge]! * (height + 6) + (lanes[edge]! > 0 ? 4 : 0);

  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${total}`)
    .attr("width", width)
    .attr("height", total)
    .attr("role", "application")
    .attr("aria-roledescription", "lattice")
    .attr("tabindex", 0)
    .attr(
      "aria-label",
      `${edges.length} candidate pieces over ${characters.length} characters. Best: ${spell(bestPath())}, log probability ${decimals(paths.best)}. Arrow keys move over the candidates.`
    );
  const name = `lattice-${++made}`;
  const frame = svg.append("g").attr("id", `${name}-frame`).attr("class", "obs-frame");
  frame
    .append("g")
    .selectAll("line")
    .data(d3.range(nodes))
    .join("line")
    .attr("x1", x)
    .attr("x2", x)
    .attr("y1", top - 10)
    .attr("y2", total)
    .attr("stroke", ink.grid);
  frame
    .append("g")
    .selectAll("text")
    .data(characters)
    .join("text")
    .attr("class", "obs-character")
    .attr("x", (_, i) => x(i + 0.5))
    .attr("y", 16)
    .attr("text-anchor", "middle")
    .attr("font-size", 16)
    .text((c) => (c === " " ? "\u2423" : c));
  frame
    .append("g")
    .selectAll("text")
    .data(d3.range(0, nodes, 5))
    .join("text")
    .attr("class", "obs-tick")
    .attr("x", x)
    .attr("y", 29)
    .attr("text-anchor", "middle")
    .text((i) => i);
  const boxes = svg
    .append("g")
    .attr("id", `${name}-boxes`)
    .selectAll<SVGGElement, LatticeEdge>("g")
    .data(edges)
    .join("g")
    .attr("class", (e) => (e.best ? "obs-edge obs-best" : "obs-edge"))
    .attr("transform", (e, i) => `translate(${x(e.start) + 1.5},${y(i)})`);
  boxes
    .append("rect")
    .attr("width", (e) => (e.end - e.start) * step - 3)
    .attr("height", height)
    .attr("rx", 4);
  boxes
    .append("text")
    .attr("x", (e) => ((e.end - e.start) * step - 3) / 2)
    .attr("y", 13)
    .attr("text-anchor", "middle")
    .text((e) =>
      clip(splitPiece(e.piece).letters || "\u2581", ((e.end - e.start) * step - 6) / 12)
    );
  boxes
    .append("text")
    .attr("class", "obs-tick")
    .attr("x", (e) => ((e.end - e.start) * step - 3) / 2)
    .attr("y", 26)
    .attr("text-anchor", "middle")
    .text((e) => e.score.toFixed(1).replace("-", "−"));

  const scroller = element("div", {class: "obs-scroll"}, svg.node());
  // the same drawing through windows that fit on paper, where nothing scrolls
  const bands = element("div", {class: "obs-on-paper"});
  for (const [start, end] of latticeBands(data, Math.floor((paper - 2 * left) / step))) {
    const across = x(end) - x(start);
    const band = d3
      .select(bands)
      .append("svg")
      .attr("viewBox", `${x(start) - left} 0 ${across + 2 * left} ${total}`)
      .attr("width", across + 2 * left)
      .attr("height", total)
      .attr("aria-hidden", "true");
    band.append("use").attr("href", `#${name}-frame`);
    band
      .append("svg")
      .attr("viewBox", `${x(start)} 0 ${across} ${total}`)
      .attr("x", x(start))
      .attr("width", across)
      .attr("height", total)
      .append("use")
      .attr("href", `#${name}-boxes`);
  }
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element("div", {class: "obs-view obs-lattice"}, scroller, bands, readout, live),
    {
      edge: null,
      locked: false
    } as EdgeValue
  );

  function bestPath(): number[] {
    const first = edges.findIndex((e) => e.best);
    return first < 0
      ? []
      : edges
          .map((_, i) => i)
          .filter((i) => edges[i]!.best)
          .sort((a, b) => edges[a]!.start - edges[b]!.start);
  }

  function spell(path: readonly number[]): string {
    return path.map((i) => edges[i]!.piece).join(" · ");
  }

  function words(focus: number | null): string {
    if (focus === null) {
      const other = paths.runnerUp;
      const second =
        other < 0
          ? "no other path"
          : `runner-up ${spell(paths.pathThrough(other))} (${decimals(paths.through[other]!)})`;
      return `best ${spell(bestPath())} (${decimals(paths.best)}) · ${second}`;
    }
    const edge = edges[focus]!;
    const lost = paths.best - paths.through[focus]!;
    const verdict = edge.best
      ? "on the best path"
      : Number.isFinite(lost)
        ? `best path through it ${spell(paths.pathThrough(focus))}, ${decimals(lost)} below the best`
        : "no whole path takes it";
    return `${edge.piece} · id ${edge.id} · log probability ${decimals(edge.score)} · ${verdict}`;
  }

  function mark(): void {
    const focus = hovered ?? locked;
    const path = new Set(focus === null ? [] : paths.pathThrough(focus));
    boxes.classed("obs-lit", (_, i) => i === focus).classed("obs-through", (_, i) => path.has(i));
    readout.textContent = words(focus);
  }

  function take(edge: number | null, lock: boolean, spoken: boolean): void {
    if (lock) locked = edge;
    hovered = lock ? null : edge;
    mark();
    const focus = hovered ?? locked;
    if (spoken) {
      live.textContent =
        focus === null ? "nothing locked" : `${pieceName(edges[focus]!.piece)}: ${words(focus)}`;
      const at = focus === null ? 0 : x(edges[focus]!.start);
      if (
        focus !== null &&
        (at < scroller.scrollLeft || at > scroller.scrollLeft + scroller.clientWidth - 80)
      )
        scroller.scrollLeft = at - 40;
    }
    if (node.value.edge !== focus || node.value.locked !== (locked !== null))
      emit(node, {edge: focus, locked: locked !== null});
  }

  boxes
    .on("pointerenter", (_, e) => take(edges.indexOf(e), false, false))
    .on("pointerleave", () => take(null, false, false))
    .on("click", (_, e) => {
      const i = edges.indexOf(e);
      take(locked === i ? null : i, true, true);
    });
  svg.on("keydown", (event: KeyboardEvent) => {
    if (edges.length === 0) return;
    const focus = hovered ?? locked;
    const at = focus === null ? -1 : order.indexOf(focus);
    const target = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: order.length - 1
    }[event.key];
    if (target != null) take(order[Math.min(order.length - 1, Math.max(0, target))]!, false, true);
    else if (event.key === "Enter" && focus !== null) take(focus, true, true);
    else if (event.key === "Escape") take(null, true, true);
    else return;
    event.preventDefault();
  });
  mark();
  return node;
}
