/** Row by row: layer norm and softmax, with their gradients. */
import {makeRowKernels, rowGrid, type Dispatch, type Sharing} from "./kernel.js";
import {columnGrid, makeColumnKernels} from "./sums.js";

const each = (n: string) => `for (var j = begin; j < ${n}; j += stride)`;

const normKernel = (hasResidual: boolean) =>
  makeRowKernels({
    name: hasResidual ? "layerNorm of a sum" : "layerNorm",
    integers: ["x", "residual", "gain", "bias", "sum", "y", "statistics", "rows", "width"],
    reals: ["epsilon"],
    body: `  let at = row * width;
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
  if (begin == 0u) {
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
  epsilon: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: (residual === null ? normKernels.plain : normKernels.ofSum)[sharing],
    words: {...places, residual: residual ?? 0, rows, width, epsilon},
    groups: rowGrid(rows, sharing)
  };
}

const normSumsKernels = makeColumnKernels({
  name: "layerNorm backward, gain and bias",
  integers: ["dy", "sum", "statistics", "dGain", "dBias"],
  declare: "var ofGain = 0.0; var ofBias = 0.0;",
  add: `let d = a[dy + r * width + c];
      let s = statistics + 2u * r;
      ofGain += d * (a[sum + r * width + c] - a[s]) * a[s + 1u];
      ofBias += d;`,
  sums: ["ofGain", "ofBias"],
  store: "a[dGain + c] += ofGain; a[dBias + c] += ofBias;"
});

const normBackwardKernel = makeRowKernels({
  name: "layerNorm backward",
  integers: ["dy", "sum", "statistics", "gain", "dx", "rows", "width"],
  body: `  let at = row * width;
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
  sharing: Sharing
): Dispatch[] {
  const {dy, sum, statistics, gain, dx, dGain, dBias} = places;
  return [
    {
      kernel: normSumsKernels[sharing],
      words: {dy, sum, statistics, dGain, dBias, rows, width},
      groups: columnGrid(width, sharing)
    },
    {
      kernel: normBackwardKernel[sharing],
      words: {dy, sum, statistics, gain, dx, rows, width},
      groups: rowGrid(rows, sharing)
    }
  ];
}

const softmaxKernel = (isDropped: boolean) =>
  makeRowKernels({
    name: isDropped ? "softmax and dropout" : "softmax",
    integers: ["x", "bias", "drop", "kept", "rows", "width", "rowsPerBias", "biasRows"],
    reals: ["scale"],
    body: `  let at = row * width;
  let shown = bias + (row / rowsPerBias * biasRows + row % biasRows) * width;
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

/**
 * `x = softmax(x·scale + bias)` in place, and that times a dropout mask in `kept`. Each `shared.rows` rows
 * have `shared.biasRows` rows of bias: one for all, or one for each of the pieces that look.
 */
export function softmax(
  x: number,
  bias: number,
  mask: {drop: number; kept: number} | null,
  rows: number,
  width: number,
  shared: {rows: number; biasRows: number},
  scale: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: (mask ? softmaxKernels.dropped : softmaxKernels.plain)[sharing],
    words: {
      x,
      bias,
      drop: mask?.drop ?? 0,
      kept: mask?.kept ?? 0,
      rows,
      width,
      rowsPerBias: shared.rows,
      biasRows: shared.biasRows,
      scale
    },
    groups: rowGrid(rows, sharing)
  };
}

const softmaxBackwardKernel = (isDropped: boolean) =>
  makeRowKernels({
    name: isDropped ? "softmax and dropout backward" : "softmax backward",
    integers: ["p", "dy", "d", "drop", "rows", "width"],
    reals: ["scale"],
    body: `  let at = row * width;
  var part = 0.0;
  ${each("width")} {
    let v = a[dy + at + j]${isDropped ? " * a[drop + at + j]" : ""};
    a[d + at + j] = v;
    part += a[p + at + j] * v;
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

/** `d = p·(dy·drop − Σ p·dy·drop)·scale`; `dy` may be `d` itself. */
export function softmaxBackward(
  p: number,
  dy: number,
  d: number,
  drop: number | null,
  rows: number,
  width: number,
  scale: number,
  sharing: Sharing
): Dispatch {
  return {
    kernel: (drop === null ? softmaxBackwardKernels.plain : softmaxBackwardKernels.dropped)[
      sharing
    ],
    words: {p, dy, d, drop: drop ?? 0, rows, width, scale},
    groups: rowGrid(rows, sharing)
  };
}
