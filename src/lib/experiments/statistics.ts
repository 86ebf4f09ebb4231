/** Is a difference between two settings larger than the noise between seeds? */
import {Random} from "../random.js";

/** Arithmetic mean; NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, divided by n − 1. */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  const sum = values.reduce((total, value) => total + (value - center) ** 2, 0);
  return Math.sqrt(sum / (values.length - 1));
}

/** A mean with its interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
  n: number;
}

export interface BootstrapOptions {
  /** Share of intervals that should hold the true mean, default 0.95. */
  level?: number;
  /** Resamples, default 2000. */
  resamples?: number;
  /** Seed of the resampling, default 1. */
  seed?: number;
}

/**
 * Bootstrap interval of a mean: percentiles of resampled means around the sample's own. A handful of
 * values resampled are too close together by `√((n − 1)/n)`, and their tails too thin, so deviations
 * are widened by `t/z · √(n/(n − 1))`, which goes to 1 as n grows.
 *
 * For pairs (the same seed under two settings) pass the differences.
 *
 * @see Hesterberg 2015, "What Teachers Should Know About the Bootstrap", section 4.1 on narrowness
 */
export function bootstrapMean(
  values: readonly number[],
  {level = 0.95, resamples = 2000, seed = 1}: BootstrapOptions = {}
): Interval {
  const n = values.length;
  const center = mean(values);
  if (n < 2) return {mean: center, low: -Infinity, high: Infinity, n};
  const draw = drawsOf(n, resamples, seed);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; ++i) {
    let sum = 0;
    for (let j = 0; j < n; ++j) sum += values[draw(i * n + j)]!;
    means[i] = sum / n;
  }
  means.sort();
  const tail = (1 - level) / 2;
  const widen =
    (studentQuantile(1 - tail, n - 1) / normalQuantile(1 - tail)) * Math.sqrt(n / (n - 1));
  const at = (share: number) => {
    const place = share * (resamples - 1);
    const below = Math.floor(place);
    const low = means[below]!;
    const high = means[Math.min(resamples - 1, below + 1)]!;
    return low + (place - below) * (high - low);
  };
  return {
    mean: center,
    low: center - widen * (center - at(tail)),
    high: center + widen * (at(1 - tail) - center),
    n
  };
}

/** Draws that are kept; more are drawn anew each time. */
const mostKept = 1e6;
let kept: {of: string; draws: Uint32Array} | null = null;

/**
 * The places that resamples draw, asked for in order. They depend on nothing but the number of values,
 * and the cells of a figure have equally many, so that the newest draws are kept for the next cell.
 */
function drawsOf(n: number, resamples: number, seed: number): (i: number) => number {
  const random = new Random(seed, "bootstrap");
  if (n * resamples > mostKept) return () => random.int(n);
  const of = `${n} ${resamples} ${seed}`;
  if (kept?.of !== of)
    kept = {of, draws: Uint32Array.from({length: n * resamples}, () => random.int(n))};
  const {draws} = kept;
  return (i) => draws[i]!;
}

/**
 * An interval of a mean cut to what the mean can be, [0, 1] of an accuracy or F1: widened intervals of
 * a handful of scores reach beyond. A true mean is never outside, so that nothing is covered less.
 */
export function within<T extends Interval>(
  interval: T,
  [least, most]: readonly [number, number]
): T {
  return {
    ...interval,
    low: Math.max(least, interval.low),
    high: Math.min(most, interval.high)
  };
}

/**
 * A mean of values with its bootstrap interval in words.
 *
 * @param digits after the point
 * @example "0.074 [0.048, 0.103]"
 */
export function intervalWords(values: readonly number[], digits = 2): string {
  const {mean: center, low, high} = bootstrapMean(values);
  const word = (x: number) => x.toFixed(digits).replace("-", "−");
  return `${word(center)} [${word(low)}, ${word(high)}]`;
}

/**
 * Probability of a mean at least this far from 0 if the true one is 0 (paired Student test).
 *
 * @param differences one a pair, at least two; 1 where all are 0
 */
export function pairedP(differences: readonly number[]): number {
  const n = differences.length;
  if (n < 2) return 1;
  const spread = standardDeviation(differences);
  const center = mean(differences);
  if (center === 0) return 1;
  if (spread === 0) return 0;
  return 2 * (1 - studentCdf(Math.abs(center) / (spread / Math.sqrt(n)), n - 1));
}

/**
 * Holm's correction: p-values multiplied so that the chance of even one false finding among all of
 * a figure's comparisons stays below the level they are held against.
 *
 * @returns adjusted values in the order given, at most 1
 * @see Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure"
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** P(T ≤ t) for Student's T with `df` degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t >= 0 ? 1 - tail : tail;
}

/** The t that Student's T stays below with probability p in (0, 1). */
export function studentQuantile(p: number, df: number): number {
  return invert((t) => studentCdf(t, df), p);
}

/** The z that a standard normal number stays below with probability p in (0, 1). */
export function normalQuantile(p: number): number {
  return studentQuantile(p, 1e7); // Student's T with so many degrees of freedom is normal to 1e-7
}

function invert(cdf: (x: number) => number, p: number): number {
  let low = -1;
  let high = 1;
  while (cdf(low) > p) low *= 2;
  while (cdf(high) < p) high *= 2;
  for (let i = 0; i < 80; ++i) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method).
 *
 * @see Press et al., "Numerical Recipes", section 6.4
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  );
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 1000; ++m) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

/** ln Γ(x) for x > 0: Stirling's series after lifting x above 10. */
function logGamma(x: number): number {
  let shift = 0;
  while (x < 10) shift -= Math.log(x++);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
