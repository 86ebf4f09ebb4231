/** How alike two sets of vectors are, whatever the directions they are written in. */

/**
 * Linear centred kernel alignment of two sets of vectors for the same rows:
 * `‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖)` with Frobenius norms, columns centred. The biased estimator: small sets
 * of wide vectors look more alike than they are.
 *
 * @param x `[rows, widthX]`, row-major
 * @param y `[rows, widthY]`
 * @returns 0 (nothing in common) to 1 (the same up to rotation and scale); NaN where a set does not
 *   vary
 * @see Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited", section 3
 */
export function linearCka(x: ArrayLike<number>, y: ArrayLike<number>, rows: number): number {
  const [a, b] = [centred(x, rows), centred(y, rows)];
  const [p, q] = [x.length / rows, y.length / rows];
  const across = squaredProduct(a, p, b, q, rows);
  const own = Math.sqrt(squaredProduct(a, p, a, p, rows) * squaredProduct(b, q, b, q, rows));
  return own > 0 ? across / own : NaN;
}

/** Columns without their means; a column that only rounding moves becomes 0. */
function centred(x: ArrayLike<number>, rows: number): Float64Array {
  const width = x.length / rows;
  const result = new Float64Array(x.length);
  for (let j = 0; j < width; ++j) {
    let mean = 0;
    for (let i = 0; i < rows; ++i) mean += x[i * width + j]! / rows;
    let largest = 0;
    for (let i = 0; i < rows; ++i) {
      const value = x[i * width + j]! - mean;
      result[i * width + j] = value;
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest <= 1e-12 * Math.abs(mean)) for (let i = 0; i < rows; ++i) result[i * width + j] = 0;
  }
  return result;
}

/** `‖BᵀA‖²` of two sets of columns. */
function squaredProduct(
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  rows: number
): number {
  const product = new Float64Array(p * q);
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < p; ++j) {
      const value = a[i * p + j]!;
      for (let k = 0; k < q; ++k) product[j * q + k]! += value * b[i * q + k]!;
    }
  return product.reduce((sum, value) => sum + value * value, 0);
}
