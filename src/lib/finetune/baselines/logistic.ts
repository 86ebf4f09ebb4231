/** Multinomial logistic regression on sparse counts, solved to its optimum by L-BFGS. */

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

/** Pairs of steps that L-BFGS remembers. */
const memory = 8;

/** L-BFGS with backtracking; `x` is overwritten with the minimiser. */
function minimise(
  x: Float64Array,
  evaluate: (at: Float64Array, gradient: Float64Array) => number,
  iterations: number
): void {
  const n = x.length;
  let gradient = new Float64Array(n);
  let loss = evaluate(x, gradient);
  const history: {s: Float64Array; y: Float64Array; rho: number}[] = [];
  for (let k = 0; k < iterations; ++k) {
    const direction = descent(gradient, history);
    const slope = dot(direction, gradient);
    if (!(slope < -1e-10)) return;
    let step = history.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(n);
    const nextGradient = new Float64Array(n);
    let nextLoss = Infinity;
    for (let tries = 0; tries < 30; ++tries, step /= 2) {
      for (let i = 0; i < n; ++i) next[i] = x[i]! + step * direction[i]!;
      nextLoss = evaluate(next, nextGradient);
      if (nextLoss <= loss + 1e-4 * step * slope) break;
    }
    if (!(nextLoss < loss)) return;
    const s = next.map((value, i) => value - x[i]!);
    const y = nextGradient.map((value, i) => value - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 1e-12) history.push({s, y, rho: 1 / sy});
    if (history.length > memory) history.shift();
    const gain = loss - nextLoss;
    x.set(next);
    gradient = nextGradient;
    loss = nextLoss;
    if (gain < 1e-7 * Math.max(1, Math.abs(loss))) return;
  }
}

function descent(
  gradient: Float64Array,
  history: readonly {s: Float64Array; y: Float64Array; rho: number}[]
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (const {s, y, rho} of [...history].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    for (let i = 0; i < q.length; ++i) q[i]! -= alpha * y[i]!;
  }
  const last = history.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let i = 0; i < q.length; ++i) q[i]! *= scale;
  history.forEach(({s, y, rho}, h) => {
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; ++i) q[i]! += s[i]! * (alphas[h]! - beta);
  });
  return q.map((value) => -value);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += a[i]! * b[i]!;
  return sum;
}
