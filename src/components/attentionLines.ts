import * as d3 from "d3";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatProbability} from "./formats.js";
import {headButtons} from "./headButtons.js";
import {headColor, ink, lifted} from "./scales.js";
import type {Lift} from "./scales.js";
import {mostLines, strongestLines, strongestWeights} from "./strongestLines.js";
import {clip, pieceName} from "./text.js";

/** The token in focus on its side, and the heads that are drawn. */
export interface LinesValue {
  side: "from" | "to" | null;
  index: number | null;
  locked: boolean;
  /** Heads in sight, ascending; never empty. */
  heads: number[];
}

/** Options of {@link attentionLines}; `update` takes any of them again. */
export interface AttentionLinesOptions {
  /** Tokens that look (left). */
  tokens: readonly string[];
  /** Tokens looked at (right); default the left ones. */
  columns?: readonly string[];
  /** Heads drawn at first; default all. */
  heads?: readonly number[];
  /** Width in pixels, default 420. */
  width?: number;
  /** How a weight becomes opacity, default "sqrt". */
  lift?: Lift;
}

/** A head view that can be given another depth. */
export type AttentionLines = View<LinesValue> & {
  update(change: Partial<AttentionLinesOptions> & {probs?: readonly ArrayLike<number>[]}): void;
  /** Shows the lines of one token as another view's focus, without a word to the page. */
  light(side: "from" | "to", index: number | null): void;
};

const rowHeight = 22;

/** Names on both sides together that are drawn at once; more wait for their turn. */
const mostAtOnce = 200;

/**
 * The head view: tokens that look on the left, tokens looked at on the right, lines in each head's
 * hue, the darker the greater the weight. At rest each token shows its strongest line in each head;
 * hover a token, or move with the arrow keys, to see all of its lines; click or Enter locks, Escape
 * lets go. Buttons above choose the heads.
 *
 * @param probs weights [tokens, columns] row by row, for each head of one depth
 */
export function attentionLines(
  probs: readonly ArrayLike<number>[],
  options: AttentionLinesOptions
): AttentionLines {
  const settings = {width: 420, lift: "sqrt" as Lift, ...options};
  type Focus = {side: "from" | "to"; index: number};
  let hovered: Focus | null = null;
  let locked: Focus | null = null;
  let lit: Focus | null = null;
  let drawing = 0;

  const svg = d3
    .create("svg")
    .attr("role", "application")
    .attr("aria-roledescription", "head view")
    .attr("tabindex", 0);
  const lines = svg.append("g").attr("pointer-events", "none");
  const labels = svg.append("g");
  const buttons = headButtons(probs.length, options.heads);
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const tall = element("div", {class: "obs-tall"}, svg.node());
  const node = withValue(
    element("div", {class: "obs-view obs-lines"}, buttons, tall, readout, live),
    {side: null, index: null, locked: false, heads: buttons.value} as LinesValue
  );
  const columns = () => settings.columns ?? settings.tokens;
  const labelWidth = () => Math.min(settings.width * 0.36, 130);

  let litEnd: Element | null = null;

  function draw(): void {
    const {tokens, width} = settings;
    const height = 18 + Math.max(tokens.length, columns().length) * rowHeight;
    // Out of sight it is not laid out, and takes as much room all the same.
    tall.style.containIntrinsicHeight = `${height}px`;
    svg
      .attr("viewBox", `0 0 ${width} ${height}`)
      .attr("width", width)
      .attr("height", height)
      .attr(
        "aria-label",
        `attention from ${tokens.length} tokens to ${columns().length}. Arrow keys move over the tokens, Enter locks, Escape clears.`
      );
    if (locked && locked.index >= (locked.side === "from" ? tokens : columns()).length)
      locked = null;
    lit = null;
    const run = ++drawing;
    const rest = () => {
      if (run !== drawing) return;
      column(tokens, "from");
      column(columns(), "to");
      show();
    };
    // A long text fills a frame without them.
    if (tokens.length + columns().length > mostAtOnce) setTimeout(rest);
    else rest();
  }

  /** One side's names; those that are there are used again, since a long text has a thousand. */
  function column(tokens: readonly string[], side: "from" | "to"): void {
    const {width} = settings;
    const left = side === "from";
    const edge = left ? labelWidth() : width - labelWidth();
    const anchor = left ? "end" : "start";
    const group = labels
      .selectAll<SVGGElement, string>(`.obs-side-${side}`)
      .data([side])
      .join((enter) => {
        const made = enter.append("g").attr("class", `obs-side-${side}`);
        made
          .append("text")
          .attr("class", "obs-tick")
          .attr("y", 10)
          .attr("text-anchor", anchor)
          .text(side);
        return made;
      });
    const start = left ? edge - 8 : edge + 8;
    group.select(".obs-tick").attr("x", start);
    const rows = group
      .selectAll<SVGGElement, string>(".obs-end")
      .data(tokens)
      .join((enter) => {
        const made = enter
          .append("g")
          .attr("class", "obs-end")
          .attr("transform", (_, i) => `translate(0,${18 + i * rowHeight})`);
        made
          .append("rect")
          .attr("height", rowHeight - 1)
          .attr("rx", 3)
          .attr("fill", "transparent");
        made
          .append("text")
          .attr("y", rowHeight / 2)
          .attr("dy", "0.33em")
          .attr("text-anchor", anchor)
          .style("fill", ink.text);
        return made;
      });
    const letters = (labelWidth() - 10) / 12;
    const place = {x: String(left ? 0 : edge), width: String(labelWidth())};
    rows.each(function (token) {
      const [box, name] = [this.firstElementChild!, this.lastElementChild!];
      const shown = clip(pieceName(token), letters);
      if (name.textContent !== shown) name.textContent = shown;
      // a wider view moves the right side, though its boxes are as wide as before
      if (box.getAttribute("width") === place.width && box.getAttribute("x") === place.x) return;
      box.setAttribute("x", place.x);
      box.setAttribute("width", place.width);
      name.setAttribute("x", String(start));
    });
  }

  /** The end that an event is on. */
  function endAt({target}: Event): Focus | null {
    const end = (target as Element).closest(".obs-end");
    if (!end) return null;
    const group = end.parentElement!;
    const index = Array.prototype.indexOf.call(group.children, end) - 1;
    const side = group.classList.contains("obs-side-from") ? "from" : "to";
    // One of a longer text, which is about to go.
    if (index >= (side === "from" ? settings.tokens : columns()).length) return null;
    return {side, index};
  }

  function show(): void {
    const {width} = settings;
    const at = hovered ?? lit ?? locked;
    const heads = buttons.value;
    const drawn = strongestLines(
      probs,
      columns().length,
      heads,
      at?.side ?? null,
      at?.index ?? null
    );
    const y = (index: number) => 18 + (index + 0.5) * rowHeight;
    lines
      .selectAll("line")
      .data(drawn)
      .join("line")
      .attr("x1", labelWidth())
      .attr("x2", width - labelWidth())
      .attr("y1", (d) => y(d.from))
      .attr("y2", (d) => y(d.to))
      .attr("stroke", (d) => headColor(d.head, probs.length))
      .attr("stroke-width", 2.5)
      .attr("stroke-opacity", (d) => lifted(d.weight, settings.lift).toFixed(3));
    // Of a thousand ends two change: the one that was lit and the one that is.
    const end = at && labels.select(`.obs-side-${at.side}`).selectAll(".obs-end").nodes()[at.index];
    litEnd?.classList.remove("obs-lit");
    litEnd = (end as Element | undefined) ?? null;
    litEnd?.classList.add("obs-lit");
    readout.className = at ? "obs-readout" : "obs-readout obs-hint";
    if (at) return void (readout.textContent = strongestWords(at, heads));
    readout.replaceChildren(
      "Each token's strongest line in each head. ",
      element(
        "span",
        {class: "obs-how"},
        "Hover a token or use the arrow keys to see all of its lines, click to lock. "
      ),
      drawn.length === mostLines
        ? `The ${mostLines.toLocaleString("en")} strongest lines are drawn.`
        : ""
    );
  }

  function strongestWords(at: Focus, heads: readonly number[]): string {
    const [here, there] =
      at.side === "from" ? [settings.tokens, columns()] : [columns(), settings.tokens];
    const best = strongestWeights(probs, columns().length, heads, at.side, at.index).slice(0, 3);
    const list = best.map((b) => `${pieceName(there[b.index]!)} ${formatProbability(b.weight)}`);
    const who = heads.length > 1 ? `mean of ${heads.length} heads` : `head ${heads[0]! + 1}`;
    return `${at.side} ${pieceName(here[at.index]!)}: ${list.join(", ")} (${who})`;
  }

  function focus(next: Focus | null, lock: boolean, spoken: boolean): void {
    if (lock) locked = next;
    hovered = lock ? null : next;
    lit = null;
    show();
    if (spoken) live.textContent = readout.textContent;
    tell();
  }

  function tell(): void {
    const at = hovered ?? locked;
    const value = {
      side: at?.side ?? null,
      index: at?.index ?? null,
      locked: locked !== null,
      heads: buttons.value
    };
    if (JSON.stringify(value) !== JSON.stringify(node.value)) emit(node, value);
  }

  svg.on("pointerover", (event: PointerEvent) => {
    const end = endAt(event);
    if (end?.side !== hovered?.side || end?.index !== hovered?.index) focus(end, false, false);
  });
  svg.on("pointerleave", () => focus(null, false, false));
  svg.on("click", (event: MouseEvent) => {
    const end = endAt(event);
    if (!end) return;
    const isAgain = locked?.side === end.side && locked.index === end.index;
    focus(isAgain ? null : end, true, true);
  });
  svg.on("keydown", (event: KeyboardEvent) => {
    const at = hovered ?? locked ?? {side: "from" as const, index: -1};
    const length = (side: "from" | "to") => (side === "from" ? settings.tokens : columns()).length;
    const go = (side: "from" | "to", index: number) =>
      focus({side, index: Math.min(length(side) - 1, Math.max(0, index))}, false, true);
    if (event.key === "ArrowDown") go(at.side, at.index + 1);
    else if (event.key === "ArrowUp") go(at.side, at.index - 1);
    else if (event.key === "ArrowLeft") go("from", at.index);
    else if (event.key === "ArrowRight") go("to", at.index);
    else if (event.key === "Enter" && at.index >= 0) focus(at, true, true);
    else if (event.key === "Escape") focus(null, true, true);
    else return;
    event.preventDefault();
  });

  buttons.addEventListener("input", (event) => {
    event.stopPropagation();
    show();
    tell();
  });

  draw();
  return Object.assign(node, {
    update({
      probs: next,
      heads,
      ...change
    }: Partial<AttentionLinesOptions> & {probs?: readonly ArrayLike<number>[]}) {
      if (next) probs = next;
      buttons.update(probs.length, heads);
      Object.assign(settings, change);
      draw();
    },
    light(side: "from" | "to", index: number | null) {
      lit = index === null ? null : {side, index};
      show();
    }
  });
}
