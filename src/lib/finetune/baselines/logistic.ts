/** Multinomial logistic regression on sparse counts, solved to its optimum by L-BFGS. */
import {minimise} from "../../lbfgs.js";

/** A row of counts: feature indices and their values. */
export interface SparseRow {
  indices: Int32Array;
  values: Float64Array;
}

export interface LogisticModel {
  /** [classes × (features + 1)], the last of each class its intercept. */
  weights: Float64Array;
  classes: number;
  features: number;
}

/**
 * Minimises `Σ −log p(label) + ½·l2·‖w‖²` (the intercept is not penalised), as scikit-learn's
 * multinomial LogisticRegression with C = 1/l2; of two classes, whose weights are then opposite,
 * as its binary one with C = 2/l2. Deterministic.
 *
 * @param l2 strength of the penalty, default 1
 * @param iterations at most this many, default 100
 */
export function trainLogistic(
  rows: readonly SparseRow[],
  labels: ArrayLike<number>,
  {
    classes,
    features,
    l2 = 1,
    iterations = 100
  }: {classes: number; features: number; l2?: number; iterations?: number}
): LogisticModel {
  const width = features + 1;
  const w = new Float64Array(classes * width);
  const evaluate = (at: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < at.length; ++i) {
      const isIntercept = i % width === features;
      gradient[i] = isIntercept ? 0 : l2 * at[i]!;
      if (!isIntercept) loss += 0.5 * l2 * at[i]! * at[i]!;
    }
    const p = new Float64Array(classes);
    rows.forEach((row, r) => {
      loss -= Math.log(probabilities(at, row, width, p)[labels[r]!]!);
      for (let c = 0; c < classes; ++c) {
        const d = p[c]! - (labels[r] === c ? 1 : 0);
        const base = c * width;
        for (let k = 0; k < row.indices.length; ++k)
          gradient[base + row.indices[k]!]! += d * row.values[k]!;
        gradient[base + features]! += d;
      }
    });
    return loss;
  };
  minimise(w, evaluate, iterations);
  return {weights: w, classes, features};
}

/** Class probabilities of a row. */
export function logisticProbabilities(
  {weights, classes, features}: LogisticModel,
  row: SparseRow
): Float64Array {
  return probabilities(weights, row, features + 1, new Float64Array(classes));
}

function probabilities(
  w: Float64Array,
  {indices, values}: SparseRow,
  width: number,
  out: Float64Array
): Float64Array {
  let largest = -Infinity;
  for (let c = 0; c < out.length; ++c) {
    let score = w[c * width + width - 1]!;
    for (let k = 0; k < indices.length; ++k) score += w[c * width + indices[k]!]! * values[k]!;
    out[c] = score;
    largest = Math.max(largest, score);
  }
  let total = 0;
  for (let c = 0; c < out.length; ++c) total += out[c] = Math.exp(out[c]! - largest);
  for (let c = 0; c < out.length; ++c) out[c]! /= total;
  return out;
}
