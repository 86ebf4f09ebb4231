/** The sum of numbers, by one workgroup. */
import {makeKernel, rowLanes, rowReductions, type Dispatch} from "./kernel.js";

const kernel = makeKernel({
  name: "sum",
  integers: ["x", "count", "out"],
  workgroup: [rowLanes, 1],
  declarations: rowReductions,
  body: `  var part = 0.0;
  for (var j = lane; j < count; j += ${rowLanes}u) { part += a[x + j]; }
  let sum = total(lane, part);
  if (lane == 0u) { a[out] = sum; }`
});

/** `out = Σ x`; always in the same order. */
export const sum = (x: number, count: number, out: number): Dispatch => ({
  kernel,
  words: {x, count, out},
  groups: [1, 1, 1]
});
