import * as d3 from "d3";
import {element, emit, liveRegion, onSchemeChange, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {layered} from "./layers.js";
import {paintHeads, paintScale} from "./paintHeads.js";
import {headColor, ink} from "./scales.js";
import type {Lift} from "./scales.js";

/** The head in focus, both from 0. */
export interface HeadValue {
  layer: number;
  head: number;
}

/** Options of {@link attentionGrid}; `update` takes any of them again. */
export interface AttentionGridOptions {
  /** Width in pixels, default 640. */
  width?: number;
  /** Head selected at first, default the first of the last layer. */
  selected?: HeadValue;
  /** Colour scale over [0, 1], default "sqrt". */
  lift?: Lift;
  /** Greatest side of a thumbnail in pixels, default 72. */
  thumb?: number;
  /** Columns of every matrix where it is not square; it then fills its square all the same. */
  columns?: number;
  /** More words for the head under the pointer, for example its entropy and rank. */
  describe?: (layer: number, head: number) => string;
  /** What the rows are, default "layer"; with shared weights "depth" says it better. */
  rowName?: string;
}

/** A grid that can be given the attention of another text or checkpoint. */
export type AttentionGrid = View<HeadValue> & {
  update(change: AttentionGridOptions & {probs?: readonly (readonly ArrayLike<number>[])[]}): void;
};

/**
 * A flat [layers, heads, n, n] array as views by layer and head; nothing is copied.
 */
export function splitHeads(flat: Float32Array, layers: number, heads: number): Float32Array[][] {
  const size = flat.length / (layers * heads);
  return d3.range(layers).map((layer) =>
    d3.range(heads).map((head) => {
      const start = (layer * heads + head) * size;
      return flat.subarray(start, start + size);
    })
  );
}

/**
 * Every head's attention as small multiples: layers down, heads across, one colour scale, each
 * head's hue around it. Click, arrow keys or `[` `]` `{` `}` select; `value` is {layer, head}.
 * Thumbnails are reduced by their greatest weight, so 512 tokens × 12 × 12 paint in well under a
 * second.
 *
 * @param probs weights [rows, columns] row by row, by layer and head
 */
export function attentionGrid(
  probs: readonly (readonly ArrayLike<number>[])[],
  options: AttentionGridOptions = {}
): AttentionGrid {
  const settings = {
    width: 640,
    lift: "sqrt" as Lift,
    thumb: 72,
    columns: 0,
    describe: (() => "") as (layer: number, head: number) => string,
    rowName: "layer",
    ...options
  };
  const first = settings.selected ?? {layer: probs.length - 1, head: 0};
  let hovered: HeadValue | null = null;
  let painting = 0;
  let size = 1;
  const left = 40;
  const top = 34;
  const gap = 4;

  const svg = d3
    .create("svg")
    .attr("role", "application")
    .attr("aria-roledescription", "grid of matrices")
    .attr("tabindex", 0);
  const frames = svg.append("g");
  const marks = svg.append("g").attr("pointer-events", "none");
  const layers = layered(svg.node()!);
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element("div", {class: "obs-view obs-grid"}, layers.node, readout, live),
    first
  );
  const heads = () => probs[0]?.length ?? 0;
  const corner = (layer: number, head: number) => ({
    x: left + head * (size + gap),
    y: top + layer * (size + gap)
  });

  function draw(): void {
    const {width, thumb, rowName} = settings;
    const [down, across] = [probs.length, heads()];
    // a width of 0 comes while the page is laid out
    size = Math.max(1, Math.min(thumb, (width - left - 2) / Math.max(1, across) - gap));
    const w = left + across * (size + gap);
    const h = top + down * (size + gap);
    svg.attr("viewBox", `0 0 ${w} ${h}`).attr("width", w).attr("height", h);
    svg.attr(
      "aria-label",
      `attention of ${down} ${rowName}s by ${across} heads. Arrow keys select a head.`
    );
    layers.place({x: left, y: top, width: w - left, height: h - top}, w, h);
    frames.selectAll("*").remove();
    const text = (x: number, y: number, label: string | number, anchor: string) =>
      frames
        .append("text")
        .attr("class", "obs-tick")
        .attr("x", x)
        .attr("y", y)
        .attr("text-anchor", anchor)
        .text(label);
    text(left, 11, "head →", "start");
    text(0, top - 7, `${rowName} ↓`, "start");
    const every = Math.ceil(14 / size);
    for (let head = 0; head < across; head += every)
      text(corner(0, head).x + size / 2, top - 7, head + 1, "middle").style(
        "fill",
        headColor(head, across)
      );
    for (let layer = 0; layer < down; ++layer)
      text(left - 8, corner(layer, 0).y + size / 2 + 4, layer + 1, "end");
    frames
      .selectAll("rect")
      .data(d3.cross(d3.range(down), d3.range(across)))
      .join("rect")
      .attr("x", ([layer, head]) => corner(layer, head).x)
      .attr("y", ([layer, head]) => corner(layer, head).y)
      .attr("width", size)
      .attr("height", size)
      .attr("fill", "transparent")
      .attr("stroke", ([, head]) => headColor(head, across));
    paint();
    mark();
  }

  function paint(atOnce = false): void {
    const {canvas} = layers;
    canvas.width = Math.round(heads() * (size + gap) * paintScale);
    canvas.height = Math.round(probs.length * (size + gap) * paintScale);
    const run = ++painting;
    const thumbs = d3.cross(d3.range(probs.length), d3.range(heads()), (layer, head) => {
      const {x, y} = corner(layer, head);
      // Read when it is painted: only then is the matrix worked out.
      return {
        get weights() {
          return probs[layer]![head]!;
        },
        x: x - left,
        y: y - top
      };
    });
    const {columns, lift} = settings;
    paintHeads(canvas, thumbs, {
      columns,
      size,
      lift,
      node,
      atOnce,
      isCurrent: () => run === painting
    });
  }

  function mark(): void {
    marks.selectAll("*").remove();
    const ring = ({layer, head}: HeadValue, width: number, color: string) => {
      const {x, y} = corner(layer, head);
      marks
        .append("rect")
        .attr("x", x - 1.5)
        .attr("y", y - 1.5)
        .attr("width", size + 3)
        .attr("height", size + 3)
        .attr("rx", 2)
        .attr("fill", "none")
        .attr("stroke", color)
        .attr("stroke-width", width);
    };
    ring(node.value, 3, ink.text);
    if (hovered) ring(hovered, 2, headColor(hovered.head, heads()));
    readout.textContent = words(hovered ?? node.value);
  }

  function words({layer, head}: HeadValue): string {
    const more = settings.describe(layer, head);
    return `${settings.rowName} ${layer + 1}, head ${head + 1}${more ? ` · ${more}` : ""}${hovered ? " · click to select" : ""}`;
  }

  function select(layer: number, head: number): void {
    const value = {
      layer: Math.min(probs.length - 1, Math.max(0, layer)),
      head: Math.min(heads() - 1, Math.max(0, head))
    };
    const changed = value.layer !== node.value.layer || value.head !== node.value.head;
    hovered = null;
    if (changed) emit(node, value);
    mark();
    live.textContent = words(node.value);
  }

  function headAt(event: Event): HeadValue | null {
    const [x, y] = d3.pointer(event, svg.node()!);
    const layer = Math.floor((y - top + gap / 2) / (size + gap));
    const head = Math.floor((x - left + gap / 2) / (size + gap));
    return layer >= 0 && head >= 0 && layer < probs.length && head < heads() ? {layer, head} : null;
  }

  svg
    .on("pointermove", (event: PointerEvent) => {
      hovered = headAt(event);
      mark();
    })
    .on("pointerleave", () => {
      hovered = null;
      mark();
    })
    .on("click", (event: MouseEvent) => {
      const at = headAt(event);
      if (at) select(at.layer, at.head);
    })
    .on("keydown", (event: KeyboardEvent) => {
      const {layer, head} = node.value;
      const moves: Record<string, [number, number]> = {
        ArrowUp: [layer - 1, head],
        ArrowDown: [layer + 1, head],
        ArrowLeft: [layer, head - 1],
        ArrowRight: [layer, head + 1],
        "{": [layer - 1, head],
        "}": [layer + 1, head],
        "[": [layer, head - 1],
        "]": [layer, head + 1],
        Home: [layer, 0],
        End: [layer, heads() - 1]
      };
      const move = moves[event.key];
      if (!move) return;
      select(...move);
      event.preventDefault();
    });

  draw();
  onSchemeChange(node, paint);
  return Object.assign(node, {
    update({
      probs: next,
      selected,
      ...change
    }: AttentionGridOptions & {probs?: readonly (readonly ArrayLike<number>[])[]}) {
      if (next) probs = next;
      if (selected) node.value = selected;
      Object.assign(settings, change);
      draw();
    }
  });
}
