import type {AttentionResult} from "../lib/engine/attentionCalls.js";
import {splitHeads} from "./attentionGrid.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {headColor, probabilityColor, probabilityTextColor} from "./scales.js";
import {scrolledTable, swatch} from "./scrolledTable.js";

/**
 * Jensen–Shannon divergence of two rows of probabilities, in bits: 0 for the same, 1 for rows that
 * share nothing. It is symmetric, and needs no weight to be above 0.
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; ++i) {
    const mean = (p[i]! + q[i]!) / 2;
    for (const share of [p[i]!, q[i]!]) if (share > 0) sum += (share / 2) * Math.log2(share / mean);
  }
  return Math.max(0, sum);
}

/** The mean over the rows of two patterns `[n, n]`. */
export function patternDivergence(a: Float32Array, b: Float32Array): number {
  const n = Math.sqrt(a.length);
  let sum = 0;
  for (let row = 0; row < a.length; row += n)
    sum += jensenShannon(a.subarray(row, row + n), b.subarray(row, row + n));
  return sum / n;
}

/** Pairs of depths that are compared, from 0: neighbours, and the first with the last. */
function depthPairs(depths: number): [number, number][] {
  const neighbours = Array.from({length: depths - 1}, (_, i): [number, number] => [i, i + 1]);
  return depths > 2 ? [...neighbours, [0, depths - 1]] : neighbours;
}

/**
 * What two depths of one row have in common.
 *
 * @param group which stored attention weights serve each depth
 */
export function depthSentence(group: readonly number[]): string {
  const stored = new Set(group).size;
  if (stored === 1)
    return "One stored layer serves every depth: a row is one head with the same weights throughout, and only what it reads changes.";
  if (stored === group.length)
    return "Every depth has weights of its own: two heads of one row have nothing but their number in common.";
  return `Stored layers by depth: ${group.map((g) => g + 1).join(", ")}. Between depths of one stored layer a row is one head with the same weights; between others only the number is the same.`;
}

/** The divergences as rows of a file. */
export function depthChangeRows({probs}: AttentionResult): Row[] {
  const [depths, heads] = probs.shape as [number, number];
  const split = splitHeads(probs.data, depths, heads);
  return Array.from({length: heads}, (_, head) =>
    depthPairs(depths).map(([a, b]) => ({
      head: head + 1,
      depth: a + 1,
      other_depth: b + 1,
      bits: patternDivergence(split[a]![head]!, split[b]![head]!)
    }))
  ).flat();
}

/** Numbers of a text above which the cells are filled in slices, a breath between them. */
const mostAtOnce = 500_000;

/**
 * How far each head's pattern changes from depth to depth: a row a head, a column a pair of depths,
 * the mean over the tokens that look of the Jensen–Shannon divergence of their rows. For a long text
 * the cells are filled one after the other, so that the page stays awake.
 */
export function depthChanges({probs}: AttentionResult): HTMLElement {
  const [depths, heads] = probs.shape as [number, number];
  const pairs = depthPairs(depths);
  const split = splitHeads(probs.data, depths, heads);
  const fills: (() => void)[] = [];
  const node = scrolledTable(
    "change of each head from depth to depth",
    ["head", ...pairs.map(([a, b]) => `${a + 1} → ${b + 1}`)],
    Array.from({length: heads}, (_, head) =>
      element(
        "tr",
        {},
        element("th", {scope: "row"}, swatch(headColor(head, heads)), head + 1),
        pairs.map(([a, b]) => {
          const cell = element("td", {}, "…");
          fills.push(() => {
            const bits = patternDivergence(split[a]![head]!, split[b]![head]!);
            const colors = `background: ${probabilityColor(bits)}; color: ${probabilityTextColor(bits)}`;
            cell.setAttribute("style", colors);
            cell.textContent = bits.toFixed(2);
          });
          return cell;
        })
      )
    )
  );
  const slice = () => {
    const end = performance.now() + 15;
    do fills.shift()?.();
    while (fills.length > 0 && (probs.data.length <= mostAtOnce || performance.now() < end));
    if (fills.length > 0) setTimeout(slice);
  };
  slice();
  return node;
}
