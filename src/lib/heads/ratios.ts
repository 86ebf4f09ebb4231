/** Means over rows that come in groups, with intervals that know the rows of a group hang together. */
import {Random} from "../random.js";

/** A mean with its interval. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

export interface RatioOptions {
  /** Resamples, default 1000. */
  resamples?: number;
  /** Share of intervals that should hold the truth, default 0.95. */
  level?: number;
  /** Seed of the resampling, default 1. */
  seed?: number;
}

/**
 * `Σ numerator / Σ denominator` of many columns over the same groups, each with a percentile
 * bootstrap interval over the groups: sentences, of which the words are not independent. Every column
 * is resampled alike, so that differences of columns can be columns too.
 *
 * @param numerators one array of `columns` numbers a group
 * @param denominators one number a group, or one a column
 * @returns one estimate a column; NaN where a denominator is 0, an interval of ±∞ for one group
 */
export function ratioEstimates(
  numerators: readonly ArrayLike<number>[],
  denominators: readonly (number | ArrayLike<number>)[],
  {resamples = 1000, level = 0.95, seed = 1}: RatioOptions = {}
): Estimate[] {
  const groups = numerators.length;
  const columns = numerators[0]?.length ?? 0;
  const below = (group: number, column: number) => {
    const d = denominators[group]!;
    return typeof d === "number" ? d : d[column]!;
  };
  const ratios = (weights: ArrayLike<number>): Float64Array => {
    const above = new Float64Array(columns);
    const under = new Float64Array(columns);
    for (let g = 0; g < groups; ++g) {
      const weight = weights[g]!;
      if (weight === 0) continue;
      for (let c = 0; c < columns; ++c) {
        above[c]! += weight * numerators[g]![c]!;
        under[c]! += weight * below(g, c);
      }
    }
    return above.map((a, c) => a / under[c]!);
  };
  const means = ratios(new Float64Array(groups).fill(1));
  if (groups < 2) return Array.from(means, (mean) => ({mean, low: -Infinity, high: Infinity}));
  const random = new Random(seed, "bootstrap");
  const draws = Array.from({length: resamples}, () => {
    const weights = new Uint16Array(groups);
    for (let i = 0; i < groups; ++i) weights[random.int(groups)]! += 1;
    return ratios(weights);
  });
  const tail = (1 - level) / 2;
  return Array.from(means, (mean, c) => {
    const values = draws.map((draw) => draw[c]!).filter((value) => !Number.isNaN(value));
    values.sort((a, b) => a - b);
    const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? NaN;
    return {mean, low: at(tail), high: at(1 - tail)};
  });
}
