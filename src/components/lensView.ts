import type {LensResult} from "../lib/engine/probing/protocol.js";
import {cellGrid} from "./cellGrid.js";
import type {GridValue} from "./cellGrid.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatProbability} from "./formats.js";
import {probabilityColor, probabilityTextColor} from "./scales.js";
import {pieceName} from "./text.js";

/** What the colour of a cell says. */
export type LensShade = "truth" | "entropy" | "agreement";

/** The name of a depth: 0 is what goes into the first layer. */
export function depthName(depth: number): string {
  return depth === 0 ? "embeddings" : `depth ${depth}`;
}

/** The lens as rows: one a piece and depth. */
export function lensRows({positions, depths, tokens, ...cells}: LensResult): Row[] {
  return positions.flatMap((position, k) =>
    Array.from({length: depths}, (_, depth): Row => {
      const at = k * depths + depth;
      const best = cells.top[at]![0]!;
      return {
        position,
        piece: tokens[position]!,
        depth,
        likeliest: best.piece,
        probability: best.probability,
        "probability of the piece": cells.truthRank[at] ? cells.truthProbability[at]! : null,
        "rank of the piece": cells.truthRank[at] || null,
        "entropy (nats)": cells.entropy[at]!,
        "KL from the last depth (nats)": cells.divergence[at]!
      };
    })
  );
}

/**
 * What each depth would answer: pieces down, depths across, the likeliest piece in each cell, bold
 * where it is the last depth's answer. The shade is the probability of the piece that stands there
 * ("truth"), how sure the depth is (1 − entropy over its greatest) or how near its distribution is to
 * the last one's (e^−KL).
 */
export function lensView(
  result: LensResult,
  {shade = "truth", width = 640}: {shade?: LensShade; width?: number} = {}
): View<GridValue> {
  const {positions, depths, tokens, top, truth, vocabSize} = result;
  const share = (at: number) => {
    if (shade === "truth") return result.truthProbability[at]!;
    if (shade === "entropy") return 1 - result.entropy[at]! / Math.log(vocabSize);
    return Math.exp(-result.divergence[at]!);
  };
  return cellGrid(
    (row, depth) => {
      const at = row * depths + depth;
      const best = top[at]![0]!;
      const value = share(at);
      const rank = result.truthRank[at]!;
      const parts = [
        `${pieceName(tokens[positions[row]!]!)} (${positions[row]!}), ${depthName(depth)}: ${top[
          at
        ]!.map(
          ({piece, probability}) => `${pieceName(piece)} ${formatProbability(probability)}`
        ).join(", ")}`,
        truth[row] !== null &&
          `the piece itself ${formatProbability(result.truthProbability[at]!)}, rank ${rank} of ${vocabSize}`,
        `entropy ${formatNumber(result.entropy[at]!)} nats`,
        depth < depths - 1 && `KL from the last depth ${formatNumber(result.divergence[at]!)} nats`
      ];
      return {
        color: probabilityColor(value),
        ink: probabilityTextColor(value),
        text: pieceName(best.piece),
        isStrong: best.piece === top[row * depths + depths - 1]![0]!.piece,
        speech: parts.filter(Boolean).join(" · ")
      };
    },
    {
      rows: positions.map((position) => pieceName(tokens[position]!)),
      columns: Array.from({length: depths}, (_, depth) => depthName(depth)),
      corner: "piece ↓ depth →",
      label: "the likeliest piece at every position and depth",
      width,
      minCell: 64,
      maxCell: 110
    }
  );
}

/**
 * The lens in a sentence: how many pieces each depth ranks first, and from where on the answer is
 * that of the last depth.
 */
export function lensSentence({positions, depths, truth, truthRank, top}: LensResult): string {
  const asked = positions.map((_, k) => k).filter((k) => truth[k] !== null);
  const right = (depth: number) => asked.filter((k) => truthRank[k * depths + depth] === 1).length;
  const final = (depth: number) =>
    positions.filter(
      (_, k) => top[k * depths + depth]![0]!.piece === top[(k + 1) * depths - 1]![0]!.piece
    ).length;
  const of = (count: (depth: number) => number, depths: number) =>
    Array.from({length: depths}, (_, depth) => `${count(depth)} at ${place(depth)}`).join(", ");
  return `Of ${asked.length} pieces that stand there, in first place: ${of(right, depths)}. Of ${positions.length} answers, already the last one: ${of(final, depths - 1)}.`;
}

const place = (depth: number) => (depth === 0 ? "the embeddings" : depthName(depth));
