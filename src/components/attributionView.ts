import type {AttributionResult} from "../lib/engine/probing/protocol.js";
import {cellGrid} from "./cellGrid.js";
import type {GridValue} from "./cellGrid.js";
import type {View} from "./dom.js";
import {formatNumber} from "./formats.js";
import {divergingColor, divergingTextColor} from "./scales.js";
import {pieceName} from "./text.js";

/**
 * What each method says of each piece, with its sign: orange speaks for the guess, blue against it.
 * Each column is scaled to its own greatest magnitude, since numbers of two methods do not compare.
 */
export function attributionView(
  {methods: {tokens, position, methods}}: AttributionResult,
  {width = 640}: {width?: number} = {}
): View<GridValue> {
  const most = methods.map(({scores}) => Math.max(1e-12, ...scores.map(Math.abs)));
  return cellGrid(
    (row, column) => {
      const {name, scores} = methods[column]!;
      const score = scores[row]!;
      return {
        color: divergingColor(score / most[column]!, 1.4),
        ink: divergingTextColor(score / most[column]!, 1.4),
        text: formatNumber(score),
        speech: `${pieceName(tokens[row]!)} (${row}), ${name}: ${formatNumber(score)}, ${formatNumber((100 * score) / most[column]!)}% of the column's greatest`
      };
    },
    {
      rows: tokens.map((piece, i) => (i === position ? "[MASK] guessed" : pieceName(piece))),
      columns: methods.map(({name}) => name),
      corner: "piece ↓ method →",
      label: "attribution by piece and method",
      width,
      minCell: 76,
      maxCell: 130
    }
  );
}

/** What integrated gradients leave unexplained, in a sentence: the completeness gap by steps. */
export function gapSentence({gaps, difference}: AttributionResult): string {
  const share = (gap: number) => `${formatNumber((100 * Math.abs(gap)) / Math.abs(difference))}%`;
  const list = gaps.map(({intervals, gap}) => `${share(gap)} in ${intervals} steps`).join(", ");
  return `Integrated gradients should sum to the ${formatNumber(difference)} by which the logit of the guess differs from the baseline's. The completeness gap is ${list}.`;
}
