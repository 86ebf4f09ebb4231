import type {LatticeData} from "./latticePaths.js";

/**
 * A text in bands of at most `most` characters, to stand one below the other: cut where no piece goes
 * across if there is such a place, else where it is full.
 *
 * Example: the pieces of "▁a▁cat" do not cross position 2, so with at most 5 it is `[[0, 2], [2, 6]]`.
 *
 * @param most at least 1
 * @returns first and last position of each band; none for an empty text
 */
export function latticeBands(
  {nodes, edges}: Pick<LatticeData, "nodes" | "edges">,
  most: number
): [start: number, end: number][] {
  const isCrossed = new Uint8Array(nodes);
  for (const {start, end} of edges) isCrossed.fill(1, start + 1, end);
  const bands: [number, number][] = [];
  for (let start = 0; start < nodes - 1; start = bands.at(-1)![1]) {
    const full = Math.min(nodes - 1, start + most);
    let end = full;
    if (full < nodes - 1) while (end > start && isCrossed[end]) --end;
    bands.push([start, end > start ? end : full]);
  }
  return bands;
}
