import * as d3 from "d3";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {categoryColor, ink} from "./scales.js";
import {textWidth} from "./text.js";

/** A piece with its place and those close to it. */
export interface PlacedPiece {
  piece: string;
  x: number;
  y: number;
  neighbours: readonly {piece: string; cosine: number}[];
}

/** Options of {@link embeddingMap}. */
export interface EmbeddingMapOptions {
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 420. */
  height?: number;
  /** The piece that is chosen at first; default the first. */
  first?: string;
}

let made = 0;

/** Height of a label's line and of a letter that counts as one em, in pixels. */
const [lineHeight, em] = [13, 12];

/** Heights of labels at their points, each moved below those that it would write over. */
function apart(labels: readonly {x: number; y: number; text: string}[]): number[] {
  const heights = labels.map(({y}) => y);
  const right = ({x, text}: (typeof labels)[number]) => x + textWidth(text) * em;
  const order = d3.sort(d3.range(labels.length), (i) => labels[i]!.y);
  order.forEach((i, place) => {
    for (const other of order.slice(0, place)) {
      const [a, b] = [labels[i]!, labels[other]!];
      const isBeside = a.x < right(b) && b.x < right(a);
      if (isBeside) heights[i] = Math.max(heights[i]!, heights[other]! + lineHeight);
    }
  });
  return heights;
}

/**
 * Pieces as points; the chosen one with lines to its nearest by cosine, which the plane may show far
 * away. Choose by typing a piece or by clicking on a point.
 */
export function embeddingMap(
  pieces: readonly PlacedPiece[],
  {width = 640, height = 420, first = pieces[0]!.piece}: EmbeddingMapOptions = {}
): View<string> {
  const byName = new Map(pieces.map((piece) => [piece.piece, piece]));
  const margin = 14;
  const extent = (of: (p: PlacedPiece) => number) => d3.extent(pieces, of) as [number, number];
  const x = d3.scaleLinear(
    extent((p) => p.x),
    [margin, width - margin - 40]
  );
  const y = d3.scaleLinear(
    extent((p) => p.y),
    [height - margin, margin]
  );
  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("height", height)
    .attr("role", "img");
  const lines = svg.append("g");
  svg
    .append("g")
    .selectAll("circle")
    .data(pieces)
    .join("circle")
    .attr("cx", (p) => x(p.x))
    .attr("cy", (p) => y(p.y))
    .attr("r", 4)
    .attr("fill", categoryColor(0))
    .attr("fill-opacity", 0.35)
    .style("cursor", "pointer")
    .on("click", (_, p) => choose(p.piece))
    .append("title")
    .text((p) => p.piece);
  const labels = svg.append("g").attr("pointer-events", "none");
  const list = `embedding-map-${++made}`;
  const input = element("input", {
    type: "text",
    list,
    value: first,
    autocomplete: "off",
    spellcheck: "false",
    onchange: () => choose(input.value.trim().toLowerCase())
  });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    if (byName.has(input.value)) choose(input.value);
  });
  const near = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node: View<string> = withValue(
    element(
      "div",
      {class: "obs-view"},
      element("div", {class: "controls"}, element("label", {}, "piece", input)),
      element(
        "datalist",
        {id: list},
        pieces.map(({piece}) => element("option", {value: piece}))
      ),
      svg.node(),
      near,
      live
    ),
    first
  );

  function choose(name: string): void {
    const chosen = byName.get(name);
    if (!chosen) {
      near.textContent = `${name}: not among the pieces drawn`;
      return;
    }
    draw(chosen);
    input.value = name;
    live.textContent = near.textContent;
    emit(node, name);
  }

  function draw(chosen: PlacedPiece): void {
    const close = chosen.neighbours.flatMap(({piece}) => byName.get(piece) ?? []);
    lines
      .selectAll("line")
      .data(close)
      .join("line")
      .attr("x1", x(chosen.x))
      .attr("y1", y(chosen.y))
      .attr("x2", (p) => x(p.x))
      .attr("y2", (p) => y(p.y))
      .attr("stroke", categoryColor(1));
    const named = [...close, chosen];
    const heights = apart(named.map((p) => ({x: x(p.x), y: y(p.y), text: p.piece})));
    labels
      .selectAll("text")
      .data(named)
      .join("text")
      .attr("class", "obs-halo")
      .attr("x", (p) => x(p.x) + 6)
      .attr("y", (_, i) => heights[i]! + 4)
      .attr("font-weight", (p) => (p === chosen ? 700 : 400))
      .style("fill", ink.text)
      .text((p) => p.piece);
    near.textContent = `Nearest to ${chosen.piece}: ${chosen.neighbours
      .map(({piece, cosine}) => `${piece} ${cosine.toFixed(2)}`)
      .join(", ")}`;
    svg.attr("aria-label", `map of ${pieces.length} pieces. ${near.textContent}`);
  }

  draw(byName.get(first) ?? pieces[0]!);
  return node;
}

/** The map as rows: place and nearest pieces. */
export function mapRows(pieces: readonly PlacedPiece[]): Row[] {
  return pieces.map(({piece, x, y, neighbours}) => ({
    piece,
    x,
    y,
    nearest: neighbours.map((n) => `${n.piece} ${n.cosine.toFixed(2)}`).join(", ")
  }));
}
