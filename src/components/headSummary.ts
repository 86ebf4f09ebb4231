/** Where one head's attention goes, on average over the tokens that look. */
export interface HeadSummary {
  /** Mean entropy of the rows in nats; ln n where attention is spread evenly. */
  entropy: number;
  /** Mean weight on the token itself, the one before and the one after. */
  self: number;
  previous: number;
  next: number;
  /** Mean weight on [CLS], and on all [SEP] together. */
  cls: number;
  sep: number;
}

/**
 * Averages over the rows of a head. Hidden rows and cells (NaN) count for nothing; a token with no
 * neighbour on a side gives that side 0.
 *
 * @param probs weights [rows, columns] row by row
 * @param tokens all tokens of the text
 * @param rows which of them look, by default all
 * @param columns which of them are looked at, by default all
 */
export function headSummary(
  probs: ArrayLike<number>,
  tokens: readonly string[],
  rows: readonly number[] = tokens.map((_, i) => i),
  columns: readonly number[] = tokens.map((_, i) => i)
): HeadSummary {
  const sum: HeadSummary = {entropy: 0, self: 0, previous: 0, next: 0, cls: 0, sep: 0};
  let seen = 0;
  rows.forEach((from, i) => {
    let isSeen = false;
    columns.forEach((to, j) => {
      const p = probs[i * columns.length + j]!;
      if (Number.isNaN(p)) return;
      isSeen = true;
      if (p > 0) sum.entropy -= p * Math.log(p);
      if (to === from) sum.self += p;
      if (to === from - 1) sum.previous += p;
      if (to === from + 1) sum.next += p;
      if (tokens[to] === "[CLS]") sum.cls += p;
      if (tokens[to] === "[SEP]") sum.sep += p;
    });
    seen += Number(isSeen);
  });
  for (const key of Object.keys(sum) as (keyof HeadSummary)[]) sum[key] /= seen;
  return sum;
}
