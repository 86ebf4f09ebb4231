// Row by row: layer norm with its backward, and softmax cross-entropy.
import {exp4, loadPart, maxLanes, storePart, sumLanes} from "./math";

/** Sum of a row. */
function rowSum(x: usize, n: i32): f32 {
  let s = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) s = f32x4.add(s, v128.load(x + (<usize>i << 2)));
  s = f32x4.add(s, loadPart(x + (<usize>i << 2), n - i, 0));
  return sumLanes(s);
}

/**
 * y = (s − mean)/√(var + eps) · g + b with s = a + r (r may be 0: none); keeps s, and mean and
 * 1/√(var + eps) of each row at `st`. `a` and `s` may be the same place.
 */
export function layerNorm(
  a: usize, r: usize, g: usize, b: usize, s: usize, y: usize, st: usize,
  rows: i32, cols: i32, eps: f32
): void {
  const bytes = <usize>cols << 2;
  const whole = cols & ~3;
  const part = cols - whole;
  const tail = <usize>whole << 2;
  for (let i = 0; i < rows; i++) {
    if (r) {
      for (let j: usize = 0; j < tail; j += 16)
        v128.store(s + j, f32x4.add(v128.load(a + j), v128.load(r + j)));
      storePart(s + tail, f32x4.add(loadPart(a + tail, part, 0), loadPart(r + tail, part, 0)), part);
      r += bytes;
    } else if (a != s) memory.copy(s, a, bytes);
    const mean = rowSum(s, cols) / <f32>cols;
    const m = f32x4.splat(mean);
    let q = f32x4.splat(0);
    for (let j: usize = 0; j < tail; j += 16) {
      const d = f32x4.sub(v128.load(s + j), m);
      q = f32x4.add(q, f32x4.mul(d, d));
    }
    if (part) {
      const d = f32x4.sub(loadPart(s + tail, part, mean), m);
      q = f32x4.add(q, f32x4.mul(d, d));
    }
    const rstd: f32 = 1 / Mathf.sqrt(sumLanes(q) / <f32>cols + eps);
    const k = f32x4.splat(rstd);
    f32.store(st, mean);
    f32.store(st, rstd, 4);
    for (let j: usize = 0; j < tail; j += 16)
      v128.store(
        y + j,
        f32x4.add(
          f32x4.mul(f32x4.mul(f32x4.sub(v128.load(s + j), m), k), v128.load(g + j)),
          v128.load(b + j)
        )
      );
    if (part)
      storePart(
        y + tail,
        f32x4.add(
          f32x4.mul(f32x4.mul(f32x4.sub(loadPart(s + tail, part, 0), m), k), loadPart(g + tail, part, 0)),
          loadPart(b + tail, part, 0)
        ),
        part
      );
    a += bytes;
    s += bytes;
    y += bytes;
    st += 8;
  }
}

/**
 * Backward of layerNorm from its kept `s` and `st`: dx = rstd·(t − mean(t) − x̂·mean(t·x̂)) with
 * t = dy·g. dx is not dy, which `layerNormGains` reads after it.
 */
export function layerNormBackward(
  dy: usize, s: usize, st: usize, g: usize, dx: usize, rows: i32, cols: i32
): void {
  const bytes = <usize>cols << 2;
  const whole = cols & ~3;
  const part = cols - whole;
  const tail = <usize>whole << 2;
  const share: f32 = 1 / <f32>cols;
  for (let i = 0; i < rows; i++) {
    const mean = f32.load(st);
    const m = f32x4.splat(mean), k = v128.load32_splat(st, 4);
    let sa = f32x4.splat(0), sb = f32x4.splat(0);
    for (let j: usize = 0; j < tail; j += 16) {
      const x = f32x4.mul(f32x4.sub(v128.load(s + j), m), k);
      const t = f32x4.mul(v128.load(dy + j), v128.load(g + j));
      sa = f32x4.add(sa, t);
      sb = f32x4.add(sb, f32x4.mul(t, x));
    }
    if (part) {
      const x = f32x4.mul(f32x4.sub(loadPart(s + tail, part, mean), m), k);
      const t = f32x4.mul(loadPart(dy + tail, part, 0), loadPart(g + tail, part, 0));
      sa = f32x4.add(sa, t);
      sb = f32x4.add(sb, f32x4.mul(t, x));
    }
    const ma = f32x4.splat(sumLanes(sa) * share), mb = f32x4.splat(sumLanes(sb) * share);
    for (let j: usize = 0; j < tail; j += 16) {
      const x = f32x4.mul(f32x4.sub(v128.load(s + j), m), k);
      const t = f32x4.mul(v128.load(dy + j), v128.load(g + j));
      v128.store(dx + j, f32x4.mul(k, f32x4.sub(f32x4.sub(t, ma), f32x4.mul(x, mb))));
    }
    if (part) {
      const x = f32x4.mul(f32x4.sub(loadPart(s + tail, part, mean), m), k);
      const t = f32x4.mul(loadPart(dy + tail, part, 0), loadPart(g + tail, part, 0));
      storePart(dx + tail, f32x4.mul(k, f32x4.sub(f32x4.sub(t, ma), f32x4.mul(x, mb))), part);
    }
    dy += bytes;
    s += bytes;
    st += 8;
    dx += bytes;
  }
}

/** dg += Σ dy·x̂ and db += Σ dy over the rows, for the columns c0 … c1, c0 a multiple of four. */
export function layerNormGains(
  dy: usize, s: usize, st: usize, dg: usize, db: usize, rows: i32, cols: i32, c0: i32, c1: i32
): void {
  const bytes = <usize>cols << 2;
  for (let c = c0; c < c1; c += 4) {
    const n = min(4, c1 - c);
    const at = <usize>c << 2;
    let x = s + at, d = dy + at, k = st;
    let g = loadPart4(dg + at, n), b = loadPart4(db + at, n);
    for (let i = 0; i < rows; i++) {
      const v = loadPart4(d, n);
      const normal = f32x4.mul(f32x4.sub(loadPart4(x, n), v128.load32_splat(k)), v128.load32_splat(k, 4));
      g = f32x4.add(g, f32x4.mul(v, normal));
      b = f32x4.add(b, v);
      x += bytes;
      d += bytes;
      k += 8;
    }
    if (n == 4) {
      v128.store(dg + at, g);
      v128.store(db + at, b);
    } else {
      storePart(dg + at, g, n);
      storePart(db + at, b, n);
    }
  }
}

// @ts-ignore: decorator
@inline
function loadPart4(at: usize, n: i32): v128 {
  return n == 4 ? v128.load(at) : loadPart(at, n, 0);
}

/** Largest number of a row. */
export function rowMax(x: usize, n: i32): f32 {
  let m = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) m = f32x4.max(m, v128.load(x + (<usize>i << 2)));
  m = f32x4.max(m, loadPart(x + (<usize>i << 2), n - i, -Infinity));
  return maxLanes(m);
}

/** x = e^(x − shift) in place; gives the sum. */
export function rowExp(x: usize, n: i32, shift: f32): f32 {
  const m = f32x4.splat(shift);
  let s = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const e = exp4(f32x4.sub(v128.load(x), m));
    s = f32x4.add(s, e);
    v128.store(x, e);
    x += 16;
  }
  const left = n - i;
  if (left) {
    const e = exp4(f32x4.sub(loadPart(x, left, 0), m));
    storePart(x, e, left);
    s = f32x4.add(s, loadPart(x, left, 0));
  }
  return sumLanes(s);
}

/** x = x · factor in place. */
export function rowScale(x: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(x, f32x4.mul(v128.load(x), f));
    x += 16;
  }
  storePart(x, f32x4.mul(loadPart(x, n - i, 0), f), n - i);
}

/**
 * Weighted mean cross-entropy of softmax(L) against `labels`, rows of V logits; L becomes its
 * gradient. Writes at `out` the loss, the rows (by weight) whose largest logit is the label's, and
 * the sum of weights. With weights that sum to 0 loss and gradient are 0.
 */
export function crossEntropy(L: usize, labels: usize, weights: usize, rows: i32, V: i32, out: usize): void {
  const bytes = <usize>V << 2;
  let total: f64 = 0, right: f64 = 0, sum: f64 = 0;
  for (let i = 0; i < rows; i++) sum += f32.load(weights + (<usize>i << 2));
  const share: f32 = sum > 0 ? <f32>(1 / sum) : 0;
  for (let i = 0; i < rows; i++) {
    const w = f32.load(weights + (<usize>i << 2));
    if (w == 0) memory.fill(L, 0, bytes);
    else {
      const at = L + (<usize>i32.load(labels + (<usize>i << 2)) << 2);
      const logit = f32.load(at);
      const top = rowMax(L, V);
      if (logit == top) right += w;
      const z = rowExp(L, V, top);
      total += <f64>w * (Math.log(<f64>z) + <f64>top - <f64>logit);
      rowScale(L, V, w * share / z);
      f32.store(at, f32.load(at) - w * share);
    }
    L += bytes;
  }
  f32.store(out, <f32>(total * share));
  f32.store(out, <f32>right, 4);
  f32.store(out, <f32>sum, 8);
}
