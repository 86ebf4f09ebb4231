import * as Plot from "@observablehq/plot";
import type {TestedHead} from "../lib/lessons/reason.js";
import type {Row} from "./downloads.js";
import {formatProbability} from "./formats.js";
import {nameMarks} from "./plotAccess.js";
import {headColor, ink} from "./scales.js";

const nameOf = ({layer, head}: TestedHead) => `${layer + 1}.${head + 1}`;

/** Each head at each depth: its largest weight across, what the guess loses without it upwards. */
export function headScatter(
  heads: readonly TestedHead[],
  {width = 640, height = 320}: {width?: number; height?: number} = {}
): SVGSVGElement {
  const count = 1 + Math.max(...heads.map(({head}) => head));
  const svg = Plot.plot({
    width,
    height,
    marginLeft: 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 44,
    style: {background: "none", color: "inherit", fontSize: "12px", overflow: "visible"},
    x: {
      domain: [0, 1],
      label: "largest weight from the [MASK] →",
      labelAnchor: "right",
      ticks: 5,
      grid: true
    },
    y: {
      label: "↑ divergence without the head (nats)",
      ticks: 5,
      grid: true,
      zero: true,
      nice: true
    },
    marks: [
      Plot.dot(heads, {
        x: "weight",
        y: "divergence",
        r: 6,
        fill: ({head}: TestedHead) => headColor(head, count),
        stroke: ink.paper,
        ariaLabel: (each: TestedHead) =>
          `depth ${each.layer + 1}, head ${each.head + 1}: weight ${each.weight.toFixed(2)}, divergence ${each.divergence.toFixed(2)} nats`
      }),
      Plot.text(heads, {
        x: "weight",
        y: "divergence",
        text: nameOf,
        textAnchor: "start",
        dx: 9,
        fill: ink.text,
        stroke: ink.paper,
        strokeWidth: 3
      })
    ]
  }) as unknown as SVGSVGElement;
  return nameMarks(
    svg,
    `divergence against weight of ${heads.length} heads, named depth.head, also in the table`
  );
}

/** The numbers of the figure. */
export function headRows(heads: readonly TestedHead[]): Row[] {
  return heads.map(({layer, head, weight, to, after, divergence}) => ({
    depth: layer + 1,
    head: head + 1,
    "largest weight": +weight.toPrecision(4),
    "looks at": to.replace("\u2581", ""),
    "guess without it": formatProbability(after),
    "divergence (nats)": +divergence.toPrecision(4)
  }));
}
