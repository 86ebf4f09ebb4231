/** Weights as rows of a table: every cell that is not hidden, in reading order. */
export function attentionRows(
  probs: ArrayLike<number>,
  tokens: readonly string[],
  columns: readonly string[] = tokens
): {from: string; to: string; weight: number}[] {
  return tokens.flatMap((from, i) =>
    columns
      .map((to, j) => ({from, to, weight: probs[i * columns.length + j]!}))
      .filter((row) => !Number.isNaN(row.weight))
  );
}

/** Place of one weight in its row, 1 the greatest, and how many are not hidden. */
export function rankInRow(
  probs: ArrayLike<number>,
  columns: number,
  from: number,
  to: number
): {rank: number; of: number} {
  let rank = 1;
  let of = 0;
  for (let j = 0; j < columns; ++j) {
    const weight = probs[from * columns + j]!;
    if (Number.isNaN(weight)) continue;
    ++of;
    if (weight > probs[from * columns + to]!) ++rank;
  }
  return {rank, of};
}
