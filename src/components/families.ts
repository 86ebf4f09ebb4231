import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import {element} from "./dom.js";
import {categoryColor, ink} from "./scales.js";

/** How a model family is drawn, the same in every figure: its colour and its shape. */
export interface FamilyMark {
  family: string;
  color: string;
  symbol: d3.SymbolType;
}

const cross: d3.SymbolType = {draw: (context, size) => d3.symbolCross.draw(context, size * 0.8)};

/** A closed shape with corners at angles in degrees, the size of a circle of the same area. */
const polygon = (angles: readonly number[], stretch = 1): d3.SymbolType => ({
  draw(context, size) {
    const r = Math.sqrt(size / Math.PI) * 1.15;
    angles.forEach((degrees, i) => {
      const [x, y] = [
        r * stretch * Math.cos((degrees * Math.PI) / 180),
        (r / stretch) * Math.sin((degrees * Math.PI) / 180)
      ];
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
});
const [pointsDown, hexagon, brick] = [
  polygon([90, 210, 330]),
  polygon([0, 60, 120, 180, 240, 300]),
  polygon([45, 135, 225, 315], 1.4)
];

/** Families in a fixed order, ALBERT first, no two of one shape; those beyond are grey bricks. */
const marks: readonly FamilyMark[] = [
  {family: "ALBERT", color: categoryColor(0), symbol: d3.symbolCircle},
  {family: "BERT", color: categoryColor(1), symbol: d3.symbolSquare},
  {family: "RoBERTa", color: categoryColor(2), symbol: d3.symbolTriangle},
  {family: "ELECTRA", color: categoryColor(3), symbol: d3.symbolDiamond},
  {family: "XLNet", color: categoryColor(4), symbol: d3.symbolStar},
  {family: "DistilBERT", color: categoryColor(5), symbol: cross},
  {family: "DistilRoBERTa", color: categoryColor(5), symbol: d3.symbolWye},
  {family: "TinyBERT", color: categoryColor(6), symbol: pointsDown},
  {family: "MobileBERT", color: categoryColor(7), symbol: hexagon}
];

/** The mark of a family. */
export function familyMark(family: string): FamilyMark {
  return (
    marks.find((mark) => mark.family === family) ?? {
      family,
      color: ink.muted,
      symbol: brick
    }
  );
}

/** The families present, in the fixed order, then others by name. */
export function orderedFamilies(families: Iterable<string>): string[] {
  const place = (family: string) => {
    const i = marks.findIndex((mark) => mark.family === family);
    return i < 0 ? marks.length : i;
  };
  return [...new Set(families)].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** Options of {@link familyDots}, as Plot takes them but for the family. */
export interface FamilyDotOptions<T> {
  familyOf: (point: T) => string;
  x: string | ((point: T) => number);
  y: string | ((point: T) => number);
  /** What a point says to a screen reader. */
  words: (point: T) => string;
  /** Whether a point is filled with its colour; default those of ALBERT. */
  isFilled?: (point: T) => boolean;
  /** Radius in pixels, default 4. */
  r?: number | ((family: string) => number);
  /** What a point says when it is hovered; default nothing. */
  title?: (point: T) => string;
}

/** Points as dots in the shape and colour of their family, those of ALBERT on top. */
export function familyDots<T>(
  points: readonly T[],
  {familyOf, x, y, words, isFilled, r = 4, title}: FamilyDotOptions<T>
): Plot.Markish[] {
  const fills = isFilled ?? ((point: T) => familyOf(point) === "ALBERT");
  return orderedFamilies(points.map(familyOf))
    .reverse()
    .map((family) => {
      const {color, symbol} = familyMark(family);
      return Plot.dot(
        points.filter((point) => familyOf(point) === family),
        {
          x: x as Plot.ChannelValueSpec,
          y: y as Plot.ChannelValueSpec,
          symbol,
          r: typeof r === "function" ? r(family) : r,
          fill: (point: T) => (fills(point) ? color : ink.paper),
          stroke: color,
          strokeWidth: 1.5,
          ariaLabel: words,
          title
        }
      );
    });
}

/**
 * Shape, colour, name and number of points of each family.
 *
 * @param isFilled the families whose points are filled; default ALBERT, as in {@link familyDots}
 */
export function familyLegend(
  families: readonly string[],
  isFilled: (family: string) => boolean = (family) => family === "ALBERT"
): HTMLElement {
  const counts = d3.rollup(
    families,
    (rows) => rows.length,
    (family) => family
  );
  return element(
    "div",
    {class: "obs-swatches glue-legend"},
    orderedFamilies(families).map((family) => {
      const {color, symbol} = familyMark(family);
      const svg = d3
        .create("svg")
        .attr("width", 14)
        .attr("height", 14)
        .attr("viewBox", "-7 -7 14 14")
        .attr("aria-hidden", "true");
      svg
        .append("path")
        .attr("d", d3.symbol(symbol, 60)())
        .attr("fill", isFilled(family) ? color : "none")
        .attr("stroke", color)
        .attr("stroke-width", 1.5);
      return element(
        "span",
        {class: "obs-swatch"},
        svg.node(),
        `${family} (${counts.get(family)})`
      );
    })
  );
}
