import type {UnigramTable} from "./viterbi.js";

/** A piece that could cover characters [from, to) of the normalised text. */
export interface LatticeEdge {
  from: number;
  to: number;
  id: number;
  piece: string;
  score: number;
  isBest: boolean;
}

/** Every way to cut a text into pieces, and the best one. */
export interface Lattice {
  /** The normalised text, a space written ▁. */
  text: string;
  /** Its characters; edges lie between them. */
  characters: string[];
  /** In order of start, then of end. */
  edges: LatticeEdge[];
  /** Indices of the edges of the best path, in order. */
  path: number[];
  /** Sum of the best path's scores: its log probability. */
  score: number;
}

/**
 * Adds to a lattice all pieces over one stretch of normalised text, and marks those that end where
 * the best path's do.
 *
 * @param units the normalised stretch
 * @param path pieces of the best path as ids and ends, as `Viterbi.run` leaves them
 */
export function addToLattice(
  lattice: Lattice,
  units: Uint16Array,
  length: number,
  table: UnigramTable,
  pieces: readonly string[],
  path: {pieceIds: Int32Array; ends: Int32Array; count: number}
): void {
  const {trie, ids, scores, unkId, unkScore} = table;
  const offset = lattice.characters.length;
  const at = new Int32Array(length + 1); // character of each unit
  let characters = 0;
  for (let i = 0; i < length; ++i) {
    at[i] = characters;
    const isPair = (units[i]! & 0xfc00) === 0xd800 && i + 1 < length;
    lattice.characters.push(String.fromCharCode(...units.subarray(i, i + (isPair ? 2 : 1))));
    if (isPair) at[++i] = characters;
    ++characters;
  }
  at[length] = characters;
  const best = new Map<number, number>(); // start of a best piece → its index
  for (let i = 0, start = 0; i < path.count; start = path.ends[i++]!) best.set(start, i);
  for (let start = 0; start < length; ++start) {
    if (start > 0 && at[start] === at[start - 1]) continue;
    const chosen = best.get(start);
    const add = (end: number, id: number, score: number, isBest: boolean) => {
      const from = offset + at[start]!;
      const to = offset + at[end]!;
      const piece = id === unkId ? lattice.characters.slice(from, to).join("") : pieces[id]!;
      if (isBest) {
        lattice.path.push(lattice.edges.length);
        lattice.score += score;
      }
      lattice.edges.push({from, to, id, piece, score, isBest});
    };
    let isCovered = false;
    let node = 0;
    for (let end = start; end < length;) {
      node = trie.step(node, units[end++]!);
      if (node < 0) break;
      const key = trie.value[node]!;
      if (key < 0) continue;
      if (at[end]! === at[start]! + 1) isCovered = true;
      const isBest = chosen !== undefined && path.ends[chosen] === end;
      add(end, ids[key]!, scores[key]!, isBest);
    }
    if (isCovered && !(chosen !== undefined && path.pieceIds[chosen] === unkId)) continue;
    const isUnknown = chosen !== undefined && path.pieceIds[chosen] === unkId;
    const run = isUnknown ? path.ends[chosen!]! : start + (at[start + 1] === at[start] ? 2 : 1);
    // A run of unknown characters is one piece that costs as often as it has characters.
    add(run, unkId, unkScore * (at[run]! - at[start]!), isUnknown);
  }
  lattice.text += lattice.characters.slice(offset).join("");
}

/** A lattice of nothing, to be added to. */
export function emptyLattice(): Lattice {
  return {text: "", characters: [], edges: [], path: [], score: 0};
}

/** Adds a special piece, which is found before the text is normalised: the only way through. */
export function addSpecialToLattice(lattice: Lattice, id: number, piece: string): void {
  const from = lattice.characters.length;
  lattice.characters.push(piece);
  lattice.text += piece;
  lattice.path.push(lattice.edges.length);
  lattice.edges.push({from, to: from + 1, id, piece, score: 0, isBest: true});
}
