/** What a forward pass that is looked into needs besides: heads taken apart, rows made to sum to 1. */
import {elementGrid, elementIndex, makeKernel, makeRowKernels, rowGrid} from "./kernel.js";
import type {Dispatch, Sharing} from "./kernel.js";

const headsKernel = makeKernel({
  name: "heads apart",
  integers: ["x0", "stride", "out", "sequence", "heads", "size", "n"],
  body: `${elementIndex}
  let d = i % size;
  let s = (i / size) % sequence;
  let head = (i / (size * sequence)) % heads;
  let b = i / (size * sequence * heads);
  a[out + i] = a[x0 + (b * sequence + s) * stride + head * size + d];`
});

/**
 * Rows of pieces with their heads side by side, `stride` numbers from row to row, to
 * `[batch, heads, seq, size]`.
 */
export function takeHeads(
  x: {at: number; stride: number},
  out: number,
  [batch, heads, sequence, size]: readonly [number, number, number, number]
): Dispatch {
  const n = batch * heads * sequence * size;
  return {
    kernel: headsKernel,
    words: {x0: x.at, stride: x.stride, out, sequence, heads, size, n},
    groups: elementGrid(n)
  };
}

const scaleKernels = makeRowKernels({
  name: "rows to a sum of 1",
  integers: ["x", "chosen", "rows", "width"],
  body: `  let at = x + row * width;
  var part = 0.0;
  for (var j = begin; j < width; j += stride) { part += a[at + j]; }
  let sum = total(lane, part);
  if (a[chosen + row] != 0.0 && sum != 0.0) {
    for (var j = begin; j < width; j += stride) { a[at + j] /= sum; }
  }`
});

/** Divides the rows with a 1 in `chosen` by their sum; those of sum 0 stay. */
export function scaleRows(
  x: number,
  chosen: number,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: scaleKernels[sharing],
    words: {x, chosen, rows, width},
    groups: rowGrid(rows, sharing)
  };
}
