import type {LatticeEdge} from "../lib/engine/tokenizerCalls.js";

/** All candidate pieces of a text: nodes are the positions 0 … nodes − 1. */
export interface LatticeData {
  text: string;
  nodes: number;
  edges: readonly LatticeEdge[];
}

/** What is best from here to there in a lattice. */
export interface LatticePaths {
  /** Score of the best path. */
  best: number;
  /** For each edge, the score of the best path that takes it; −∞ where none does. */
  through: Float64Array;
  /** The edges of that path, in order. */
  pathThrough(edge: number): number[];
  /** The edge that the second-best path takes and the best does not; −1 where there is no other. */
  runnerUp: number;
}

/**
 * Best scores in both directions: `through[e] = best(0 → start) + score + best(end → end of text)`.
 * The second-best path leaves the best one somewhere, so it is the best path through some edge
 * that is not on it.
 */
export function latticePaths({nodes, edges}: LatticeData): LatticePaths {
  const forward = new Float64Array(nodes).fill(-Infinity);
  const backward = new Float64Array(nodes).fill(-Infinity);
  const into = new Int32Array(nodes).fill(-1);
  const out = new Int32Array(nodes).fill(-1);
  forward[0] = 0;
  backward[nodes - 1] = 0;
  const order = edges.map((_, i) => i);
  for (const i of order.toSorted((a, b) => edges[a]!.start - edges[b]!.start)) {
    const {start, end, score, best} = edges[i]!;
    const total = forward[start]! + score;
    // A tie goes to the edge the tokenizer itself chose.
    if (total > forward[end]! || (total === forward[end] && best)) {
      forward[end] = total;
      into[end] = i;
    }
  }
  for (const i of order.toSorted((a, b) => edges[b]!.end - edges[a]!.end)) {
    const {start, end, score, best} = edges[i]!;
    const total = backward[end]! + score;
    if (total > backward[start]! || (total === backward[start] && best)) {
      backward[start] = total;
      out[start] = i;
    }
  }
  const through = Float64Array.from(
    edges,
    ({start, end, score}) => forward[start]! + score + backward[end]!
  );
  let runnerUp = -1;
  edges.forEach((edge, i) => {
    if (edge.best || through[i] === -Infinity) return;
    if (runnerUp < 0 || through[i]! > through[runnerUp]!) runnerUp = i;
  });
  return {
    best: forward[nodes - 1]!,
    through,
    runnerUp,
    pathThrough(edge) {
      if (through[edge] === -Infinity || through[edge] == null) return [];
      const path = [edge];
      for (let at = edges[edge]!.start; at > 0; at = edges[path[0]!]!.start)
        path.unshift(into[at]!);
      for (let at = edges[edge]!.end; at < nodes - 1; at = edges[path.at(-1)!]!.end)
        path.push(out[at]!);
      return path;
    }
  };
}

/**
 * Lanes in which no two pieces overlap: the best path in lane 0, shorter pieces above longer ones.
 *
 * @returns the lane of each edge, and their number
 */
export function packLanes(edges: readonly LatticeEdge[]): {lanes: number[]; count: number} {
  const taken: boolean[][] = [];
  const lanes = new Array<number>(edges.length).fill(0);
  const span = (i: number) => edges[i]!.end - edges[i]!.start;
  const order = edges.map((_, i) => i).filter((i) => !edges[i]!.best);
  order.sort((a, b) => span(a) - span(b) || edges[a]!.start - edges[b]!.start);
  for (const i of order) {
    const {start, end} = edges[i]!;
    let lane = 1;
    const free = (row: boolean[] | undefined) => {
      for (let at = start; at < end; ++at) if (row?.[at]) return false;
      return true;
    };
    while (!free(taken[lane])) ++lane;
    const row = (taken[lane] ??= []);
    for (let at = start; at < end; ++at) row[at] = true;
    lanes[i] = lane;
  }
  return {lanes, count: Math.max(1, taken.length)};
}
