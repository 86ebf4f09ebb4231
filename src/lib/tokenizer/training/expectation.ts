import type {Edges} from "./edges.js";

/**
 * Expected number of uses of each piece over all segmentations of the words, weighted by their
 * probability (forward–backward): the E step.
 *
 * @param counts how often each word occurs
 * @param scores log probability of each piece
 * @returns expected uses, and the log likelihood of the words
 */
export function expectedCounts(
  edges: Edges,
  counts: Float64Array,
  scores: Float64Array
): {expected: Float64Array; logLikelihood: number} {
  const {starts, offsets, piece, length} = edges;
  const probability = Float64Array.from(scores, Math.exp);
  const expected = new Float64Array(scores.length);
  const forward = new Float64Array(64);
  const backward = new Float64Array(64);
  let logLikelihood = 0;
  for (let w = 0; w + 1 < starts.length; ++w) {
    const start = starts[w]!;
    const size = starts[w + 1]! - 1 - start;
    forward.fill(0, 0, size + 1);
    forward[0] = 1;
    for (let u = 0; u < size; ++u) {
      const here = forward[u]!;
      if (here === 0) continue;
      for (let e = offsets[start + u]!, end = offsets[start + u + 1]!; e < end; ++e)
        forward[u + length[e]!]! += here * probability[piece[e]!]!;
    }
    const total = forward[size]!;
    if (!(total > 0)) continue;
    const count = counts[w]!;
    logLikelihood += count * Math.log(total);
    const factor = count / total;
    backward[size] = 1;
    for (let u = size - 1; u >= 0; --u) {
      const here = forward[u]! * factor;
      let sum = 0;
      for (let e = offsets[start + u]!, end = offsets[start + u + 1]!; e < end; ++e) {
        const p = piece[e]!;
        const through = probability[p]! * backward[u + length[e]!]!;
        sum += through;
        expected[p]! += here * through;
      }
      backward[u] = sum;
    }
  }
  return {expected, logLikelihood};
}

/**
 * Log probabilities from expected counts: `digamma(count) − digamma(sum)`, the variational
 * estimate SentencePiece uses, which is harder on rare pieces than the ratio.
 */
export function scoresOf(expected: Float64Array): Float64Array {
  const total = digamma(expected.reduce((sum, count) => sum + count, 0));
  return expected.map((count) => digamma(count) - total);
}

/** ψ(x) for x > 0: shifted above 7, then its asymptotic series. */
export function digamma(x: number): number {
  let shift = 0;
  for (; x < 7; ++x) shift -= 1 / x;
  const y = 1 / ((x - 0.5) * (x - 0.5));
  return (
    shift + Math.log(x - 0.5) + y * (1 / 24 - y * (7 / 960 - y * (31 / 8064 - y * (127 / 30720))))
  );
}
