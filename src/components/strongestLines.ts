/** One line of the head view. */
export interface Line {
  from: number;
  to: number;
  head: number;
  opacity: number;
}

/** Most lines drawn at once. */
export const mostLines = 1500;

/**
 * The strongest lines of the chosen heads, opacity = weight / number of heads, weakest first so
 * that the strong ones lie on top. Those under 0.01, and more than 1,500, are left out.
 *
 * @param probs weights [from, to] of each head
 * @param side with `index`: only the lines of this token
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
    // One token's lines are one row or one column: no need to look at the rest.
    const start = side === "from" ? index! * columns : side === "to" ? index! : 0;
    const end = side === "from" ? start + columns : weights.length;
    for (let i = start; i < end; i += side === "to" ? columns : 1) {
      const opacity = weights[i]! / heads.length;
      if (opacity >= 0.01)
        lines.push({from: Math.floor(i / columns), to: i % columns, head, opacity});
    }
  }
  lines.sort((a, b) => a.opacity - b.opacity);
  return lines.slice(-mostLines);
}
