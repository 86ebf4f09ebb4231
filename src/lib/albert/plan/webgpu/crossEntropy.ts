/** Softmax cross-entropy over rows of logits, its gradient in their place. */
import {
  makeKernel,
  makeRowKernels,
  rowGrid,
  rowLanes,
  rowReductions,
  type Dispatch,
  type Sharing
} from "./kernel.js";
import {sum} from "./total.js";

const workgroup = [rowLanes, 1] as const;

const rowsKernel = makeRowKernels({
  name: "cross-entropy",
  integers: ["logits", "labels", "weights", "rows", "width", "sum", "parts"],
  body: `  let at = logits + row * width;
  let weight = a[weights + row];
  var top = -3.4028234663852886e38;
  for (var j = begin; j < width; j += stride) { top = max(top, a[at + j]); }
  top = largest(lane, top);
  let label = u32(a[labels + row]);
  let logit = a[at + label];
  var part = 0.0;
  for (var j = begin; j < width; j += stride) {
    let e = exp(a[at + j] - top);
    part += e;
  }
  let z = total(lane, part);
  let all = a[sum];
  let share = select(0.0, weight / all, weight > 0.0 && all > 0.0);
  for (var j = begin; j < width; j += stride) {
    let p = exp(a[at + j] - top) / z;
    a[at + j] = select(p * share, (p - 1.0) * share, j == label);
    if (share == 0.0) { a[at + j] = 0.0; }
  }
  if (begin == 0u) {
    a[parts + row] = select(0.0, share * (log(z) + (top - logit)), share > 0.0);
    a[parts + rows + row] = select(0.0, weight, share > 0.0 && logit == top);
  }`
});

const outKernel = makeKernel({
  name: "cross-entropy, totals",
  integers: ["parts", "rows", "sum", "out"],
  workgroup,
  declarations: rowReductions,
  body: `  var loss = 0.0;
  var right = 0.0;
  for (var j = lane; j < rows; j += ${rowLanes}u) {
    loss += a[parts + j];
    right += a[parts + rows + j];
  }
  loss = total(lane, loss);
  right = total(lane, right);
  if (lane == 0u) {
    a[out] = loss;
    a[out + 1u] = right;
    a[out + 2u] = a[sum];
  }`
});

/** The losses at `out` (loss, weight that was right, sum of weights); logits become their gradient. */
export function crossEntropy(
  {logits, labels, weights, out}: Record<"logits" | "labels" | "weights" | "out", number>,
  rows: number,
  width: number,
  scratch: number,
  sharing: Sharing
): Dispatch[] {
  const all = scratch;
  const parts = scratch + 1;
  return [
    sum(weights, rows, all),
    {
      kernel: rowsKernel[sharing],
      words: {logits, labels, weights, rows, width, sum: all, parts},
      groups: rowGrid(rows, sharing)
    },
    {kernel: outKernel, words: {parts, rows, sum: all, out}, groups: [1, 1, 1]}
  ];
}

/** Numbers of scratch that `crossEntropy` needs. */
export const crossEntropyScratch = (rows: number) => 1 + 2 * rows;
