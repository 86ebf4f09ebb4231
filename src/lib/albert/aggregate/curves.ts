/** Deletion and insertion: does the guess fall first without the pieces that a method names first? */

/** Which pieces are hidden at each step of a curve. */
export interface CurvePlan {
  /** Pieces hidden at each step; ascending for deletion, the same counts for insertion. */
  counts: number[];
  /** Positions hidden at each step. */
  deletion: number[][];
  /** The same where the pieces named first are the last to stay hidden: those are shown first. */
  insertion: number[][];
}

/**
 * The steps of both curves for one order of pieces.
 *
 * @param order positions, the most important first
 * @param steps most steps; at least 1
 */
export function curvePlan(order: readonly number[], steps: number): CurvePlan {
  const n = order.length;
  const most = Math.min(steps, n);
  const counts = Array.from({length: most + 1}, (_, i) => Math.round((i * n) / Math.max(1, most)));
  return {
    counts,
    deletion: counts.map((count) => order.slice(0, count)),
    insertion: counts.map((count) => order.slice(count))
  };
}

/** Positions by falling score, ties in reading order. */
export function orderOf(scores: ArrayLike<number>, candidates: readonly number[]): number[] {
  return [...candidates].sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/**
 * Area under a curve by trapezia, over the share of pieces in [0, 1]: its mean height.
 *
 * @param counts ascending, from 0
 */
export function areaUnder(counts: readonly number[], heights: readonly number[]): number {
  const total = counts.at(-1)!;
  if (total === 0) return heights[0]!;
  let area = 0;
  for (let i = 1; i < counts.length; ++i)
    area += ((counts[i]! - counts[i - 1]!) * (heights[i]! + heights[i - 1]!)) / 2;
  return area / total;
}
