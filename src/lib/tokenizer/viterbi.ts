import type {PieceTrie} from "./pieceTrie.js";

/** What the best path needs of a unigram vocabulary. */
export interface UnigramTable {
  trie: PieceTrie;
  /** Id of the vocabulary by index of the trie's keys. */
  ids: Int32Array;
  /** Score of each of the trie's keys, with the bonus of user-defined symbols. */
  scores: Float64Array;
  unkId: number;
  unkScore: number;
  /** SentencePiece sums in float32, which decides ties; Hugging Face's tokenizers in float64. */
  single: boolean;
}

/**
 * The best segmentation of a text into pieces (Viterbi), in buffers that are used again.
 *
 * `best[end] = max over pieces [start, end) of best[start] + score(piece)`; a character that no
 * piece of one character covers may also be unknown, at the least score less 10. A later candidate
 * wins only if it is strictly better, and candidates come in order of start, then of length.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/unigram_model.cc (EncodeOptimized)
 */
export class Viterbi {
  readonly table: UnigramTable;
  #best = new Float64Array(256);
  #from = new Int32Array(256);
  #id = new Int32Array(256);
  /** After `run`: piece i of the best path has id `pieceIds[i]` and ends before unit `ends[i]`. */
  pieceIds = new Int32Array(256);
  ends = new Int32Array(256);

  constructor(table: UnigramTable) {
    this.table = table;
  }

  /**
   * @param units the normalised text; surrogates in pairs
   * @param from first unit
   * @param to one past the last unit
   * @returns how many pieces the best path has; runs of unknown characters are one piece
   */
  run(units: Uint16Array, from: number, to: number): number {
    const length = to - from;
    if (this.#best.length <= length) {
      const size = Math.ceil(length * 1.25) + 1;
      this.#best = new Float64Array(size);
      this.#from = new Int32Array(size);
      this.#id = new Int32Array(size);
      this.pieceIds = new Int32Array(size);
      this.ends = new Int32Array(size);
    }
    const best = this.#best;
    const cameFrom = this.#from;
    const pieceId = this.#id;
    const {trie, ids, scores, unkId, unkScore, single} = this.table;
    const {symbol, base, owner, value} = trie;
    cameFrom.fill(-1, 0, length + 1);
    best[0] = 0;
    for (let start = 0; start < length;) {
      const here = best[start]!;
      const first = units[from + start]!;
      const width = (first & 0xfc00) === 0xd800 && start + 1 < length ? 2 : 1;
      let isCovered = false;
      let node = 0;
      for (let end = start; end < length;) {
        const s = symbol[units[from + end]!]!;
        const slot = base[node]! + s;
        if (s === 0 || owner[slot] !== node) break;
        node = slot;
        ++end;
        const key = value[node]!;
        if (key < 0) continue;
        const candidate = single ? Math.fround(scores[key]! + here) : scores[key]! + here;
        if (cameFrom[end]! < 0 || candidate > best[end]!) {
          best[end] = candidate;
          cameFrom[end] = start;
          pieceId[end] = ids[key]!;
        }
        if (end - start === width) isCovered = true;
      }
      if (!isCovered) {
        const end = start + width;
        const candidate = single ? Math.fround(unkScore + here) : unkScore + here;
        if (cameFrom[end]! < 0 || candidate > best[end]!) {
          best[end] = candidate;
          cameFrom[end] = start;
          pieceId[end] = unkId;
        }
      }
      start += width;
    }
    return this.#backtrack(length);
  }

  #backtrack(length: number): number {
    const {pieceIds, ends} = this;
    const {unkId} = this.table;
    let count = 0;
    for (let end = length; end > 0; end = this.#from[end]!) {
      const id = this.#id[end]!;
      if (id === unkId && count > 0 && pieceIds[count - 1] === unkId) continue;
      pieceIds[count] = id;
      ends[count] = end;
      ++count;
    }
    pieceIds.subarray(0, count).reverse();
    ends.subarray(0, count).reverse();
    return count;
  }
}
