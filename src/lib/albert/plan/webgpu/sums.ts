/** Sums over rows, each always in the same order. */
import {
  elementGrid,
  elementIndex,
  gridOf,
  groupIndex,
  lanes,
  makeKernel,
  type Dispatch,
  type Kernel,
  type Sharing
} from "./kernel.js";

/** Columns that a workgroup sums, and lanes that share each. */
const across = 8;
const down = 32;

/** What stands for a column's number, and the first row and step of a lane, in kernels of sums. */
export interface ColumnParts {
  name: string;
  integers: readonly string[];
  /** WGSL that declares what is summed, adds row `r` of column `c` to it, and stores it. */
  declare: string;
  add: string;
  /** Names of what is summed. */
  sums: readonly string[];
  store: string;
}

/** A kernel that sums columns: in `groups` a workgroup to some of them, in `lanes` a lane to each. */
export function makeColumnKernels({
  name,
  integers,
  declare,
  add,
  sums,
  store
}: ColumnParts): Record<Sharing, Kernel> {
  const room = across * down;
  const keep = sums.map((sum, i) => `  parts[${i * room}u + lane] = ${sum};`).join("\n");
  const gather = sums
    .map((sum, i) => `    ${sum} += parts[${i * room}u + p * ${across}u + lane];`)
    .join("\n");
  return {
    groups: makeKernel({
      name,
      integers: [...integers, "rows", "width"],
      workgroup: [room, 1],
      declarations: `var<workgroup> parts: array<f32, ${sums.length * room}>;`,
      body: `  let c = ${groupIndex} * ${across}u + lane % ${across}u;
  ${declare}
  if (c < width) {
    for (var r = lane / ${across}u; r < rows; r += ${down}u) { ${add} }
  }
${keep}
  workgroupBarrier();
  if (lane < ${across}u && c < width) {
    for (var p = 1u; p < ${down}u; p++) {
${gather}
    }
    ${store}
  }`
    }),
    lanes: makeKernel({
      name: `${name}, a lane a column`,
      integers: [...integers, "rows", "width"],
      body: `  let c = ${groupIndex} * ${lanes}u + lane;
  if (c >= width) { return; }
  ${declare}
  for (var r = 0u; r < rows; r++) { ${add} }
  ${store}`
    })
  };
}

/** The grid of such a kernel. */
export const columnGrid = (width: number, sharing: Sharing) =>
  sharing === "groups" ? gridOf(Math.ceil(width / across)) : elementGrid(width);

const sumsKernels = makeColumnKernels({
  name: "columnSums",
  integers: ["x", "ld", "out"],
  declare: "var sum = 0.0;",
  add: "sum += a[x + r * ld + c];",
  sums: ["sum"],
  store: "a[out + c] += sum;"
});

/** `out += Σ rows of x`. */
export function columnSums(
  x: {at: number; stride: number},
  rows: number,
  width: number,
  out: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: sumsKernels[sharing],
    words: {x: x.at, ld: x.stride, rows, width, out},
    groups: columnGrid(width, sharing)
  };
}

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
