import {checkLengths} from "./classification.js";

/**
 * Pearson correlation, computed from differences to the means, so that a large offset or a tiny
 * spread does not spoil it; NaN (undefined) for fewer than two examples or a constant column.
 *
 * @returns a number in [−1, 1] or NaN
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = checkLengths(x, y);
  if (n < 2 || isConstant(x) || isConstant(y)) return NaN;
  const meanX = mean(x);
  const meanY = mean(y);
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; ++i) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/** Spearman correlation: Pearson's of the ranks, tied values sharing their mean rank. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkLengths(x, y);
  return pearson(ranks(x), ranks(y));
}

/**
 * Kendall's τ-b: agreement of the order of pairs, corrected for ties; compares all pairs, so time
 * grows with the square of the length. NaN as `pearson`.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = checkLengths(x, y);
  if (n < 2) return NaN;
  let agreement = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < n; ++i)
    for (let j = 0; j < i; ++j) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      agreement += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  return agreement / (Math.sqrt(untiedX) * Math.sqrt(untiedY));
}

/** Mean squared difference; NaN without examples. */
export function meanSquaredError(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = checkLengths(x, y);
  let total = 0;
  for (let i = 0; i < n; ++i) total += (x[i]! - y[i]!) ** 2;
  return total / n;
}

/**
 * Ranks from 1, equal values sharing the mean of theirs. Example: `[10, 30, 10]` → `[1.5, 3, 1.5]`.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i + 1;
    while (j < order.length && values[order[j]!] === values[order[i]!]) ++j;
    for (let k = i; k < j; ++k) result[order[k]!] = (i + j + 1) / 2;
    i = j;
  }
  return result;
}

function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; ++i) total += values[i]!;
  return total / values.length;
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; ++i) if (values[i] !== values[0]) return false;
  return true;
}
