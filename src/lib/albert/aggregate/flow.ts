import type {Square} from "./rollout.js";

/** What is left of a capacity below this is nothing. */
const least = 1e-12;

/**
 * Attention flow: the greatest flow from one position after the last of the depths down to each
 * input, where the edge from (l, i) to (l − 1, j) carries at most `A_l[i][j]`. Unlike a product of
 * shares, it is limited by the narrowest place of each way.
 *
 * By Dinic's method on the layered graph; its cost is about n flows over L·n² edges.
 *
 * @param matrices one `[n, n]` a depth, the first next to the inputs, with the residual path
 * @param from the position, in [0, n)
 * @returns `[n]` flows, not scaled: they need not sum to 1
 * @see Abnar and Zuidema 2020, section 3, https://arxiv.org/abs/2005.00928
 */
export function attentionFlow(matrices: readonly Square[], n: number, from: number): Float64Array {
  return Float64Array.from({length: n}, (_, to) => maximumFlow(matrices, n, from, to));
}

function maximumFlow(matrices: readonly Square[], n: number, from: number, to: number): number {
  const depths = matrices.length;
  const source = depths * n + from;
  // down[l][i, j]: what may still go from (l + 1, i) to (l, j); up: what may be taken back.
  const down = matrices.map((matrix) => matrix.slice());
  const up = matrices.map((matrix) => new Float64Array(matrix.length));
  const level = new Int32Array((depths + 1) * n);
  let flow = 0;

  /** Distances from the source over what is left; false where the target is out of reach. */
  function reach(): boolean {
    level.fill(-1);
    level[source] = 0;
    const queue = [source];
    for (let head = 0; head < queue.length; ++head) {
      const node = queue[head]!;
      if (node === to) return true;
      for (const next of neighbours(node))
        if (level[next]! < 0 && room(node, next) > least) {
          level[next] = level[node]! + 1;
          queue.push(next);
        }
    }
    return false;
  }

  function* neighbours(node: number): Generator<number> {
    const layer = Math.floor(node / n);
    if (layer > 0) for (let j = 0; j < n; ++j) yield (layer - 1) * n + j;
    if (layer < depths) for (let i = 0; i < n; ++i) yield (layer + 1) * n + i;
  }

  function place(node: number, next: number): [Float64Array, Float64Array, number] {
    const isDown = next < node;
    const [high, low] = isDown ? [node, next] : [next, node];
    const layer = Math.floor(low / n);
    const index = (high % n) * n + (low % n);
    return isDown ? [down[layer]!, up[layer]!, index] : [up[layer]!, down[layer]!, index];
  }

  function room(node: number, next: number): number {
    const [left, , index] = place(node, next);
    return left[index]!;
  }

  /** Sends up to `most` from a node to the target along rising levels. */
  function send(node: number, most: number): number {
    if (node === to) return most;
    let sent = 0;
    for (const next of neighbours(node)) {
      if (level[next] !== level[node]! + 1) continue;
      const [left, back, index] = place(node, next);
      if (left[index]! <= least) continue;
      const got = send(next, Math.min(most - sent, left[index]!));
      left[index]! -= got;
      back[index]! += got;
      sent += got;
      if (most - sent <= least) return sent;
    }
    // Nothing more passes here in this round.
    level[node] = -1;
    return sent;
  }

  while (reach()) {
    const sent = send(source, Infinity);
    if (sent <= least) break;
    flow += sent;
  }
  return flow;
}
