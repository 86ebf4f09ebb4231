/** One number in, one number out: activations and their gradients, products, sums, masks, copies. */
import {activationCodes} from "../instructions.js";
import {elementGrid, elementIndex, makeKernel, type Dispatch, type Kernel} from "./kernel.js";

export type Activation = keyof typeof activationCodes;

/** By the number that instructions have. */
export const activationNames = Object.fromEntries(
  Object.entries(activationCodes).map(([name, code]) => [code, name])
) as Record<number, Activation>;

/** Error function by Abramowitz & Stegun 7.1.26, tanh without overflow, log(1 + e) for small e too. */
const functions = `
fn erf_(z: T, e: T) -> T {
  let t = T(1.0) / (T(1.0) + 0.3275911 * abs(z));
  let q = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(z) * (T(1.0) - q * e);
}
fn tanh_(x: T) -> T {
  let s = x * x;
  let near = x + x * s * ((T(-17.0 / 315.0) * s + 2.0 / 15.0) * s - 1.0 / 3.0);
  let far = T(1.0) - 2.0 / (exp(2.0 * clamp(x, T(-20.0), T(20.0))) + 1.0);
  return select(far, near, abs(x) < T(0.15));
}
fn log_(e: T) -> T {
  let near = e * (T(1.0) - e * (0.5 - e * (1.0 / 3.0 - e * (0.25 - 0.2 * e))));
  return select(log(1.0 + e), near, e < T(0.05));
}
fn inner_(x: T) -> T { return 0.7978845608028654 * (x + 0.044715 * x * x * x); }
fn slope_(x: T, t: T) -> T {
  let du = 0.7978845608028654 * (1.0 + 0.134145 * x * x);
  return 0.5 * (1.0 + t + x * (1.0 - t * t) * du);
}
`;

const values: Record<Activation, string> = {
  gelu: "0.5 * x * (1.0 + erf_(0.7071067811865476 * x, exp(-0.5 * x * x)))",
  gelu_new: "0.5 * x * (1.0 + tanh_(inner_(x)))",
  relu: "max(x, T(0.0))",
  tanh: "tanh_(x)",
  softplus: "max(x, T(0.0)) + log_(exp(-abs(x)))"
};

/** The derivative at x; of tanh, at its output x. */
const slopes: Record<Activation, string> = {
  gelu: "0.5 * (1.0 + erf_(0.7071067811865476 * x, exp(-0.5 * x * x))) + 0.3989422804014327 * x * exp(-0.5 * x * x)",
  gelu_new: "slope_(x, tanh_(inner_(x)))",
  relu: "select(T(0.0), T(1.0), x > T(0.0))",
  tanh: "1.0 - x * x",
  softplus: "1.0 / (1.0 + exp(-clamp(x, T(-80.0), T(80.0))))"
};

const made = new Map<string, Kernel>();

/** A kernel over `n` elements of `x`, `y` and `z`, on vectors of four or on single numbers. */
function elementKernel(name: string, isVector: boolean, body: string): Kernel {
  const key = `${name}${isVector ? ", vectors" : ""}`;
  const known = made.get(key);
  if (known) return known;
  const T = isVector ? "vec4<f32>" : "f32";
  const kernel = makeKernel({
    name: key,
    isVector,
    integers: ["x0", "y0", "z0", "n"],
    declarations: `alias T = ${T};${functions}`,
    body: `${elementIndex}\n${body}`
  });
  made.set(key, kernel);
  return kernel;
}

/** Addresses in numbers; `isPadded` where vectors may run over the end of what is written. */
export interface Elements {
  x: number;
  y?: number;
  z: number;
  n: number;
  isPadded: boolean;
}

function overElements(name: string, {x, y = 0, z, n, isPadded}: Elements, body: string): Dispatch {
  const isVector = x % 4 === 0 && y % 4 === 0 && z % 4 === 0 && (n % 4 === 0 || isPadded);
  const unit = isVector ? 4 : 1;
  const count = Math.ceil(n / unit);
  return {
    kernel: elementKernel(name, isVector, body),
    words: {x0: x / unit, y0: y / unit, z0: z / unit, n: count},
    groups: elementGrid(count)
  };
}

export function activate(kind: Activation, elements: Elements): Dispatch {
  return overElements(
    `activate ${kind}`,
    elements,
    `  let x = a[x0 + i];\n  a[z0 + i] = ${values[kind]};`
  );
}

/** `z = y·act′(x)`. */
export function activateBackward(kind: Activation, elements: Elements): Dispatch {
  return overElements(
    `activate backward ${kind}`,
    elements,
    `  let x = a[x0 + i];\n  a[z0 + i] = a[y0 + i] * (${slopes[kind]});`
  );
}

export function multiply(elements: Elements): Dispatch {
  return overElements("multiply", elements, "  a[z0 + i] = a[x0 + i] * a[y0 + i];");
}

export function add(elements: Elements): Dispatch {
  return overElements("add", elements, "  a[z0 + i] = a[x0 + i] + a[y0 + i];");
}

export function zero(z: number, n: number, isPadded: boolean): Dispatch {
  return overElements("zero", {x: 0, z, n, isPadded}, "  a[z0 + i] = T(0.0);");
}

const transposeKernel = makeKernel({
  name: "transpose",
  integers: ["x0", "ldx", "y0", "ldy", "rows", "columns", "n"],
  body: `${elementIndex}
  a[y0 + (i / rows) * ldy + i % rows] = a[x0 + (i % rows) * ldx + i / rows];`
});

/** `y = xᵀ`; row strides in numbers. */
export function transpose(
  x: {at: number; stride: number},
  y: {at: number; stride: number},
  rows: number,
  columns: number
): Dispatch {
  const n = rows * columns;
  return {
    kernel: transposeKernel,
    words: {x0: x.at, ldx: x.stride, y0: y.at, ldy: y.stride, rows, columns, n},
    groups: elementGrid(n)
  };
}

const gatherKernel = makeKernel({
  name: "gatherRows",
  integers: ["table", "index", "out", "width", "n"],
  body: `${elementIndex}
  a[out + i] = a[table + u32(a[index + i / width]) * width + i % width];`
});

/** `out[i] = table[index[i]]`, rows of `width` numbers. */
export function gatherRows(
  places: Record<"table" | "index" | "out", number>,
  rows: number,
  width: number
): Dispatch {
  const n = rows * width;
  return {kernel: gatherKernel, words: {...places, width, n}, groups: elementGrid(n)};
}

/** Numbers that tell a mask's site what to draw; see `dropoutWords`. */
export const maskWordCount = 7;

const maskKernel = makeKernel({
  name: "dropout mask",
  integers: ["out", "key", "n"],
  declarations: `
fn mix_(v: u32) -> u32 {
  var x = v;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn word_(at: u32) -> u32 { return (u32(a[at]) << 16u) | u32(a[at + 1u]); }
`,
  body: `${elementIndex}
  let drawn = mix_(mix_(i ^ word_(key)) + word_(key + 2u));
  a[out + i] = select(0.0, a[key + 6u], drawn >= word_(key + 4u));`
});

/** Draws a dropout mask from the numbers at `key`. */
export function drawMask(out: number, key: number, n: number): Dispatch {
  return {kernel: maskKernel, words: {out, key, n}, groups: elementGrid(n)};
}
