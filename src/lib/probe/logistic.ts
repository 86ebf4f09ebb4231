/** The linear probe: multinomial logistic regression on dense vectors, solved to its optimum. */
import {minimise} from "../lbfgs.js";

/** Rows of features, row-major, with a class each. */
export interface LabelledVectors {
  /** `[n, width]` */
  x: Float32Array | Float64Array;
  /** `[n]`, integers in [0, classes) */
  y: Int32Array;
  width: number;
  classes: number;
}

export interface ProbeOptions {
  /** Strength of the penalty ½·l2·‖W‖² beside the summed loss; scikit-learn's 1/C. Default 1. */
  l2?: number;
  /** Whether features are shifted and scaled by mean and deviation of the training rows; default true. */
  standardise?: boolean;
  /** Most steps of the solver, default 200. */
  iterations?: number;
  /** A step that gains less than this share of the loss is the last, default 1e-7. */
  gainTolerance?: number;
}

/** A trained probe. */
export interface LinearProbe {
  /**
   * `[vectors, width + 1]`, the last of each row its intercept. Two classes have one vector, that of
   * class 1; more have one each.
   */
  weights: Float64Array;
  width: number;
  classes: number;
  /** Subtracted from each feature, and what it is divided by then. */
  shift: Float64Array;
  scale: Float64Array;
}

/**
 * Minimises `Σ −log p(y) + ½·l2·‖W‖²`, intercepts free, as scikit-learn's LogisticRegression with
 * C = 1/l2: by a sigmoid for two classes, by a softmax for more. Deterministic.
 */
export function trainProbe(
  {x, y, width, classes}: LabelledVectors,
  {l2 = 1, standardise = true, iterations = 200, gainTolerance = 1e-7}: ProbeOptions = {}
): LinearProbe {
  const n = y.length;
  const {shift, scale} = standardise ? moments(x, n, width) : unchanged(width);
  const rows = new Float64Array(n * width);
  for (let i = 0; i < n; ++i)
    for (let j = 0; j < width; ++j)
      rows[i * width + j] = (x[i * width + j]! - shift[j]!) / scale[j]!;
  const vectors = classes === 2 ? 1 : classes;
  const stride = width + 1;
  const weights = new Float64Array(vectors * stride);
  const p = new Float64Array(classes);
  const evaluate = (at: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let k = 0; k < at.length; ++k) {
      const isIntercept = k % stride === width;
      gradient[k] = isIntercept ? 0 : l2 * at[k]!;
      if (!isIntercept) loss += 0.5 * l2 * at[k]! * at[k]!;
    }
    for (let i = 0; i < n; ++i) {
      const base = i * width;
      scores(at, rows, base, width, p);
      loss -= logShare(p, y[i]!);
      for (let v = 0; v < vectors; ++v) {
        const c = classes === 2 ? 1 : v;
        const error = p[c]! - (y[i] === c ? 1 : 0);
        const from = v * stride;
        for (let j = 0; j < width; ++j) gradient[from + j]! += error * rows[base + j]!;
        gradient[from + width]! += error;
      }
    }
    return loss;
  };
  minimise(weights, evaluate, iterations, gainTolerance);
  return {weights, width, classes, shift, scale};
}

/**
 * Class probabilities of every row.
 *
 * @param x `[n, width]`
 * @returns `[n, classes]`
 */
export function probeProbabilities(
  {weights, width, classes, shift, scale}: LinearProbe,
  x: ArrayLike<number>
): Float64Array {
  const n = x.length / width;
  const result = new Float64Array(n * classes);
  const row = new Float64Array(width);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < width; ++j) row[j] = (x[i * width + j]! - shift[j]!) / scale[j]!;
    const p = result.subarray(i * classes, (i + 1) * classes);
    scores(weights, row, 0, width, p);
    logShare(p, 0);
  }
  return result;
}

/** Scores of one row, of every class, into `out`; class 0 of two has score 0. */
function scores(
  weights: Float64Array,
  rows: Float64Array,
  base: number,
  width: number,
  out: Float64Array
): void {
  const isBinary = out.length === 2;
  out[0] = 0;
  for (let c = isBinary ? 1 : 0; c < out.length; ++c) {
    const from = (isBinary ? 0 : c) * (width + 1);
    let score = weights[from + width]!;
    for (let j = 0; j < width; ++j) score += weights[from + j]! * rows[base + j]!;
    out[c] = score;
  }
}

/** Turns scores into probabilities in place, and gives the logarithm of one of them. */
function logShare(scores: Float64Array, of: number): number {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  const asked = scores[of]!;
  let total = 0;
  for (let c = 0; c < scores.length; ++c) total += scores[c] = Math.exp(scores[c]! - largest);
  for (let c = 0; c < scores.length; ++c) scores[c]! /= total;
  return asked - largest - Math.log(total);
}

function unchanged(width: number): {shift: Float64Array; scale: Float64Array} {
  return {shift: new Float64Array(width), scale: new Float64Array(width).fill(1)};
}

/** Means and population deviations of the features; a feature that never changes is not scaled. */
function moments(
  x: ArrayLike<number>,
  n: number,
  width: number
): {shift: Float64Array; scale: Float64Array} {
  const shift = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let i = 0; i < n; ++i) for (let j = 0; j < width; ++j) shift[j]! += x[i * width + j]! / n;
  for (let i = 0; i < n; ++i)
    for (let j = 0; j < width; ++j) scale[j]! += (x[i * width + j]! - shift[j]!) ** 2 / n;
  for (let j = 0; j < width; ++j) {
    const deviation = Math.sqrt(scale[j]!);
    scale[j] = deviation > 1e-9 * Math.max(1, Math.abs(shift[j]!)) ? deviation : 1;
  }
  return {shift, scale};
}
