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
 * @param probs weights [tokens, tokens] row by row
 */
export function headSummary(probs: ArrayLike<number>, tokens: readonly string[]): HeadSummary {
  const n = tokens.length;
  const sum: HeadSummary = {entropy: 0, self: 0, previous: 0, next: 0, cls: 0, sep: 0};
  let rows = 0;
  for (let from = 0; from < n; ++from) {
    let isSeen = false;
    for (let to = 0; to < n; ++to) {
      const p = probs[from * n + to]!;
      if (Number.isNaN(p)) continue;
      isSeen = true;
      if (p > 0) sum.entropy -= p * Math.log(p);
      if (to === from) sum.self += p;
      if (to === from - 1) sum.previous += p;
      if (to === from + 1) sum.next += p;
      if (tokens[to] === "[CLS]") sum.cls += p;
      if (tokens[to] === "[SEP]") sum.sep += p;
    }
    rows += Number(isSeen);
  }
  for (const key of Object.keys(sum) as (keyof HeadSummary)[]) sum[key] /= rows;
  return sum;
}
