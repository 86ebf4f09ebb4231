import type {Edges} from "./edges.js";

/** Best paths of strings laid end to end, one after the other. */
class BestPaths {
  readonly #edges: Edges;
  readonly #scores: Float64Array;
  readonly #best = new Float64Array(64);
  readonly #from = new Int32Array(64);
  /** Pieces of the last path, from its end to its start. */
  readonly pieces = new Int32Array(64);

  constructor(edges: Edges, scores: Float64Array) {
    this.#edges = edges;
    this.#scores = scores;
  }

  /** Number of pieces on the best path over a string that does not use piece `without`; 0 if none. */
  run(index: number, without = -1): number {
    const {starts, offsets, piece, length} = this.#edges;
    const start = starts[index]!;
    const size = starts[index + 1]! - 1 - start;
    const best = this.#best.fill(-Infinity, 0, size + 1);
    best[0] = 0;
    for (let u = 0; u < size; ++u) {
      const here = best[u]!;
      if (here === -Infinity) continue;
      for (let e = offsets[start + u]!, end = offsets[start + u + 1]!; e < end; ++e) {
        const p = piece[e]!;
        if (p === without) continue;
        const to = u + length[e]!;
        const candidate = here + this.#scores[p]!;
        if (candidate > best[to]!) {
          best[to] = candidate;
          this.#from[to] = e;
        }
      }
    }
    if (best[size] === -Infinity) return 0;
    let count = 0;
    for (let to = size; to > 0; to -= length[this.#from[to]!]!)
      this.pieces[count++] = piece[this.#from[to]!]!;
    return count;
  }
}

/**
 * Which pieces to keep: the characters, and of the others those whose loss costs most likelihood
 * if their uses go to the next best way to write them.
 *
 * @param words edges of the words
 * @param counts how often each word occurs
 * @param spelled edges of the pieces' own texts
 * @param required pieces [0, required) are characters and stay
 * @param target how many pieces to keep
 * @returns indices of the pieces to keep, ascending
 * @see https://github.com/google/sentencepiece/blob/master/src/unigram_model_trainer.cc (PruneSentencePieces)
 */
export function piecesToKeep(
  words: Edges,
  counts: Float64Array,
  spelled: Edges,
  scores: Float64Array,
  required: number,
  target: number
): number[] {
  const uses = new Float64Array(scores.length); // on best paths
  const inWords = new Float64Array(scores.length); // words with the piece on their best path
  const wordPaths = new BestPaths(words, scores);
  let total = 0;
  let totalWords = 0;
  for (let w = 0; w < counts.length; ++w) {
    const length = wordPaths.run(w);
    totalWords += counts[w]!;
    for (let i = 0; i < length; ++i) {
      const p = wordPaths.pieces[i]!;
      uses[p]! += counts[w]!;
      inWords[p]! += counts[w]!;
      total += counts[w]!;
    }
  }
  const paths = new BestPaths(spelled, scores);
  const losses: {piece: number; loss: number}[] = [];
  for (let p = required; p < scores.length; ++p) {
    if (uses[p] === 0) continue;
    if (paths.run(p) !== 1) continue; // its own text has a better way to be written
    const alternatives = paths.run(p, p);
    const sum = Math.log(total + uses[p]! * (alternatives - 1));
    let alternative = 0;
    for (let i = 0; i < alternatives; ++i)
      alternative += Math.log(uses[paths.pieces[i]!]! + uses[p]!) - sum;
    const loss = Math.log(uses[p]!) - Math.log(total) - alternative;
    losses.push({piece: p, loss: (inWords[p]! / totalWords) * loss});
  }
  losses.sort((a, b) => b.loss - a.loss || a.piece - b.piece);
  const kept = losses.slice(0, Math.max(0, target - required)).map(({piece}) => piece);
  for (let p = 0; p < required; ++p) kept.push(p);
  return kept.sort((a, b) => a - b);
}
