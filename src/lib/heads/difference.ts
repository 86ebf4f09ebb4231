/** Two answers compared: of two texts, of two models, or of one model at two moments. */
import type {AttentionResult} from "../engine/attentionCalls.js";

/** One place of a comparison: its piece in A and in B; null where it is in one only. */
export interface Pairing {
  a: number | null;
  b: number | null;
}

/**
 * Pieces of two texts side by side: the longest common subsequence is paired, the rest stands alone,
 * A's before B's.
 *
 * @example pairPieces(["the", "old", "cat"], ["the", "cat"]) → the–the, old–null, cat–cat
 */
export function pairPieces(a: readonly string[], b: readonly string[]): Pairing[] {
  const width = b.length + 1;
  // longest[i, j]: of what begins at a[i] and b[j]
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; --i)
    for (let j = b.length - 1; j >= 0; --j)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const pairs: Pairing[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && a[i] === b[j]) pairs.push({a: i++, b: j++});
    else if (
      j === b.length ||
      (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    )
      pairs.push({a: i++, b: null});
    else pairs.push({a: null, b: j++});
  return pairs;
}

/** How the attention of two answers differs. */
export interface AttentionDifference {
  pairs: Pairing[];
  /** Label of each place. */
  labels: string[];
  depths: number;
  heads: number;
  /**
   * `[depth][head]`: mean over the pieces that are in both of the total variation between their
   * rows, `½ Σ |A − B|` over all places, in [0, 1]; what looked at a piece that is gone counts.
   */
  moved: number[][];
  /** `[places, places]`: A − B; NaN where a piece of the row or column is in one only. */
  matrix(depth: number, head: number): Float32Array;
}

type Side = Pick<AttentionResult, "tokens" | "probs">;

/** A − B for the depths and heads that both have. */
export function attentionDifference(a: Side, b: Side): AttentionDifference {
  const pairs = pairPieces(a.tokens, b.tokens);
  const depths = Math.min(a.probs.shape[0]!, b.probs.shape[0]!);
  const heads = Math.min(a.probs.shape[1]!, b.probs.shape[1]!);
  const reader = ({probs: {shape, data}}: Side, depth: number, head: number) => {
    const n = shape[2]!;
    const start = (depth * shape[1]! + head) * n * n;
    return (from: number | null, to: number | null) =>
      from === null || to === null ? null : data[start + from * n + to]!;
  };
  const moved = Array.from({length: depths}, (_, depth) =>
    Array.from({length: heads}, (_, head) => {
      const [inA, inB] = [reader(a, depth, head), reader(b, depth, head)];
      const rows = pairs.filter((row) => row.a !== null && row.b !== null);
      let sum = 0;
      for (const row of rows)
        for (const column of pairs)
          sum += Math.abs((inA(row.a, column.a) ?? 0) - (inB(row.b, column.b) ?? 0)) / 2;
      return rows.length ? sum / rows.length : NaN;
    })
  );
  return {
    pairs,
    labels: pairs.map((pair) => (pair.a === null ? b.tokens[pair.b!]! : a.tokens[pair.a]!)),
    depths,
    heads,
    moved,
    matrix(depth, head) {
      const [inA, inB] = [reader(a, depth, head), reader(b, depth, head)];
      const values = new Float32Array(pairs.length ** 2);
      pairs.forEach((row, i) =>
        pairs.forEach((column, j) => {
          const [p, q] = [inA(row.a, column.a), inB(row.b, column.b)];
          values[i * pairs.length + j] = p === null || q === null ? NaN : p - q;
        })
      );
      return values;
    }
  };
}

/** What a model expects at one place: pieces with probabilities, the likeliest first. */
export type Expected = readonly {piece: string; probability: number}[];

/** Two expectations at one place. */
export interface ExpectedDifference {
  /** Place in the pairing. */
  place: number;
  /**
   * Total variation over the pieces that both list, in [0, 1]: at most what the whole vocabulary
   * would give.
   */
  moved: number;
  /** The likeliest pieces of both; null where one does not list a piece. */
  pieces: {piece: string; a: number | null; b: number | null}[];
}

/**
 * How expectations differ at each place that both have.
 *
 * @param shown pieces of each that are listed, default 5
 */
export function expectedDifferences(
  a: readonly Expected[],
  b: readonly Expected[],
  pairs: readonly Pairing[],
  shown = 5
): ExpectedDifference[] {
  return pairs.flatMap((pair, place): ExpectedDifference[] => {
    if (pair.a === null || pair.b === null) return [];
    const [early, late] = [a[pair.a]!, b[pair.b]!].map(
      (list) => new Map(list.map(({piece, probability}) => [piece, probability]))
    );
    let moved = 0;
    for (const [piece, p] of early!) {
      const q = late!.get(piece);
      if (q !== undefined) moved += Math.abs(p - q) / 2;
    }
    const top = [...a[pair.a]!.slice(0, shown), ...b[pair.b]!.slice(0, shown)];
    const names = [...new Set(top.map(({piece}) => piece))];
    const pieces = names.map((piece) => ({
      piece,
      a: early!.get(piece) ?? null,
      b: late!.get(piece) ?? null
    }));
    const best = ({a: p, b: q}: (typeof pieces)[number]) => Math.max(p ?? 0, q ?? 0);
    return [{place, moved, pieces: pieces.sort((x, y) => best(y) - best(x)).slice(0, shown + 2)}];
  });
}
