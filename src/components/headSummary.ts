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
  const isCls = columns.map((to) => tokens[to] === "[CLS]");
  const isSep = columns.map((to) => tokens[to] === "[SEP]");
  const place = new Map(columns.map((to, j) => [to, j]));
  let seen = 0;
  rows.forEach((from, i) => {
    const start = i * columns.length;
    let isSeen = false;
    for (let j = 0; j < columns.length; ++j) {
      const p = probs[start + j]!;
      if (Number.isNaN(p)) continue;
      isSeen = true;
      if (p > 0) sum.entropy -= p * Math.log(p);
      if (isCls[j]) sum.cls += p;
      if (isSep[j]) sum.sep += p;
    }
    const at = (to: number) => {
      const j = place.get(to);
      return j === undefined ? 0 : probs[start + j]! || 0;
    };
    sum.self += at(from);
    sum.previous += at(from - 1);
    sum.next += at(from + 1);
    seen += Number(isSeen);
  });
  for (const key of Object.keys(sum) as (keyof HeadSummary)[]) sum[key] /= seen;
  return sum;
}
