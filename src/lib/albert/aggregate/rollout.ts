/** Attention of all depths as one matrix: how much of each input reaches each output. */

/** A square matrix row by row, `[from, to]`. */
export type Square = Float64Array;

/**
 * One matrix a depth from the attention of its heads.
 *
 * @param probs `[depth, heads, from, to]`, row-major
 * @param shape its four sizes, the last two equal
 * @param fuse "mean" over the heads, or "max", of which the rows then no longer sum to 1
 */
export function fuseHeads(
  probs: ArrayLike<number>,
  [depths, heads, n]: readonly [number, number, number, number],
  fuse: "mean" | "max" = "mean"
): Square[] {
  return Array.from({length: depths}, (_, depth) => {
    const fused = new Float64Array(n * n);
    for (let head = 0; head < heads; ++head) {
      const start = (depth * heads + head) * n * n;
      for (let i = 0; i < n * n; ++i) {
        const p = probs[start + i]!;
        fused[i] = fuse === "mean" ? fused[i]! + p / heads : Math.max(fused[i]!, p);
      }
    }
    return fused;
  });
}

/** Rows divided by their sums; a row of zeros stays. */
export function scaledRows(matrix: Square, n: number): Square {
  const scaled = matrix.slice();
  for (let from = 0; from < n; ++from) {
    const row = scaled.subarray(from * n, (from + 1) * n);
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum > 0) for (let to = 0; to < n; ++to) row[to]! /= sum;
  }
  return scaled;
}

/**
 * Each depth with its residual path: `rownorm(rownorm(A) + I)`, so that half of every row is the
 * piece itself.
 */
export function withResidual(matrices: readonly Square[], n: number): Square[] {
  return matrices.map((matrix) => {
    const sum = scaledRows(matrix, n);
    for (let i = 0; i < n; ++i) sum[i * n + i]! += 1;
    return scaledRows(sum, n);
  });
}

/** `a·b` of two square matrices. */
export function product(a: Square, b: Square, n: number): Square {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; ++i)
    for (let k = 0; k < n; ++k) {
      const factor = a[i * n + k]!;
      if (factor !== 0) for (let j = 0; j < n; ++j) c[i * n + j]! += factor * b[k * n + j]!;
    }
  return c;
}

/**
 * Attention rollout: `R_1 = A_1`, `R_l = A_l·R_(l−1)`; row i of `R_l` says how position i after depth
 * l uses the inputs. Rows sum to 1 where those of all A do. What a position mixes by other means
 * than attention is taken as its own.
 *
 * @param matrices one `[n, n]` a depth, already with its residual path (`withResidual`) if it is to
 *   count
 * @returns one `[n, n]` a depth
 * @see Abnar and Zuidema 2020, section 3, https://arxiv.org/abs/2005.00928
 */
export function rollout(matrices: readonly Square[], n: number): Square[] {
  const rolled: Square[] = [];
  for (const matrix of matrices) {
    const below = rolled.at(-1);
    rolled.push(below ? product(matrix, below, n) : matrix);
  }
  return rolled;
}
