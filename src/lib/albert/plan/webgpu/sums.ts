/** Sums over rows, in parts so that many lanes share them, and always in the same order. */
import {elementGrid, elementIndex, makeKernel, type Dispatch, type Sharing} from "./kernel.js";

/** Rows that one lane sums where many lanes are at hand. */
const partRows = 32;

/** Rows that one lane sums. */
export const rowsPerPart = (rows: number, sharing: Sharing) =>
  sharing === "groups" ? partRows : rows;

const sums = (isWhole: boolean) =>
  makeKernel({
    name: isWhole ? "columnSums" : "columnSums, parts",
    integers: ["x", "ld", "rows", "perPart", "width", "out", "n"],
    body: `${elementIndex}
  let first = (i / width) * perPart;
  var sum = 0.0;
  for (var r = first; r < min(first + perPart, rows); r++) {
    sum += a[x + r * ld + i % width];
  }
  a[out + i] ${isWhole ? "+=" : "="} sum;`
  });
const sumsKernels = {parts: sums(false), whole: sums(true)};

const addPartsKernel = makeKernel({
  name: "add parts",
  integers: ["parts", "count", "out", "n"],
  body: `${elementIndex}
  var sum = 0.0;
  for (var r = 0u; r < count; r++) { sum += a[parts + r * n + i]; }
  a[out + i] += sum;`
});

/** `out += Σ` of `count` rows of partial sums. */
export function addPartials(parts: number, count: number, width: number, out: number): Dispatch {
  return {
    kernel: addPartsKernel,
    words: {parts, count, out, n: width},
    groups: elementGrid(width)
  };
}

/** `out += Σ rows of x`. */
export function columnSums(
  x: {at: number; stride: number},
  rows: number,
  width: number,
  out: number,
  scratch: number,
  sharing: Sharing
): Dispatch[] {
  const perPart = rowsPerPart(rows, sharing);
  const count = Math.ceil(rows / perPart);
  const n = count * width;
  const words = {x: x.at, ld: x.stride, rows, perPart, width, n};
  const groups = elementGrid(n);
  if (count === 1) return [{kernel: sumsKernels.whole, words: {...words, out}, groups}];
  return [
    {kernel: sumsKernels.parts, words: {...words, out: scratch}, groups},
    addPartials(scratch, count, width, out)
  ];
}

/** Numbers of scratch that `columnSums` needs. */
export const sumsScratch = (rows: number, width: number) => Math.ceil(rows / partRows) * width;

/**
 * Numbers that say how rows scatter: for each place in the order of their targets the row there, and
 * where its target's run ends if it begins there, else 0.
 */
export const scatterOrderSize = (n: number) => 2 * n;

/** Fills the order of a scatter: rows with the same target side by side, in their own order. */
export function fillScatterOrder(index: ArrayLike<number>, into: Float32Array): void {
  const n = index.length;
  let last = 0;
  for (let i = 0; i < n; ++i) last = Math.max(last, index[i]!);
  const next = new Uint32Array(last + 2);
  for (let i = 0; i < n; ++i) next[index[i]! + 1]! += 1;
  for (let t = 0; t <= last; ++t) next[t + 1]! += next[t]!;
  const begins = next.slice();
  for (let i = 0; i < n; ++i) into[next[index[i]!]!++] = i;
  into.fill(0, n, 2 * n);
  for (let t = 0; t <= last; ++t)
    if (begins[t + 1]! > begins[t]!) into[n + begins[t]!] = begins[t + 1]!;
}

const scatterKernel = makeKernel({
  name: "scatterRows",
  integers: ["rows", "index", "order", "table", "count", "width", "n"],
  body: `${elementIndex}
  let begin = i / width;
  let end = u32(a[order + count + begin]);
  if (end == 0u) { return; }
  let c = i % width;
  var sum = 0.0;
  for (var q = begin; q < end; q++) { sum += a[rows + u32(a[order + q]) * width + c]; }
  a[table + u32(a[index + u32(a[order + begin])]) * width + c] += sum;`
});

/** `table[index[i]] += rows[i]`; one lane sums all that go to one place, so nothing races. */
export function scatterRows(
  places: Record<"rows" | "index" | "order" | "table", number>,
  count: number,
  width: number
): Dispatch {
  const n = count * width;
  return {
    kernel: scatterKernel,
    words: {...places, count, width, n},
    groups: elementGrid(n)
  };
}
