/** What one head does in one text, as numbers that can be added up over many texts. */

/** A set of places that a piece may look at. */
export interface Pattern {
  name: string;
  /** What it means, for a reader. */
  about: string;
  /** Whether `to` is in the pattern for a piece at `from`. */
  holds(tokens: readonly string[], from: number, to: number): boolean;
}

const isSeparator = (token: string) => token === "[SEP]";
const isPunctuation = (token: string) => /^▁?[\p{P}\p{S}]+$/u.test(token) && !/^\[/.test(token);

/** Patterns that heads of encoders are known for (Clark et al. 2019, section 3). */
export const patterns: readonly Pattern[] = [
  {name: "previous", about: "the piece before", holds: (_, from, to) => to === from - 1},
  {name: "next", about: "the piece after", holds: (_, from, to) => to === from + 1},
  {name: "self", about: "the piece itself", holds: (_, from, to) => to === from},
  {name: "[CLS]", about: "[CLS]", holds: (tokens, _, to) => tokens[to] === "[CLS]"},
  {name: "[SEP]", about: "any [SEP]", holds: (tokens, _, to) => isSeparator(tokens[to]!)},
  {
    name: "same piece",
    about: "the same piece elsewhere in the text",
    holds: (tokens, from, to) => to !== from && tokens[to] === tokens[from]
  },
  {
    name: "punctuation",
    about: "a punctuation mark other than itself",
    holds: (tokens, from, to) => to !== from && isPunctuation(tokens[to]!)
  }
];

/** Names of the numbers that `measureHead` gives, in order: the patterns' masses come last. */
export const measureNames: readonly string[] = [
  "entropy",
  "distance",
  ...patterns.map(({name}) => name)
];

/** The pieces that look: those of the text, not the [CLS] and [SEP] that the model adds. */
export function lookingRows(tokens: readonly string[]): number[] {
  return tokens.flatMap((token, i) => (token === "[CLS]" || isSeparator(token) ? [] : [i]));
}

/**
 * Sums over the rows of a text of each measure: entropy in nats (`0 ln 0 = 0`), distance in pieces
 * (`Σ p·|to − from|`), and the share of the weight that lies inside each pattern, in [0, 1].
 *
 * @param probs `[n, n]` weights of one head, rows sum to 1
 * @param rows which pieces look, by default those of the text
 * @returns as `measureNames`; divide by the number of rows for means
 */
export function measureHead(
  probs: ArrayLike<number>,
  tokens: readonly string[],
  rows: readonly number[] = lookingRows(tokens)
): Float64Array {
  const n = tokens.length;
  const sums = new Float64Array(measureNames.length);
  for (const from of rows)
    for (let to = 0; to < n; ++to) {
      const p = probs[from * n + to]!;
      if (!(p > 0)) continue;
      sums[0]! -= p * Math.log(p);
      sums[1]! += p * Math.abs(to - from);
      patterns.forEach(({holds}, k) => {
        if (holds(tokens, from, to)) sums[2 + k]! += p;
      });
    }
  return sums;
}

/** The same sums for attention that is spread evenly: what a head is compared with. */
export function measureEven(
  tokens: readonly string[],
  rows: readonly number[] = lookingRows(tokens)
): Float64Array {
  const n = tokens.length;
  return measureHead(new Float64Array(n * n).fill(1 / n), tokens, rows);
}
