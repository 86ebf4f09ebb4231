// One number in, one number out: activations and their backward, products, sums.
import {ONE, constant, erf4, exp4, loadPart, storePart, tanh4} from "./math";

export const GELU: i32 = 0;
export const GELU_TANH: i32 = 1;
export const RELU: i32 = 2;
export const TANH: i32 = 3;
export const SOFTPLUS: i32 = 4;

const HALF: usize = memory.data<f32>([0.5]);
const ROOT_HALF: usize = memory.data<f32>([0.7071067811865476]);
const NORMAL_PEAK: usize = memory.data<f32>([0.3989422804014327]);
const C1: usize = memory.data<f32>([0.7978845608028654]); // sqrt(2 / pi)
const C2: usize = memory.data<f32>([0.044715]);
const C2_3: usize = memory.data<f32>([<f32>(3 * <f32>0.044715)]);

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|). */
function softplus(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  let log = f32x4.splat(<f32>Math.log(1 + <f64>f32x4.extract_lane(e, 0)));
  log = f32x4.replace_lane(log, 1, <f32>Math.log(1 + <f64>f32x4.extract_lane(e, 1)));
  log = f32x4.replace_lane(log, 2, <f32>Math.log(1 + <f64>f32x4.extract_lane(e, 2)));
  log = f32x4.replace_lane(log, 3, <f32>Math.log(1 + <f64>f32x4.extract_lane(e, 3)));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log);
}

// @ts-ignore: decorator
@inline
function forward(kind: i32, x: v128): v128 {
  if (kind == RELU) return f32x4.max(x, f32x4.splat(0));
  if (kind == TANH) return tanh4(x);
  if (kind == SOFTPLUS) return softplus(x);
  const half = f32x4.mul(x, constant(HALF));
  if (kind == GELU) {
    const z = f32x4.mul(x, constant(ROOT_HALF));
    return f32x4.mul(half, f32x4.add(erf4(z, exp4(f32x4.neg(f32x4.mul(z, z)))), constant(ONE)));
  }
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  const u = f32x4.mul(constant(C1), f32x4.add(x, f32x4.mul(constant(C2), cube)));
  return f32x4.mul(half, f32x4.add(tanh4(u), constant(ONE)));
}

/** The derivative at x; for tanh, `x` is the output of the forward pass. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, x: v128): v128 {
  const one = constant(ONE);
  if (kind == RELU) return v128.and(f32x4.gt(x, f32x4.splat(0)), one);
  if (kind == TANH) return f32x4.sub(one, f32x4.mul(x, x));
  if (kind == SOFTPLUS) return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
  if (kind == GELU) {
    const z = f32x4.mul(x, constant(ROOT_HALF));
    const e = exp4(f32x4.neg(f32x4.mul(z, z)));
    const cdf = f32x4.mul(constant(HALF), f32x4.add(erf4(z, e), one));
    return f32x4.add(cdf, f32x4.mul(f32x4.mul(x, e), constant(NORMAL_PEAK)));
  }
  const square = f32x4.mul(x, x);
  const u = f32x4.mul(constant(C1), f32x4.add(x, f32x4.mul(constant(C2), f32x4.mul(square, x))));
  const t = tanh4(u);
  const du = f32x4.mul(constant(C1), f32x4.add(one, f32x4.mul(constant(C2_3), square)));
  const sech2 = f32x4.sub(one, f32x4.mul(t, t));
  return f32x4.mul(
    constant(HALF),
    f32x4.add(f32x4.add(one, t), f32x4.mul(x, f32x4.mul(sech2, du)))
  );
}

/** y = act(x) for n numbers. */
export function activate(kind: i32, x: usize, y: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, forward(kind, v128.load(x)));
    x += 16;
    y += 16;
  }
  storePart(y, forward(kind, loadPart(x, n - i, 0)), n - i);
}

/** dx = dy · act′(x) for n numbers; may be in place. */
export function activateBackward(kind: i32, x: usize, dy: usize, dx: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(dx, f32x4.mul(v128.load(dy), slope(kind, v128.load(x))));
    x += 16;
    dy += 16;
    dx += 16;
  }
  storePart(dx, f32x4.mul(loadPart(dy, n - i, 0), slope(kind, loadPart(x, n - i, 0))), n - i);
}

/** y = a · b for n numbers: dropout by its mask, forward and backward. */
export function multiply(a: usize, b: usize, y: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    y += 16;
  }
  storePart(y, f32x4.mul(loadPart(a, n - i, 0), loadPart(b, n - i, 0)), n - i);
}

/** y = a + b for n numbers. */
export function add(a: usize, b: usize, y: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    y += 16;
  }
  storePart(y, f32x4.add(loadPart(a, n - i, 0), loadPart(b, n - i, 0)), n - i);
}

/** out[c] += the sum of column c, for the columns `c` … `cols` of `rows` rows, row stride in bytes. */
export function columnSums(X: usize, ld: usize, rows: i32, c: i32, cols: i32, out: usize): void {
  // sixteen at once: what a line of the cache holds
  for (; c + 16 <= cols; c += 16) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    let x = X + (<usize>c << 2);
    for (let r = 0; r < rows; r++) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += ld;
    }
    const o = out + (<usize>c << 2);
    v128.store(o, f32x4.add(v128.load(o), s0));
    v128.store(o, f32x4.add(v128.load(o, 16), s1), 16);
    v128.store(o, f32x4.add(v128.load(o, 32), s2), 32);
    v128.store(o, f32x4.add(v128.load(o, 48), s3), 48);
  }
  for (; c < cols; c++) {
    let s: f32 = 0;
    let x = X + (<usize>c << 2);
    for (let r = 0; r < rows; r++) {
      s += f32.load(x);
      x += ld;
    }
    const o = out + (<usize>c << 2);
    f32.store(o, f32.load(o) + s);
  }
}

/** out[i] = X[index[i]], rows of `cols` numbers. */
export function gatherRows(X: usize, index: usize, out: usize, n: i32, cols: i32): void {
  const bytes = <usize>cols << 2;
  for (let i = 0; i < n; i++)
    memory.copy(out + <usize>i * bytes, X + <usize>i32.load(index + (<usize>i << 2)) * bytes, bytes);
}

/** X[index[i]] += rows[i], in order, so that the sums are the same every time. */
export function scatterRows(rows: usize, index: usize, X: usize, n: i32, cols: i32): void {
  const bytes = <usize>cols << 2;
  for (let i = 0; i < n; i++) {
    const x = X + <usize>i32.load(index + (<usize>i << 2)) * bytes;
    add(x, rows + <usize>i * bytes, x, cols);
  }
}
