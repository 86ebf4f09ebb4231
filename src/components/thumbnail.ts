/**
 * A matrix reduced to at most `most` cells a side, each the greatest weight of the cells it stands
 * for: a thin diagonal stays a diagonal, where a mean would wash it out.
 *
 * @param weights [rows, columns] row by row; NaN cells (hidden) count only where a whole block is
 *   hidden
 * @returns the cells row by row, and their number down and across
 */
export function thumbnail(
  weights: ArrayLike<number>,
  rows: number,
  columns: number,
  most: number
): {cells: Float32Array; down: number; across: number} {
  const reduced = (n: number) => Math.min(n, Math.max(1, most));
  const places = (n: number, side: number) =>
    Int32Array.from({length: n}, (_, i) => Math.floor((i * side) / n));
  const [down, across] = [reduced(rows), reduced(columns)];
  const cells = new Float32Array(down * across).fill(NaN);
  const [up, left] = [places(rows, down), places(columns, across)];
  for (let from = 0; from < rows; ++from) {
    const base = up[from]! * across;
    const row = from * columns;
    for (let to = 0; to < columns; ++to) {
      const weight = weights[row + to]!;
      const at = base + left[to]!;
      // False for a NaN weight, true for a NaN cell.
      if (weight >= 0 && !(cells[at]! >= weight)) cells[at] = weight;
    }
  }
  return {cells, down, across};
}
