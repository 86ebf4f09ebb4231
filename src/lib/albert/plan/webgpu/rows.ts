/** Row by row, a workgroup each: layer norm and softmax, with their gradients. */
import {
  elementGrid,
  elementIndex,
  gridOf,
  groupIndex,
  makeKernel,
  rowLanes,
  rowReductions,
  type Dispatch
} from "./kernel.js";
import {addPartials, rowsPerPart} from "./sums.js";

/** Begins a kernel with a workgroup for each of `rows`. */
const row = `  let row = ${groupIndex};
  if (row >= rows) { return; }
`;
const each = (n: string) => `for (var j = lane; j < ${n}; j += ${rowLanes}u)`;
const workgroup = [rowLanes, 1] as const;

const normKernel = (hasResidual: boolean) =>
  makeKernel({
    name: hasResidual ? "layerNorm of a sum" : "layerNorm",
    integers: ["x", "residual", "gain", "bias", "sum", "y", "statistics", "rows", "width"],
    reals: ["epsilon"],
    workgroup,
    declarations: rowReductions,
    body: `${row}  let at = row * width;
  var part = 0.0;
  ${each("width")} {
    let v = a[x + at + j]${hasResidual ? " + a[residual + at + j]" : ""};
    ${hasResidual ? "a[sum + at + j] = v;" : "if (sum != x) { a[sum + at + j] = v; }"}
    part += v;
  }
  let mean = total(lane, part) / f32(width);
  part = 0.0;
  ${each("width")} {
    let d = a[sum + at + j] - mean;
    part += d * d;
  }
  let scale = 1.0 / sqrt(total(lane, part) / f32(width) + epsilon);
  if (lane == 0u) {
    a[statistics + 2u * row] = mean;
    a[statistics + 2u * row + 1u] = scale;
  }
  ${each("width")} {
    a[y + at + j] = (a[sum + at + j] - mean) * scale * a[gain + j] + a[bias + j];
  }`
  });
const normKernels = {plain: normKernel(false), ofSum: normKernel(true)};

/** `sum = x + residual`, `y = norm(sum)·gain + bias`; a lane reads back only what it wrote. */
export function layerNorm(
  places: Record<"x" | "gain" | "bias" | "sum" | "y" | "statistics", number>,
  residual: number | null,
  rows: number,
  width: number,
  epsilon: number
): Dispatch {
  return {
    kernel: residual === null ? normKernels.plain : normKernels.ofSum,
    words: {...places, residual: residual ?? 0, rows, width, epsilon},
    groups: gridOf(rows)
  };
}

const normPartsKernel = makeKernel({
  name: "layerNorm backward, parts of gain and bias",
  integers: ["dy", "sum", "statistics", "rows", "width", "parts", "n"],
  body: `${elementIndex}
  let c = i % width;
  let first = (i / width) * ${rowsPerPart}u;
  var dGain = 0.0;
  var dBias = 0.0;
  for (var r = first; r < min(first + ${rowsPerPart}u, rows); r++) {
    let d = a[dy + r * width + c];
    let s = statistics + 2u * r;
    dGain += d * (a[sum + r * width + c] - a[s]) * a[s + 1u];
    dBias += d;
  }
  a[parts + i] = dGain;
  a[parts + n + i] = dBias;`
});

const normBackwardKernel = makeKernel({
  name: "layerNorm backward",
  integers: ["dy", "sum", "statistics", "gain", "dx", "rows", "width"],
  workgroup,
  declarations: rowReductions,
  body: `${row}  let at = row * width;
  let mean = a[statistics + 2u * row];
  let scale = a[statistics + 2u * row + 1u];
  var ofT = 0.0;
  var ofProduct = 0.0;
  ${each("width")} {
    let t = a[dy + at + j] * a[gain + j];
    ofT += t;
    ofProduct += t * (a[sum + at + j] - mean) * scale;
  }
  let meanT = total(lane, ofT) / f32(width);
  let meanProduct = total(lane, ofProduct) / f32(width);
  ${each("width")} {
    let t = a[dy + at + j] * a[gain + j];
    a[dx + at + j] = scale * (t - meanT - (a[sum + at + j] - mean) * scale * meanProduct);
  }`
});

/** Gradient of `layerNorm` at its sum; adds to those of gain and bias. */
export function layerNormBackward(
  places: Record<"dy" | "sum" | "statistics" | "gain" | "dx" | "dGain" | "dBias", number>,
  rows: number,
  width: number,
  scratch: number
): Dispatch[] {
  const {dy, sum, statistics, gain, dx, dGain, dBias} = places;
  const partCount = Math.ceil(rows / rowsPerPart);
  const n = partCount * width;
  return [
    {
      kernel: normPartsKernel,
      words: {dy, sum, statistics, rows, width, parts: scratch, n},
      groups: elementGrid(n)
    },
    addPartials(scratch, partCount, width, dGain),
    addPartials(scratch + n, partCount, width, dBias),
    {
      kernel: normBackwardKernel,
      words: {dy, sum, statistics, gain, dx, rows, width},
      groups: gridOf(rows)
    }
  ];
}

/** Numbers of scratch that `layerNormBackward` needs. */
export const normScratch = (rows: number, width: number) =>
  2 * Math.ceil(rows / rowsPerPart) * width;

const softmaxKernel = (isDropped: boolean) =>
  makeKernel({
    name: isDropped ? "softmax and dropout" : "softmax",
    integers: ["x", "bias", "drop", "kept", "rows", "width", "rowsPerBias"],
    reals: ["scale"],
    workgroup,
    declarations: rowReductions,
    body: `${row}  let at = row * width;
  let shown = bias + (row / rowsPerBias) * width;
  var top = -3.4028234663852886e38;
  ${each("width")} {
    let v = a[x + at + j] * scale + a[shown + j];
    a[x + at + j] = v;
    top = max(top, v);
  }
  top = largest(lane, top);
  var part = 0.0;
  ${each("width")} {
    let e = exp(a[x + at + j] - top);
    a[x + at + j] = e;
    part += e;
  }
  let share = 1.0 / total(lane, part);
  ${each("width")} {
    let p = a[x + at + j] * share;
    a[x + at + j] = p;${isDropped ? "\n    a[kept + at + j] = p * a[drop + at + j];" : ""}
  }`
  });
const softmaxKernels = {plain: softmaxKernel(false), dropped: softmaxKernel(true)};

/** `x = softmax(x·scale + bias)` in place, and that times a dropout mask in `kept`. */
export function softmax(
  x: number,
  bias: number,
  mask: {drop: number; kept: number} | null,
  rows: number,
  width: number,
  rowsPerBias: number,
  scale: number
): Dispatch {
  return {
    kernel: mask ? softmaxKernels.dropped : softmaxKernels.plain,
    words: {
      x,
      bias,
      drop: mask?.drop ?? 0,
      kept: mask?.kept ?? 0,
      rows,
      width,
      rowsPerBias,
      scale
    },
    groups: gridOf(rows)
  };
}

const softmaxBackwardKernel = (isDropped: boolean) =>
  makeKernel({
    name: isDropped ? "softmax and dropout backward" : "softmax backward",
    integers: ["p", "d", "drop", "rows", "width"],
    reals: ["scale"],
    workgroup,
    declarations: rowReductions,
    body: `${row}  let at = row * width;
  var part = 0.0;
  ${each("width")} {
    ${isDropped ? "a[d + at + j] *= a[drop + at + j];" : ""}
    part += a[p + at + j] * a[d + at + j];
  }
  let mean = total(lane, part);
  ${each("width")} {
    a[d + at + j] = a[p + at + j] * (a[d + at + j] - mean) * scale;
  }`
  });
const softmaxBackwardKernels = {
  plain: softmaxBackwardKernel(false),
  dropped: softmaxBackwardKernel(true)
};

/** `d = p·(d·drop − Σ p·d·drop)·scale` in place. */
export function softmaxBackward(
  p: number,
  d: number,
  drop: number | null,
  rows: number,
  width: number,
  scale: number
): Dispatch {
  return {
    kernel: drop === null ? softmaxBackwardKernels.plain : softmaxBackwardKernels.dropped,
    words: {p, d, drop: drop ?? 0, rows, width, scale},
    groups: gridOf(rows)
  };
}
