import * as d3 from "d3";
import {chartSvg} from "./chartFrame.js";
import type {BlankPrediction, SentencePrediction} from "../lib/engine/trainingCalls.js";
import {element} from "./dom.js";
import type {Child} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatProbability} from "./formats.js";
import {ink} from "./scales.js";
import {isSpecialPiece, pieceName, splitPiece} from "./text.js";

/** The predictions for the same sentences at one step. */
export interface PredictionSnapshot {
  step: number;
  predictions: readonly SentencePrediction[];
}

/** Options of {@link predictionTable}. */
export interface PredictionTableOptions {
  /** Guesses shown for each blank, default 5. */
  top?: number;
  /** Most sentences shown, default 6. */
  sentences?: number;
}

/** A table that takes the next step's predictions. */
export type PredictionTable = HTMLElement & {
  append(snapshot: PredictionSnapshot): void;
  update(change: {history: readonly PredictionSnapshot[]}): void;
};

/** The predictions of one step as rows: one for each guess. */
export function predictionRows({step, predictions}: PredictionSnapshot): Row[] {
  return predictions.flatMap(({tokens, blanks}, sentence) =>
    blanks.flatMap(({position, truth, truthProbability, top}) =>
      top.map(({piece, probability}, rank) => ({
        step,
        sentence,
        text: plain(tokens),
        position,
        truth,
        truth_probability: truthProbability,
        rank: rank + 1,
        piece,
        probability
      }))
    )
  );
}

/** Pieces as text, without the special ones; blanks stay as [MASK]. */
function plain(tokens: readonly string[]): string {
  return tokens
    .filter((t) => t === "[MASK]" || !isSpecialPiece(t))
    .map((t) => (t === "[MASK]" ? " [MASK]" : t))
    .join("")
    .replaceAll("\u2581", " ")
    .replace(/ +/g, " ")
    .trim();
}

const sparkWidth = 110;
const sparkHeight = 30;

/**
 * Held-out sentences with blanks and what the model puts there: the guess in its place, the true
 * piece with its probability and how that went over training, and the likeliest pieces with theirs.
 * A right guess has a tick, so that no one has to see its colour.
 *
 * @param history snapshots by step, ascending, of the same sentences
 */
export function predictionTable(
  history: readonly PredictionSnapshot[],
  {top = 5, sentences = 6}: PredictionTableOptions = {}
): PredictionTable {
  const heading = element("p", {class: "obs-readout obs-hint"});
  const list = element("div", {class: "obs-sentences"});
  let kept = [...history];

  function draw(): void {
    const last = kept.at(-1);
    if (!last) {
      heading.textContent = "Predictions appear at the first evaluation.";
      list.replaceChildren();
      return;
    }
    const scored = last.predictions.flatMap((p) => p.blanks).filter((b) => b.truth !== null);
    const right = scored.filter((b) => b.top[0]?.piece === b.truth).length;
    heading.textContent = `after step ${formatInteger(last.step)}${scored.length ? ` · ${right} of ${scored.length} blanks right` : ""}`;
    list.replaceChildren(...last.predictions.slice(0, sentences).map(sentence));
  }

  function sentence({tokens, blanks}: SentencePrediction, index: number): HTMLElement {
    const guess = new Map(blanks.map((b, i) => [b.position, {blank: b, number: i + 1}]));
    const words = tokens.flatMap((token, position): Child[] => {
      const at = guess.get(position);
      if (at) return [" ", blankBox(at.blank, blanks.length > 1 ? at.number : null)];
      if (isSpecialPiece(token)) return [];
      const {mark, letters} = splitPiece(token);
      return [mark ? ` ${letters}` : letters];
    });
    return element(
      "section",
      {class: "obs-sentence", "aria-label": `sentence ${index + 1}`},
      element("p", {class: "obs-words", dir: "auto"}, words),
      blanks.map((blank, i) => blankRow(blank, i, index, blanks.length > 1))
    );
  }

  function blankBox({top: guesses, truth}: BlankPrediction, number: number | null): HTMLElement {
    const first = guesses[0]?.piece ?? "";
    const right = truth !== null && first === truth;
    return element(
      "span",
      {
        class: `obs-guess${truth === null ? "" : right ? " obs-right" : " obs-wrong"}`,
        title:
          truth === null
            ? "the likeliest piece"
            : right
              ? "right"
              : `the text has ${pieceName(truth)}`
      },
      element("bdi", {}, pieceName(first)),
      truth !== null && element("span", {class: "obs-verdict"}, right ? " ✓" : " ✗"),
      number !== null && element("sub", {}, number)
    );
  }

  function blankRow(
    blank: BlankPrediction,
    i: number,
    index: number,
    several: boolean
  ): HTMLElement {
    const {truth, truthProbability, top: guesses} = blank;
    return element(
      "div",
      {class: "obs-blank"},
      truth !== null &&
        element(
          "div",
          {class: "obs-truth"},
          element("span", {class: "obs-muted"}, several ? `${i + 1}: truth ` : "truth "),
          element("bdi", {class: "obs-strong"}, pieceName(truth)),
          element("span", {class: "obs-p"}, ` ${formatProbability(truthProbability ?? NaN)}`),
          spark(course(index, i))
        ),
      element(
        "ol",
        {class: "obs-guesses"},
        guesses.slice(0, top).map(({piece, probability}) =>
          element(
            "li",
            {
              class: piece === truth ? "obs-right" : null,
              style: `--p: ${(100 * probability).toFixed(1)}%`
            },
            element("bdi", {}, pieceName(piece)),
            piece === truth && element("span", {class: "obs-verdict"}, " ✓"),
            element("span", {class: "obs-p"}, ` ${formatProbability(probability)}`)
          )
        )
      )
    );
  }

  function course(sentence: number, blank: number): [number, number][] {
    return kept.flatMap(({step, predictions}): [number, number][] => {
      const p = predictions[sentence]?.blanks[blank]?.truthProbability;
      // of a model that has diverged nothing is likely
      return p == null || Number.isNaN(p) ? [] : [[step, p]];
    });
  }

  draw();
  return Object.assign(element("div", {class: "obs-view obs-predictions"}, heading, list), {
    append(snapshot: PredictionSnapshot): void {
      kept = [...kept.filter((s) => s.step < snapshot.step), snapshot];
      draw();
    },
    update(change: {history: readonly PredictionSnapshot[]}): void {
      kept = [...change.history];
      draw();
    }
  });
}

/** Probability of the truth against step, over [0, 1]. */
function spark(points: [number, number][]): SVGSVGElement | null {
  if (points.length < 2) return null;
  const [first, last] = [points[0]!, points.at(-1)!];
  const x = d3.scaleLinear([first[0], last[0]], [1, sparkWidth - 4]);
  const y = d3.scaleLinear([0, 1], [sparkHeight - 3, 3]);
  const svg = chartSvg(
    sparkWidth,
    sparkHeight,
    `probability of the truth from ${formatProbability(first[1])} at step ${first[0]} to ${formatProbability(last[1])} at step ${last[0]}`
  );
  for (const level of [0, 1])
    svg
      .append("line")
      .attr("x2", sparkWidth)
      .attr("y1", y(level))
      .attr("y2", y(level))
      .attr("stroke", ink.grid);
  svg
    .append("path")
    .attr("fill", "none")
    .attr("stroke", ink.accent)
    .attr("stroke-width", 1.5)
    .attr(
      "d",
      d3
        .line()
        .x((d) => x(d[0]))
        .y((d) => y(d[1]))
        .digits(1)(points)
    );
  svg
    .append("circle")
    .attr("cx", x(last[0]))
    .attr("cy", y(last[1]))
    .attr("r", 2.5)
    .attr("fill", ink.accent);
  return svg.node()!;
}
