/** How fast a map that is applied again and again pulls neighbouring points together. */
import {Random} from "../random.js";

/** A map of points to points of the same length; it may not keep or change what it is given. */
export type PointMap = (x: Float32Array) => Float32Array;

export interface ContractionOptions {
  /** Iterations before measuring, default 30. */
  warmup?: number;
  /** Iterations that are measured, default 60. */
  iterations?: number;
  /** Length of the nudge as a share of the point's, default 0.01. */
  nudge?: number;
  /** Seed of the first direction, default 1. */
  seed?: number;
}

/**
 * Spectral radius of the Jacobian of `f` at `x`, by power iteration with central differences: below
 * 1, points near `x` come together when the map is applied again; above 1, some move apart. The mean
 * growth over many iterations also serves where the largest eigenvalues are a complex pair.
 */
export function contractionRate(
  f: PointMap,
  x: Float32Array,
  {warmup = 30, iterations = 60, nudge = 0.01, seed = 1}: ContractionOptions = {}
): number {
  const random = new Random(seed, "probes");
  let direction = Float32Array.from(x, () => random.normal());
  const length = nudge * (norm(x) || 1);
  scale(direction, length / norm(direction));
  let logGrowth = 0;
  for (let i = 0; i < warmup + iterations; ++i) {
    const ahead = f(x.map((value, j) => value + direction[j]!));
    const behind = f(x.map((value, j) => value - direction[j]!));
    direction = ahead.map((value, j) => (value - behind[j]!) / 2);
    const size = norm(direction);
    if (size === 0) return 0;
    if (i >= warmup) logGrowth += Math.log(size / length);
    scale(direction, length / size);
  }
  return Math.exp(logGrowth / iterations);
}

/** Euclidean length. */
export function norm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; ++i) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}

/** Cosine of the angle between two vectors; NaN where one is zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += a[i]! * b[i]!;
  return sum / (norm(a) * norm(b));
}

function scale(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; ++i) x[i]! *= factor;
}
