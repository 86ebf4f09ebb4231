/** What there is to say of a row of logits. */

/** Log probabilities of one row of logits. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; ++i) largest = Math.max(largest, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; ++i) sum += Math.exp(logits[i]! - largest);
  const log = largest + Math.log(sum);
  return Float64Array.from(logits, (x) => x - log);
}

/**
 * Kullback–Leibler divergence Σ p·(ln p − ln q) of two rows of logits, in nats, at least 0.
 *
 * @param before logits of p
 * @param after logits of q
 */
export function divergence(before: ArrayLike<number>, after: ArrayLike<number>): number {
  const [p, q] = [logSoftmax(before), logSoftmax(after)];
  let sum = 0;
  for (let i = 0; i < p.length; ++i) sum += Math.exp(p[i]!) * (p[i]! - q[i]!);
  return Math.max(0, sum);
}

/** Entropy −Σ p·ln p of a row of logits, in nats: 0 to ln of its length. */
export function entropyOf(logits: ArrayLike<number>): number {
  let sum = 0;
  for (const log of logSoftmax(logits)) sum -= Math.exp(log) * log;
  return Math.max(0, sum);
}

/** Place of an entry among all, 1 the greatest; ties share the better place. */
export function rankOf(logits: ArrayLike<number>, id: number): number {
  let rank = 1;
  for (let i = 0; i < logits.length; ++i) if (logits[i]! > logits[id]!) ++rank;
  return rank;
}
