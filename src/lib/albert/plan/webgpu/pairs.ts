/** Texts that are read apart: rows of length 1, and how well the pieces of one are found in the other. */
import type {PairSizes} from "../pairInstructions.js";
import {
  elementGrid,
  elementIndex,
  makeKernel,
  makeRowKernels,
  rowGrid,
  type Dispatch,
  type Sharing
} from "./kernel.js";

const each = (n: string) => `for (var j = begin; j < ${n}; j += stride)`;

const unitKernels = makeRowKernels({
  name: "unitRows",
  integers: ["x", "y", "lengths", "rows", "width"],
  body: `  let at = row * width;
  var part = 0.0;
  ${each("width")} { part += a[x + at + j] * a[x + at + j]; }
  let length = sqrt(total(lane, part) + 1e-12);
  if (begin == 0u) { a[lengths + row] = length; }
  ${each("width")} { a[y + at + j] = a[x + at + j] / length; }`
});

export function unitRows(
  places: Record<"x" | "y" | "lengths", number>,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: unitKernels[sharing],
    words: {...places, rows, width},
    groups: rowGrid(rows, sharing)
  };
}

const unitBackwardKernels = makeRowKernels({
  name: "unitRows backward",
  integers: ["y", "lengths", "dy", "dx", "rows", "width"],
  body: `  let at = row * width;
  var part = 0.0;
  ${each("width")} { part += a[dy + at + j] * a[y + at + j]; }
  let along = total(lane, part);
  let length = a[lengths + row];
  ${each("width")} { a[dx + at + j] = (a[dy + at + j] - a[y + at + j] * along) / length; }`
});

export function unitRowsBackward(
  places: Record<"y" | "lengths" | "dy" | "dx", number>,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: unitBackwardKernels[sharing],
    words: {...places, rows, width},
    groups: rowGrid(rows, sharing)
  };
}

const roundKernel = makeKernel({
  name: "cosines to steps",
  integers: ["x", "n"],
  body: `${elementIndex}
  let raised = a[x + i] + 1.0;
  a[x + i] = raised - 1.0;`
});

/**
 * Rows are pieces of both texts of every pair, all first texts before all second ones: `own` is the
 * text's row, `other` its partner's, `cosine` gives the address of a piece's cosine with the partner's.
 */
const pieceOfPair = `  let first = row < pairs * seq;
  let own = row / seq;
  let other = select(own - pairs, own + pairs, first);
  let pair = min(own, other);
  let piece = row % seq;
  let cosine = cosines + pair * seq * seq + piece * select(1u, seq, first);
  let step = select(seq, 1u, first);
  let others = mask + other * seq;`;

const bestKernels = makeRowKernels({
  name: "best of a pair's cosines",
  integers: ["cosines", "mask", "best", "pairs", "seq", "rows"],
  body: `${pieceOfPair}
  var most = -1.0;
  ${each("seq")} {
    if (a[others + j] != 0.0) { most = max(most, a[cosine + j * step]); }
  }
  most = largest(lane, most);
  if (begin == 0u) { a[best + row] = most; }`
});

const meanKernels = makeRowKernels({
  name: "mean of a text's best",
  integers: ["weights", "mask", "best", "out", "pairs", "seq", "rows"],
  reals: ["scale"],
  body: `  let at = row * seq;
  var part = 0.0;
  var whole = 0.0;
  ${each("seq")} {
    let w = a[weights + at + j] * a[mask + at + j];
    whole += w;
    part += w * a[best + at + j];
  }
  let sum = total(lane, part);
  let all = total(lane, whole);
  if (begin == 0u) {
    let mean = select(sum / all, 0.0, all == 0.0);
    a[out + 2u * (row % pairs) + row / pairs] = scale * (mean - 0.5);
  }`
});

type Place<K extends string> = Record<K, number>;

/** What finds the largest cosines, and the means of them. */
export function lateInteraction(
  {cosines, weights, mask, best, out}: Place<"cosines" | "weights" | "mask" | "best" | "out">,
  {pairs, sequence: seq, scale}: PairSizes,
  sharing: Sharing
): Dispatch[] {
  const n = pairs * seq * seq;
  const rows = 2 * pairs * seq;
  return [
    {kernel: roundKernel, words: {x: cosines, n}, groups: elementGrid(n)},
    {
      kernel: bestKernels[sharing],
      words: {cosines, mask, best, pairs, seq, rows},
      groups: rowGrid(rows, sharing)
    },
    {
      kernel: meanKernels[sharing],
      words: {weights, mask, best, out, pairs, seq, rows: 2 * pairs, scale},
      groups: rowGrid(2 * pairs, sharing)
    }
  ];
}

const sharesKernels = makeRowKernels({
  name: "shares of a pair's best",
  integers: [
    ...["cosines", "weights", "mask", "best", "out", "dOut", "dWeights", "shares"],
    ...["pairs", "seq", "rows"]
  ],
  reals: ["scale"],
  body: `${pieceOfPair}
  let most = a[best + row];
  var same = 0.0;
  var whole = 0.0;
  ${each("seq")} {
    if (a[others + j] != 0.0 && a[cosine + j * step] == most) { same += 1.0; }
    whole += a[weights + own * seq + j] * a[mask + own * seq + j];
  }
  let ties = max(total(lane, same), 1.0);
  let all = total(lane, whole);
  if (begin == 0u) {
    let found = 2u * pair + select(1u, 0u, first);
    let share = select(a[dOut + found] * scale / all, 0.0, all == 0.0);
    a[shares + row] = a[weights + row] * a[mask + row] * share / ties;
    a[dWeights + row] = (most - (a[out + found] / scale + 0.5)) * share * a[mask + row];
  }`
});

const cosinesBackwardKernel = makeKernel({
  name: "cosines of a pair backward",
  integers: ["cosines", "mask", "best", "shares", "dCosines", "pairs", "seq", "n"],
  body: `${elementIndex}
  let pair = i / (seq * seq);
  let one = pair * seq + (i / seq) % seq;
  let other = (pairs + pair) * seq + i % seq;
  let c = a[cosines + i];
  var d = 0.0;
  if (a[mask + other] != 0.0 && c == a[best + one]) { d += a[shares + one]; }
  if (a[mask + one] != 0.0 && c == a[best + other]) { d += a[shares + other]; }
  a[dCosines + i] = d;`
});

/** Gradient of `lateInteraction` at cosines and weights. */
export function lateInteractionBackward(
  {
    dCosines,
    ...places
  }: Place<
    "cosines" | "weights" | "mask" | "best" | "out" | "dOut" | "dCosines" | "dWeights" | "shares"
  >,
  {pairs, sequence: seq, scale}: PairSizes,
  sharing: Sharing
): Dispatch[] {
  const {cosines, mask, best, shares} = places;
  const n = pairs * seq * seq;
  const rows = 2 * pairs * seq;
  return [
    {
      kernel: sharesKernels[sharing],
      words: {...places, pairs, seq, rows, scale},
      groups: rowGrid(rows, sharing)
    },
    {
      kernel: cosinesBackwardKernel,
      words: {cosines, mask, best, shares, dCosines, pairs, seq, n},
      groups: elementGrid(n)
    }
  ];
}
