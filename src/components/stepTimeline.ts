import * as d3 from "d3";
import {chartSvg, ticksBelow} from "./chartFrame.js";
import type {ProfiledInstruction} from "../lib/albert/bench/kinds.js";
import type {Row} from "./downloads.js";
import {formatNumber, unitSpace} from "./formats.js";
import {ink} from "./scales.js";
import {stepKindColor} from "./stepKindsChart.js";

/**
 * A step from its first instruction to its last: each as wide as the time it takes, in the colour of
 * what it does; forward above, backward below, both from the left.
 */
export function stepTimeline(
  instructions: readonly ProfiledInstruction[],
  {width = 640}: {width?: number} = {}
): SVGSVGElement {
  const passes = [false, true].map((isBackward) => ({
    name: isBackward ? "backward" : "forward and loss",
    own: instructions.filter((instruction) => instruction.isBackward === isBackward)
  }));
  const time = (own: readonly ProfiledInstruction[]) => d3.sum(own, ({ms}) => ms);
  const longest = Math.max(...passes.map(({own}) => time(own)), 1e-9);
  const x = d3.scaleLinear([0, longest], [2, width - 12]);
  const band = 58;
  const height = passes.length * band + 34;
  const words = passes.map(
    ({name, own}) => `${name}: ${own.length} instructions, ${formatNumber(time(own))}${unitSpace}ms`
  );
  const svg = chartSvg(width, height, `a training step in order; ${words.join("; ")}`);
  const pass = svg
    .selectAll("g.pass")
    .data(passes)
    .join("g")
    .attr("class", "pass")
    .attr("transform", (_, i) => `translate(0,${i * band})`);
  pass
    .append("text")
    .attr("class", "obs-label")
    .attr("x", 2)
    .attr("y", 13)
    .text((_, i) => words[i]!);
  pass
    .selectAll("rect")
    .data(({own}) => {
      let at = 0;
      return own.map((instruction) => {
        const from = at;
        at += instruction.ms;
        return {instruction, from, to: at};
      });
    })
    .join("rect")
    .attr("x", ({from}) => x(from))
    .attr("y", 20)
    .attr("width", ({from, to}) => Math.max(0, x(to) - x(from)))
    .attr("height", 28)
    .attr("fill", ({instruction}) => stepKindColor(instruction.kind))
    .append("title")
    .text(({instruction: {op, label, ms}}) => `${label}: ${op}, ${formatNumber(ms)}${unitSpace}ms`);
  const bottom = passes.length * band;
  ticksBelow(svg, x, {
    ticks: x.ticks(width < 520 ? 4 : 8),
    line: [bottom - 8, bottom - 3],
    stroke: ink.muted,
    numbersAt: bottom + 9,
    nameAt: bottom + 27,
    name: "milliseconds from the start of the pass →",
    nameEnd: width
  });
  return svg.node()!;
}

/** Every instruction as a row. */
export function instructionRows(instructions: readonly ProfiledInstruction[]): Row[] {
  return instructions.map(({op, kind, label, isBackward, flops, ms}, i) => ({
    number: i,
    part: label,
    instruction: op,
    "what it does": kind,
    pass: isBackward ? "backward" : "forward",
    operations: flops,
    ms
  }));
}
