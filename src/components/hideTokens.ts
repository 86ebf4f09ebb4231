/**
 * Attention without some tokens: their rows and columns become NaN, which every view draws in grey,
 * so that positions stay where they were.
 *
 * With `renormalise` the rest of each row is divided by its sum, the attention as if the hidden
 * tokens could not be seen *at this place*; it is not what the model computes without them, since
 * deeper states would differ. A row whose remaining sum is 0 becomes NaN, for nothing is known of it.
 *
 * @param probs weights [from, to], row by row, from = to = keep.length
 * @param keep which tokens stay as rows
 * @param columns which tokens stay as columns, by default the same
 * @example hideTokens([0.5, 0.25, 0.25, …], [false, true, true], true) → row 1 is [NaN, 0.5, 0.5]
 */
export function hideTokens(
  probs: ArrayLike<number>,
  keep: readonly boolean[],
  renormalise: boolean,
  columns: readonly boolean[] = keep
): Float32Array {
  const n = keep.length;
  const result = new Float32Array(n * n).fill(NaN);
  for (let from = 0; from < n; ++from) {
    if (!keep[from]) continue;
    let sum = 0;
    for (let to = 0; to < n; ++to) if (columns[to]) sum += probs[from * n + to]!;
    if (renormalise && !(sum > 0)) continue;
    for (let to = 0; to < n; ++to)
      if (columns[to]) result[from * n + to] = probs[from * n + to]! / (renormalise ? sum : 1);
  }
  return result;
}
