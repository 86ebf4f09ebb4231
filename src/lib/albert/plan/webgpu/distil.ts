/** A teacher's part of a step: its soft guesses, and the direction of its states. */
import type {DistillationWeights} from "../../distillation.js";
import {
  elementGrid,
  elementIndex,
  makeKernel,
  makeRowKernels,
  rowGrid,
  type Dispatch,
  type Sharing
} from "./kernel.js";
import {sum} from "./total.js";

const softKernels = makeRowKernels({
  name: "soft targets",
  integers: ["student", "teacher", "weights", "gradient", "all", "parts", "rows", "width"],
  reals: ["T", "soft"],
  body: `  let at = row * width;
  var topS = -3.4028234663852886e38;
  var topT = topS;
  for (var j = begin; j < width; j += stride) {
    topS = max(topS, a[student + at + j] / T);
    topT = max(topT, a[teacher + at + j] / T);
  }
  topS = largest(lane, topS);
  topT = largest(lane, topT);
  var partS = 0.0;
  var partT = 0.0;
  for (var j = begin; j < width; j += stride) {
    partS += exp(a[student + at + j] / T - topS);
    partT += exp(a[teacher + at + j] / T - topT);
  }
  let zS = total(lane, partS);
  let zT = total(lane, partT);
  let logZ = topS + log(zS) - topT - log(zT);
  let weight = a[weights + row];
  let share = select(0.0, weight / a[all], weight > 0.0);
  var part = 0.0;
  for (var j = begin; j < width; j += stride) {
    let s = a[student + at + j] / T;
    let t = a[teacher + at + j] / T;
    let p = exp(t - topT) / zT;
    a[gradient + at + j] = soft * share * T * (exp(s - topS) / zS - p);
    part += p * (t - s + logZ);
  }
  part = total(lane, part);
  if (begin == 0u) { a[parts + row] = share * T * T * part; }`
});

/** Where the soft targets find things, in numbers. */
export type SoftPlaces = Record<
  "student" | "teacher" | "weights" | "gradient" | "out" | "scratch",
  number
>;

/**
 * `T² · KL(teacher ‖ student)` at `out`, a weighted mean over the rows; its gradient times `soft` at
 * `gradient`. Logits stay.
 */
export function softTargets(
  {student, teacher, weights, gradient, out, scratch}: SoftPlaces,
  {temperature: T, soft}: DistillationWeights,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch[] {
  const parts = scratch + 1;
  const words = {student, teacher, weights, gradient, all: scratch, parts, rows, width, T, soft};
  return [
    sum(weights, rows, scratch),
    {kernel: softKernels[sharing], words, groups: rowGrid(rows, sharing)},
    sum(parts, rows, out)
  ];
}

const blendKernel = makeKernel({
  name: "soft and hard targets",
  integers: ["x", "y", "n"],
  reals: ["factor"],
  body: `${elementIndex}
  a[x + i] = factor * a[x + i] + a[y + i];`
});

/** `x = factor·x + y` */
export const blend = (x: number, y: number, n: number, factor: number): Dispatch => ({
  kernel: blendKernel,
  words: {x, y, n, factor},
  groups: elementGrid(n)
});

const cosineKernels = makeRowKernels({
  name: "state cosine",
  integers: ["student", "teacher", "bias", "gradient", "share", "parts", "rows", "width"],
  reals: ["weight"],
  body: `  let at = row * width;
  var partST = 0.0;
  var partSS = 0.0;
  var partTT = 0.0;
  for (var j = begin; j < width; j += stride) {
    let s = a[student + at + j];
    let t = a[teacher + at + j];
    partST += s * t;
    partSS += s * s;
    partTT += t * t;
  }
  let st = total(lane, partST);
  let ss = total(lane, partSS);
  let tt = total(lane, partTT);
  let lengths = sqrt(ss) * sqrt(tt);
  let isUsed = a[bias + row] == 0.0;
  let part = select(0.0, a[share], isUsed);
  for (var j = begin; j < width && isUsed; j += stride) {
    let toward = a[teacher + at + j] / lengths - st / lengths / ss * a[student + at + j];
    a[gradient + at + j] -= weight * part * toward;
  }
  if (begin == 0u) { a[parts + row] = select(0.0, part * (1.0 - st / lengths), isUsed); }`
});

/** Where the states' distance finds things; `share` is 1 over the pieces in use, `bias` 0 at those. */
export type CosinePlaces = Record<
  "student" | "teacher" | "bias" | "gradient" | "share" | "out" | "scratch",
  number
>;

/** `mean(1 − cos)` over the pieces in use at `out`; its gradient times `weight` is added to `gradient`. */
export function stateCosine(
  {student, teacher, bias, gradient, share, out, scratch}: CosinePlaces,
  weight: number,
  rows: number,
  width: number,
  sharing: Sharing
): Dispatch[] {
  const places = {student, teacher, bias, gradient, share, parts: scratch};
  const words = {...places, rows, width, weight};
  return [
    {kernel: cosineKernels[sharing], words, groups: rowGrid(rows, sharing)},
    sum(scratch, rows, out)
  ];
}

/** Numbers of scratch that both need. */
export const distilScratch = (slots: number, tokens: number) => Math.max(1 + slots, tokens);
