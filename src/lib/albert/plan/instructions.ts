/**
 * The instruction set of a plan: what a training step of a fixed shape consists of. An instruction
 * names regions of buffers, so that it can be printed, checked and laid out before it is run.
 */
import {extent, type Matrix, type Region} from "./regions.js";

/** An operand as the executor reads it: an address, a whole number, or a real one. */
export type Operand = {region: Region | null} | {integer: number} | {real: number};

/** Opcodes; those of assembly/index.ts. */
export const opcodes = {
  gemm: 1,
  transpose: 2,
  layerNorm: 3,
  layerNormBackward: 4,
  activate: 5,
  activateBackward: 6,
  attention: 7,
  attentionBackward: 8,
  crossEntropy: 9,
  columnSums: 10,
  multiply: 11,
  add: 12,
  gatherRows: 13,
  scatterRows: 14,
  zero: 15,
  unitRows: 16,
  unitRowsBackward: 17,
  lateInteraction: 18,
  lateInteractionBackward: 19,
  scaleRows: 20,
  scaleRowsBackward: 21
} as const;

export type OperationName = keyof typeof opcodes;

export interface Instruction {
  op: OperationName;
  /** Part of the model it belongs to, for a reader: "layer 2 attention". */
  label: string;
  operands: Operand[];
  reads: Region[];
  writes: Region[];
  /** Multiplications and additions. */
  flops: number;
}

/** Activations by the number the kernels know them by. */
export const activationCodes = {gelu: 0, gelu_new: 1, relu: 2, tanh: 3, softplus: 4} as const;

export const at = (r: Region | null): Operand => ({region: r});
export const int = (integer: number): Operand => ({integer});
const bytes = (numbers: number): Operand => ({integer: 4 * numbers});
export const present = (...regions: (Region | null)[]): Region[] =>
  regions.filter((r) => r !== null);

/**
 * `c = op(a)·b + bias`, or `c += op(a)·b` with `accumulate`; `op(a)` is `aᵀ` with `transposeA`.
 *
 * @throws Error when the shapes do not fit
 */
export function gemm(
  label: string,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  {transposeA = false, accumulate = false, bias = null as Region | null} = {}
): Instruction {
  const [m, k] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  if (k !== b.rows || m !== c.rows || b.columns !== c.columns)
    throw new Error(`${label}: [${m}, ${k}]·[${b.rows}, ${b.columns}] → [${c.rows}, ${c.columns}]`);
  if (accumulate && bias) throw new Error(`${label}: a bias would be added twice`);
  const [rowStep, columnStep] = transposeA ? [1, a.stride] : [a.stride, 1];
  const out = extent(c);
  return {
    op: "gemm",
    label,
    operands: [
      at(extent(a)),
      bytes(rowStep),
      bytes(columnStep),
      at(extent(b)),
      bytes(b.stride),
      at(out),
      bytes(c.stride),
      int(m),
      int(c.columns),
      int(k),
      int(accumulate ? 1 : 0),
      at(bias)
    ],
    reads: present(extent(a), extent(b), bias, accumulate ? out : null),
    writes: [out],
    flops: 2 * m * c.columns * k
  };
}

/** `y = xᵀ`. */
export function transpose(label: string, x: Matrix, y: Matrix): Instruction {
  return {
    op: "transpose",
    label,
    operands: [
      at(extent(x)),
      bytes(x.stride),
      at(extent(y)),
      bytes(y.stride),
      int(x.rows),
      int(x.columns)
    ],
    reads: [extent(x)],
    writes: [extent(y)],
    flops: 0
  };
}

/** `sum = a + residual`, `y = norm(sum)·gain + bias`; keeps mean and 1/deviation in `statistics`. */
export function layerNorm(
  label: string,
  {
    a,
    residual,
    gain,
    bias,
    sum,
    y,
    statistics
  }: Record<"a" | "gain" | "bias" | "sum" | "y" | "statistics", Region> & {
    residual: Region | null;
  },
  rows: number,
  width: number,
  epsilon: number
): Instruction {
  return {
    op: "layerNorm",
    label,
    operands: [a, residual, gain, bias, sum, y, statistics]
      .map(at)
      .concat(int(rows), int(width), {real: epsilon}),
    reads: present(a, residual, gain, bias),
    writes: [sum, y, statistics],
    flops: 8 * rows * width
  };
}

/** Gradient of `layerNorm` at its sum; adds to those of gain and bias. */
export function layerNormBackward(
  label: string,
  {
    dy,
    sum,
    statistics,
    gain,
    dx,
    dGain,
    dBias
  }: Record<"dy" | "sum" | "statistics" | "gain" | "dx" | "dGain" | "dBias", Region>,
  rows: number,
  width: number
): Instruction {
  return {
    op: "layerNormBackward",
    label,
    operands: [dy, sum, statistics, gain, dx, dGain, dBias].map(at).concat(int(rows), int(width)),
    reads: [dy, sum, statistics, gain, dGain, dBias],
    writes: [dx, dGain, dBias],
    flops: 14 * rows * width
  };
}

/** `y = act(x)`. */
export function activate(
  label: string,
  kind: keyof typeof activationCodes,
  x: Region,
  y: Region
): Instruction {
  return {
    op: "activate",
    label,
    operands: [int(activationCodes[kind]), at(x), at(y), int(x.size)],
    reads: [x],
    writes: [y],
    flops: 20 * x.size
  };
}

/** `dx = dy·act′(x)`; for tanh, x is its output. */
export function activateBackward(
  label: string,
  kind: keyof typeof activationCodes,
  x: Region,
  dy: Region,
  dx: Region
): Instruction {
  return {
    op: "activateBackward",
    label,
    operands: [int(activationCodes[kind]), at(x), at(dy), at(dx), int(x.size)],
    reads: [x, dy],
    writes: [dx],
    flops: 25 * x.size
  };
}

/** Weighted mean cross-entropy into `out` (loss, weight that was right, sum of weights); the logits become their gradient. */
export function crossEntropy(
  label: string,
  {logits, labels, weights, out}: Record<"logits" | "labels" | "weights" | "out", Region>,
  rows: number,
  classes: number
): Instruction {
  return {
    op: "crossEntropy",
    label,
    operands: [at(logits), at(labels), at(weights), int(rows), int(classes), at(out)],
    reads: [logits, labels, weights],
    writes: [logits, out],
    flops: 15 * rows * classes
  };
}

/** `out += Σ rows of x`. */
export function columnSums(label: string, x: Matrix, out: Region): Instruction {
  return {
    op: "columnSums",
    label,
    operands: [at(extent(x)), bytes(x.stride), int(x.rows), int(x.columns), at(out)],
    reads: [extent(x), out],
    writes: [out],
    flops: x.rows * x.columns
  };
}

/** `y = a·b` or `y = a + b`, number by number. */
export function pointwise(
  op: "multiply" | "add",
  label: string,
  a: Region,
  b: Region,
  y: Region
): Instruction {
  return {
    op,
    label,
    operands: [at(a), at(b), at(y), int(y.size)],
    reads: [a, b],
    writes: [y],
    flops: y.size
  };
}

/** `out[i] = table[index[i]]`. */
export function gatherRows(
  label: string,
  table: Region,
  index: Region,
  out: Region,
  width: number
): Instruction {
  return {
    op: "gatherRows",
    label,
    operands: [at(table), at(index), at(out), int(index.size), int(width)],
    reads: [table, index],
    writes: [out],
    flops: 0
  };
}

/** `table[index[i]] += rows[i]`, in the order of i. */
export function scatterRows(
  label: string,
  rows: Region,
  index: Region,
  table: Region,
  width: number
): Instruction {
  return {
    op: "scatterRows",
    label,
    operands: [at(rows), at(index), at(table), int(index.size), int(width)],
    reads: [rows, index, table],
    writes: [table],
    flops: rows.size
  };
}

/** Fills with zeros. */
export function zero(label: string, out: Region): Instruction {
  return {
    op: "zero",
    label,
    operands: [at(out), int(out.size)],
    reads: [],
    writes: [out],
    flops: 0
  };
}
