import type {PieceTrie} from "../pieceTrie.js";

/**
 * All pieces that could cover some part of each of many strings: the edges from unit u of the
 * strings laid end to end are [offsets[u], offsets[u + 1]), in order of where they end.
 */
export interface Edges {
  /** Where each string starts; one more entry than strings. A string's units end one before. */
  starts: Int32Array;
  offsets: Int32Array;
  /** Piece of each edge. */
  piece: Int32Array;
  /** Length of each edge in units. */
  length: Uint8Array;
}

/** Finds the edges of strings laid end to end with a 0 after each. */
export function findEdges(units: Uint16Array, starts: Int32Array, trie: PieceTrie): Edges {
  const offsets = new Int32Array(units.length + 1);
  let piece = new Int32Array(units.length * 4 + 16);
  let length = new Uint8Array(piece.length);
  let count = 0;
  for (let u = 0; u < units.length; ++u) {
    offsets[u] = count;
    let node = 0;
    for (let end = u; units[end] !== 0;) {
      node = trie.step(node, units[end++]!);
      if (node < 0) break;
      const value = trie.value[node]!;
      if (value < 0) continue;
      if (count === piece.length) {
        const grown = new Int32Array(count * 2);
        grown.set(piece);
        piece = grown;
        const longer = new Uint8Array(count * 2);
        longer.set(length);
        length = longer;
      }
      piece[count] = value;
      length[count++] = end - u;
    }
  }
  offsets[units.length] = count;
  return {starts, offsets, piece, length};
}

/** Removes the edges of pieces that are gone, and numbers the rest anew. */
export function renumberEdges(edges: Edges, newIndex: Int32Array): void {
  const {offsets, piece, length} = edges;
  let count = 0;
  let from = offsets[0]!;
  for (let u = 0; u + 1 < offsets.length; ++u) {
    const to = offsets[u + 1]!;
    offsets[u] = count;
    for (let e = from; e < to; ++e) {
      const index = newIndex[piece[e]!]!;
      if (index < 0) continue;
      piece[count] = index;
      length[count++] = length[e]!;
    }
    from = to;
  }
  offsets[offsets.length - 1] = count;
}

/** Lays strings end to end, a 0 after each. */
export function layStrings(strings: readonly string[]): {units: Uint16Array; starts: Int32Array} {
  const total = strings.reduce((sum, text) => sum + text.length + 1, 0);
  const units = new Uint16Array(total);
  const starts = new Int32Array(strings.length + 1);
  let at = 0;
  strings.forEach((text, index) => {
    starts[index] = at;
    for (let i = 0; i < text.length; ++i) units[at++] = text.charCodeAt(i);
    ++at;
  });
  starts[strings.length] = at;
  return {units, starts};
}
