/** Minimising a smooth function without its second derivatives. */

/** Pairs of steps that L-BFGS remembers. */
const memory = 8;

/**
 * L-BFGS with backtracking; `x` is overwritten with the minimiser.
 *
 * @param evaluate gives the value at a point and writes the gradient there
 * @param iterations at most this many
 * @param gainTolerance stops where a step gains less than this share of the value (at least of 1),
 *   default 1e-7
 * @see Nocedal and Wright, "Numerical Optimization", algorithms 7.4 and 3.1
 */
export function minimise(
  x: Float64Array,
  evaluate: (at: Float64Array, gradient: Float64Array) => number,
  iterations: number,
  gainTolerance = 1e-7
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
    if (gain < gainTolerance * Math.max(1, Math.abs(loss))) return;
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
