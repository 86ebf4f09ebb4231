import * as d3 from "d3";
import {chartSvg, ticksLeft} from "./chartFrame.js";
import type {Moment} from "../lib/engine/moment.js";
import {attentionGrid, splitHeads} from "./attentionGrid.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatBytes, formatNumber, formatProbability} from "./formats.js";
import {headSummary} from "./headSummary.js";
import {ink} from "./scales.js";
import {pieceName} from "./text.js";

/** Digits of a hash that are shown. */
const digits = 12;

/** What a moment is, for a table: guesses by depth, and averages of every head. */
export function momentRows({step, attention, guesses, spectrum}: Moment): Row[] {
  const [depths, heads] = attention.probs.shape as [number, number];
  const split = splitHeads(attention.probs.data, depths, heads);
  return [
    ...(guesses?.depths ?? []).flatMap((list, depth) =>
      list.map(({piece, probability}) => ({
        step,
        what: "guess",
        depth: depth + 1,
        name: piece,
        value: probability
      }))
    ),
    ...split.flatMap((all, depth) =>
      all.map((weights, head) => ({
        step,
        what: "entropy in nats",
        depth: depth + 1,
        name: `head ${head + 1}`,
        value: headSummary(weights, attention.tokens).entropy
      }))
    ),
    ...spectrum.map((value, i) => ({
      step,
      what: "singular value",
      depth: null,
      name: String(i + 1),
      value
    }))
  ];
}

/** Whether the numbers are those of the checkpoint, in a sentence. */
export function hashSentence({hash, storedHash, bytes}: Moment): string {
  const short = hash.slice(0, digits);
  const size = `${formatBytes(bytes)} of parameters in memory while they are read`;
  if (storedHash === null) return `Parameters ${short}, ${size}.`;
  return hash === storedHash
    ? `Parameters ${short}, the hash that was written down when this step was kept; ${size}.`
    : `Parameters ${short} are NOT those that were kept (${storedHash.slice(0, digits)}); ${size}.`;
}

/**
 * A model at one step: its heads on a text, its guess for the blank as each depth has it, and the
 * singular values of its piece embedding.
 *
 * @param options.width in pixels, default 640
 */
export function momentView(moment: Moment, {width = 640}: {width?: number} = {}): HTMLElement {
  const {attention, guesses, spectrum, effectiveRank} = moment;
  const [depths, heads] = attention.probs.shape as [number, number];
  const grid = attentionGrid(splitHeads(attention.probs.data, depths, heads), {
    rowName: "depth",
    width: Math.min(width, 42 + heads * 76)
  });
  grid.addEventListener("input", (event) => event.stopPropagation());
  return element(
    "div",
    {class: "obs-view obs-moment"},
    element("div", {}, element("p", {class: "obs-muted"}, "Every head at every depth"), grid),
    guesses &&
      element(
        "div",
        {},
        element("p", {class: "obs-muted"}, "The guess at [MASK], read from each depth"),
        element(
          "table",
          {},
          element("caption", {class: "obs-sr"}, "the guess at [MASK] from each depth"),
          element(
            "tbody",
            {},
            guesses.depths.map((list, depth) =>
              element(
                "tr",
                {},
                element("th", {scope: "row"}, `depth ${depth + 1}`),
                list.map(({piece, probability}) =>
                  element(
                    "td",
                    {class: "obs-bar", style: `--p: ${(100 * probability).toFixed(1)}%`},
                    element("bdi", {}, pieceName(piece)),
                    ` ${formatProbability(probability)}`
                  )
                )
              )
            )
          )
        )
      ),
    element(
      "div",
      {},
      element(
        "p",
        {class: "obs-muted"},
        `Singular values of the piece embedding; effective rank ${formatNumber(effectiveRank)} of ${spectrum.length}`
      ),
      spectrumLine(spectrum, Math.min(300, width))
    ),
    element("p", {class: "obs-muted obs-hash"}, hashSentence(moment))
  );
}

/** Singular values as a falling line, from 0. */
function spectrumLine(values: readonly number[], width: number): SVGSVGElement {
  const height = 110;
  const [left, bottom, top] = [36, 20, 8];
  const x = d3.scaleLinear([1, Math.max(2, values.length)], [left, width - 8]);
  const y = d3.scaleLinear([0, Math.max(...values, 1e-9)], [height - bottom, top]).nice(3);
  const svg = chartSvg(
    width,
    height,
    `singular values from ${formatNumber(values[0]!)} to ${formatNumber(values.at(-1)!)}`
  );
  ticksLeft(svg, y, {ticks: y.ticks(3), left});
  for (const tick of [1, values.length])
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", x(tick))
      .attr("y", height - 4)
      .attr("text-anchor", tick === 1 ? "start" : "end")
      .text(tick === 1 ? "1st" : `${tick}th`);
  svg
    .append("path")
    .attr("fill", "none")
    .attr("stroke", ink.accent)
    .attr("stroke-width", 1.5)
    .attr("d", d3.line<number>((_, i) => x(i + 1), y)(values as number[]));
  return svg.node()!;
}
