/** Singular values of a learned matrix, and the best matrix of a lower rank. */

/** A matrix in row-major order, shape `[rows, columns]`. */
export interface Matrix {
  rows: number;
  columns: number;
  data: ArrayLike<number>;
}

/** `A = U · diag(s) · Vᵀ`. */
export interface SingularValues {
  /** `[rows, rank]`, columns orthonormal (zero where the singular value is). */
  u: Float64Array;
  /** Falling, at least 0; as many as `rank`. */
  s: Float64Array;
  /** `[columns, rank]`, columns orthonormal. */
  v: Float64Array;
  /** min(rows, columns). */
  rank: number;
}

/** Sweeps over all pairs of columns; convergence is quadratic and takes about eight. */
const mostSweeps = 60;

/**
 * Thin singular value decomposition by one-sided Jacobi rotations, which finds small singular values
 * to high relative precision.
 *
 * @see Golub & Van Loan, "Matrix Computations", 4th ed., section 8.6.3
 */
export function svd({rows, columns, data}: Matrix): SingularValues {
  if (columns > rows) {
    const {u, s, v, rank} = svd(transposed({rows, columns, data}));
    return {u: v, s, v: u, rank};
  }
  // columns of A, and of V, each contiguous
  const a = Array.from({length: columns}, (_, j) =>
    Float64Array.from({length: rows}, (_, i) => data[i * columns + j]!)
  );
  const v = Array.from({length: columns}, (_, j) => {
    const column = new Float64Array(columns);
    column[j] = 1;
    return column;
  });
  for (let sweep = 0, isDone = false; !isDone && sweep < mostSweeps; ++sweep) {
    isDone = true;
    for (let p = 0; p < columns - 1; ++p)
      for (let q = p + 1; q < columns; ++q) {
        const alpha = dot(a[p]!, a[p]!);
        const beta = dot(a[q]!, a[q]!);
        const gamma = dot(a[p]!, a[q]!);
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta) || gamma === 0) continue;
        isDone = false;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, t);
        rotate(a[p]!, a[q]!, cosine, cosine * t);
        rotate(v[p]!, v[q]!, cosine, cosine * t);
      }
  }
  const norms = a.map((column) => Math.sqrt(dot(column, column)));
  const order = norms.map((_, j) => j).sort((i, j) => norms[j]! - norms[i]!);
  const u = new Float64Array(rows * columns);
  const right = new Float64Array(columns * columns);
  order.forEach((j, k) => {
    const scale = norms[j]! > 0 ? 1 / norms[j]! : 0;
    for (let i = 0; i < rows; ++i) u[i * columns + k] = a[j]![i]! * scale;
    for (let i = 0; i < columns; ++i) right[i * columns + k] = v[j]![i]!;
  });
  return {u, s: Float64Array.from(order, (j) => norms[j]!), v: right, rank: columns};
}

/**
 * The nearest matrix of a rank, in the sum of squared differences: the largest `rank` terms of the
 * decomposition. Its squared error is the sum of the squares left out (Eckart and Young 1936).
 */
export function truncate(
  {u, s, v, rank: full}: SingularValues,
  rows: number,
  columns: number,
  rank: number
): Float32Array {
  const kept = Math.min(rank, full);
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < columns; ++j) {
      let sum = 0;
      for (let k = 0; k < kept; ++k) sum += u[i * full + k]! * s[k]! * v[j * full + k]!;
      out[i * columns + j] = sum;
    }
  return out;
}

/**
 * How many directions a spectrum uses: exp of the entropy of the singular values as shares of their
 * sum. n equal values give n, one value gives 1.
 *
 * @see Roy & Vetterli 2007, "The effective rank"
 */
export function effectiveRank(values: ArrayLike<number>): number {
  const list = Array.from(values).filter((value) => value > 0);
  const sum = list.reduce((total, value) => total + value, 0);
  return Math.exp(-list.reduce((total, value) => total + (value / sum) * Math.log(value / sum), 0));
}

/** `A · Bᵀ` of `[n, k]` and `[m, k]`. */
export function productTransposed(a: Matrix, b: Matrix): Matrix & {data: Float64Array} {
  const data = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; ++i)
    for (let j = 0; j < b.rows; ++j) {
      let sum = 0;
      for (let k = 0; k < a.columns; ++k)
        sum += a.data[i * a.columns + k]! * b.data[j * b.columns + k]!;
      data[i * b.rows + j] = sum;
    }
  return {rows: a.rows, columns: b.rows, data};
}

function transposed({rows, columns, data}: Matrix): Matrix {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < columns; ++j) result[j * rows + i] = data[i * columns + j]!;
  return {rows: columns, columns: rows, data: result};
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += a[i]! * b[i]!;
  return sum;
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; ++i) {
    const x = a[i]!;
    const y = b[i]!;
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}
