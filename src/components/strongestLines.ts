/** One line of the head view. */
export interface Line {
  from: number;
  to: number;
  head: number;
  weight: number;
}

/** Most lines drawn at once. */
export const mostLines = 600;

/** Weights below this are not drawn. */
const least = 0.01;

/**
 * The lines of the chosen heads that a reader can take in, weakest first so that the strong ones
 * lie on top: of one token all its lines, of no token in particular each token's strongest line in
 * each head. Weights under 0.01, and lines beyond 600, are left out.
 *
 * @param probs weights [from, to] of each head
 * @param side with `index`: the lines of this token
 */
export function strongestLines(
  probs: readonly ArrayLike<number>[],
  columns: number,
  heads: readonly number[],
  side: "from" | "to" | null = null,
  index: number | null = null
): Line[] {
  const lines: Line[] = [];
  for (const head of heads) {
    const weights = probs[head]!;
    const line = (i: number): Line => ({
      from: Math.floor(i / columns),
      to: i % columns,
      head,
      weight: weights[i]!
    });
    if (side === null)
      for (let row = 0; row < weights.length; row += columns) {
        let best = row;
        for (let i = row; i < row + columns; ++i)
          if (weights[i]! > weights[best]! || Number.isNaN(weights[best])) best = i;
        lines.push(line(best));
      }
    else {
      // One token's lines are one row or one column: no need to look at the rest.
      const start = side === "from" ? index! * columns : index!;
      const end = side === "from" ? start + columns : weights.length;
      for (let i = start; i < end; i += side === "to" ? columns : 1) lines.push(line(i));
    }
  }
  return lines
    .filter(({weight}) => weight >= least)
    .sort((a, b) => a.weight - b.weight)
    .slice(-mostLines);
}

/**
 * The weights of one token, averaged over heads, the greatest first; hidden ones (NaN) are left
 * out.
 *
 * @param index the token on its side; the result names those on the other
 */
export function strongestWeights(
  probs: readonly ArrayLike<number>[],
  columns: number,
  heads: readonly number[],
  side: "from" | "to",
  index: number
): {index: number; weight: number}[] {
  const others = side === "from" ? columns : probs[0]!.length / columns;
  const mean = (other: number) => {
    const at = side === "from" ? index * columns + other : other * columns + index;
    return heads.reduce((sum, head) => sum + probs[head]![at]!, 0) / heads.length;
  };
  return Array.from({length: others}, (_, other) => ({index: other, weight: mean(other)}))
    .filter(({weight}) => weight >= 0)
    .sort((a, b) => b.weight - a.weight);
}
