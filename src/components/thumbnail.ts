/**
 * A square matrix reduced to at most `most` cells a side, each the greatest weight of the cells it
 * stands for: a thin diagonal stays a diagonal, where a mean would wash it out.
 *
 * @param weights [n, n] row by row; NaN cells (hidden) count only where a whole block is hidden
 * @returns the cells row by row and their number a side
 */
export function thumbnail(
  weights: ArrayLike<number>,
  n: number,
  most: number
): {cells: Float32Array; side: number} {
  const side = Math.min(n, Math.max(1, most));
  const cells = new Float32Array(side * side).fill(NaN);
  const place = Int32Array.from({length: n}, (_, i) => Math.floor((i * side) / n));
  for (let from = 0; from < n; ++from) {
    const base = place[from]! * side;
    const row = from * n;
    for (let to = 0; to < n; ++to) {
      const weight = weights[row + to]!;
      const at = base + place[to]!;
      // False for a NaN weight, true for a NaN cell.
      if (weight >= 0 && !(cells[at]! >= weight)) cells[at] = weight;
    }
  }
  return {cells, side};
}
