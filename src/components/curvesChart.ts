import * as Plot from "@observablehq/plot";
import * as d3 from "d3";
import type {Row} from "./downloads.js";
import {nameMarks} from "./plotAccess.js";
import {categoryColor, ink} from "./scales.js";
import {textWidth} from "./text.js";

/** A point of a curve, with its interval where there is noise. */
export interface CurvePoint {
  x: number;
  y: number;
  low?: number;
  high?: number;
}

/** One named curve. */
export interface NamedCurve {
  name: string;
  points: readonly CurvePoint[];
  /** A CSS colour; default the categorical colour of its place. */
  color?: string;
  dashed?: boolean;
}

/** Options of {@link curvesChart}. */
export interface CurvesChartOptions {
  xLabel: string;
  yLabel: string;
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 260. */
  height?: number;
  /** Spacing of x: as numbers (default) or by powers of two. */
  xScale?: "linear" | "log2";
  yScale?: "linear" | "log";
  /** The places of x that have a tick; default all that occur, as far as there is room. */
  xTicks?: readonly number[];
  /** A horizontal line with its meaning. */
  rule?: {y: number; label: string};
}

/**
 * A few curves over one axis, each with a band for its interval and its name at its end, or, where the
 * names would take too much of the width, above.
 */
export function curvesChart(
  curves: readonly NamedCurve[],
  {
    xLabel,
    yLabel,
    width = 640,
    height = 260,
    xScale = "linear",
    yScale = "linear",
    xTicks,
    rule
  }: CurvesChartOptions
): SVGSVGElement {
  const shown = curves.filter(({points}) => points.length > 0);
  const places = [...new Set(shown.flatMap(({points}) => points.map(({x}) => x)))].sort(
    (a, b) => a - b
  );
  const ends = shown.map((curve) => ({curve, end: curve.points.at(-1)!}));
  const nameWidth = 20 + 7 * Math.max(4, ...shown.map(({name}) => name.length));
  // Names stand at the ends of curves, but where another curve goes on behind one, or there is no room.
  const goesOn = new Set(ends.map(({end}) => end.x)).size > 1;
  const isLegend = goesOn || nameWidth > width * 0.36;
  const legend = isLegend ? legendPlaces(shown, width - 60) : [];
  const marginTop = 26 + (isLegend ? 8 + 16 * (1 + (legend.at(-1)?.row ?? 0)) : 0);
  const marginRight = isLegend ? 14 : nameWidth;
  const tickRoom = Math.max(...places.map((x) => 7 * String(x).length + 8));
  const fits = Math.max(2, Math.min(12, (width - 48 - marginRight) / tickRoom + 1));
  const [first = 1, end = 1] = d3.extent(places) as [number, number];
  const doublings =
    xScale === "log2"
      ? d3.range(Math.ceil(Math.log2(first)), Math.log2(end) + 1e-9).map((power) => 2 ** power)
      : undefined;
  const wanted = xTicks ?? (places.length <= fits ? places : doublings);
  const ticks = wanted && withRoom(wanted, places, xScale, width - 48 - marginRight);
  const round = roundTicks(places, Math.floor(fits));
  const heights = shown.flatMap(({points}) =>
    points.flatMap(({y, low = y, high = y}) => [y, low, high].filter(Number.isFinite))
  );
  const [least = 0, most = 1] = d3.extent([...heights, ...(rule ? [rule.y] : [])]) as number[];
  const yDomain = (
    yScale === "log" ? [least, most] : d3.scaleLinear([least, most], []).nice().domain()
  ) as [number, number];
  const ruleSide = rule && freeSide(shown, rule.y);
  const svg = Plot.plot({
    width,
    height: height + marginTop - 26,
    marginLeft: 48,
    marginRight,
    marginTop,
    marginBottom: 40,
    style: {background: "none", color: "inherit", fontSize: "11px", overflow: "visible"},
    x: {
      type: xScale === "log2" ? "log" : "linear",
      ...(xScale === "log2" ? {base: 2} : {}),
      label: `${xLabel} →`,
      labelAnchor: "right",
      ...(ticks ? {ticks: [...ticks], tickFormat: (d: number) => String(d)} : {ticks: round})
    },
    y: {
      type: yScale,
      domain: yDomain,
      label: `↑ ${yLabel}${yScale === "log" ? ", log scale" : ""}`,
      grid: true,
      ticks: 5,
      tickFormat: (d: number) => short(d, 3)
    },
    marks: [
      rule && Plot.ruleY([rule.y], {stroke: ink.muted, strokeDasharray: "4 3"}),
      shown.map(({points, color, dashed}, i) => [
        Plot.areaY(
          points.filter(
            ({low, high}) => low !== undefined && Number.isFinite(low) && Number.isFinite(high)
          ),
          {x: "x", y1: "low", y2: "high", fill: color ?? categoryColor(i), fillOpacity: 0.16}
        ),
        Plot.lineY(points, {
          x: "x",
          y: "y",
          stroke: color ?? categoryColor(i),
          strokeWidth: 2,
          strokeDasharray: dashed ? "5 4" : undefined
        }),
        points.length <= 24
          ? Plot.dot(points, {
              x: "x",
              y: "y",
              r: 3,
              fill: ink.paper,
              stroke: color ?? categoryColor(i),
              strokeWidth: 1.6,
              title: ({x, y, low, high}: CurvePoint) =>
                `${xLabel} ${x}: ${short(y, 4)}${low === undefined ? "" : ` [${short(low, 4)}, ${short(high!, 4)}]`}`
            })
          : null
      ]),
      isLegend
        ? legend.map(({curve, x, row}) =>
            Plot.text([`— ${curve.name}`], {
              frameAnchor: "top-left",
              dx: x,
              dy: 26 - marginTop + 16 * row,
              fill: curve.color ?? categoryColor(shown.indexOf(curve)),
              fontWeight: 600
            })
          )
        : Plot.text(apart(ends, yDomain, yScale, height), {
            x: ({end}: End) => end.x,
            y: ({end}: End) => end.y,
            dy: 0,
            text: ({curve}: End) => curve.name,
            textAnchor: "start",
            dx: 9,
            fill: ({curve}: End) => curve.color ?? categoryColor(shown.indexOf(curve)),
            fontWeight: 600,
            stroke: ink.paper,
            strokeWidth: 4
          }),
      rule &&
        Plot.text([rule], {
          y: "y",
          text: "label",
          frameAnchor: ruleSide,
          dx: ruleSide === "left" ? 4 : -4,
          dy: -7,
          textAnchor: ruleSide === "left" ? "start" : "end",
          fill: ink.muted,
          stroke: ink.paper,
          strokeWidth: 4
        })
    ]
  }) as unknown as SVGSVGElement;
  const label = `${yLabel} against ${xLabel}: ${shown
    .map(
      ({name, points}) => `${name} from ${short(points[0]!.y, 3)} to ${short(points.at(-1)!.y, 3)}`
    )
    .join("; ")}; all numbers in the table`;
  return nameMarks(svg, label);
}

/** A number in so many significant digits, without zeros at its end. */
const short = (x: number, digits: number) => String(+x.toPrecision(digits)).replace("-", "−");

/** The first and the last of the ticks, and those between whose numbers touch none before them. */
function withRoom(
  ticks: readonly number[],
  places: readonly number[],
  scale: "linear" | "log2",
  width: number
): number[] {
  const domain = d3.extent(places) as [number, number];
  const at =
    scale === "log2" ? d3.scaleLog(domain, [0, width]) : d3.scaleLinear(domain, [0, width]);
  const touch = (a: number, b: number) =>
    Math.abs(at(b) - at(a)) < 3.4 * (String(a).length + String(b).length) + 6;
  const kept: number[] = [];
  for (const tick of ticks) if (!kept.some((other) => touch(other, tick))) kept.push(tick);
  const last = ticks.at(-1)!;
  return [...kept.filter((tick) => tick !== last && !touch(tick, last)), last];
}

/** Round places between the first and the last, as many as fit. */
function roundTicks(places: readonly number[], most: number): number[] {
  const [first, last] = [places[0]!, places.at(-1)!];
  const tries = d3.range(most, 0, -1).map((count) => d3.ticks(first, last, count));
  return tries.find(({length}) => length <= most) ?? [first, last];
}

/** Where the names stand above the frame: rows of as many as fit into a width. */
function legendPlaces(
  curves: readonly NamedCurve[],
  width: number
): {curve: NamedCurve; x: number; row: number}[] {
  let x = 0;
  let row = 0;
  return curves.map((curve) => {
    const size = 13 * textWidth(`— ${curve.name}`) + 14;
    if (x > 0 && x + size > width) [x, row] = [0, row + 1];
    const place = {curve, x, row};
    x += size;
    return place;
  });
}

interface End {
  curve: NamedCurve;
  end: CurvePoint;
}

/** The side of the frame where the curves are farther above a line, or below it: its words stand there. */
function freeSide(curves: readonly NamedCurve[], y: number): "left" | "right" {
  const room = (at: 0 | -1) =>
    Math.min(...curves.map(({points}) => Math.abs(points.at(at)!.y - y)));
  return room(-1) > room(0) ? "right" : "left";
}

/** Ends of curves with their labels moved apart, by the height of a line, where they would overlap. */
function apart(
  ends: readonly End[],
  domain: readonly [number, number],
  scale: "linear" | "log",
  height: number
): End[] {
  const forward = (y: number) => (scale === "log" ? Math.log(y) : y);
  const back = (y: number) => (scale === "log" ? Math.exp(y) : y);
  const span = forward(domain[1]) - forward(domain[0]) || 1;
  const gap = (span * 13) / (height - 66);
  const sorted = [...ends].sort((a, b) => forward(a.end.y) - forward(b.end.y));
  let last = -Infinity;
  return sorted.map(({curve, end}) => {
    last = Math.max(forward(end.y), last + gap);
    return {curve, end: {...end, y: back(last)}};
  });
}

/** The numbers of the curves: one row a point. */
export function curveRows(curves: readonly NamedCurve[], xName: string, yName: string): Row[] {
  return curves.flatMap(({name, points}) =>
    points.map(({x, y, low, high}) => ({curve: name, [xName]: x, [yName]: y, low, high}))
  );
}
