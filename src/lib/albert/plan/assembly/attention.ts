// Scaled dot-product attention head by head, and its backward.
import {gemm, transpose} from "./gemm";
import {multiply} from "./elementwise";
import {loadPart, storePart, sumLanes} from "./math";
import {rowExp, rowMax, rowScale} from "./rows";

/** x = x·scale + bias, a row of n. */
function scaleAndMask(x: usize, bias: usize, n: i32, scale: f32): void {
  const k = f32x4.splat(scale);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(x, f32x4.add(f32x4.mul(v128.load(x), k), v128.load(bias)));
    x += 16;
    bias += 16;
  }
  storePart(x, f32x4.add(f32x4.mul(loadPart(x, n - i, 0), k), loadPart(bias, n - i, 0)), n - i);
}

/**
 * O = softmax(Q·Kᵀ/√D + bias)·V. QKV is [B·S, 3H] with q, k and v side by side, O is [B·S, H], `bias`
 * [B, S], or with `apart` [B, S, S] with a row to each that looks, is 0 where a position may be seen, P
 * [B, A, S, S] keeps the weights. `drop` [B, A, S, S] is
 * the dropout factor of each weight, or 0 for none. Does the heads `from` … `to` of the B·A. W is
 * scratch for S·D + S·S numbers.
 */
export function attention(
  QKV: usize, bias: usize, P: usize, O: usize, S: i32, A: i32, D: i32,
  drop: usize, apart: bool, from: i32, to: i32, W: usize, panel: usize
): void {
  const H = A * D;
  const ld = <usize>(3 * H) << 2, ldo = <usize>H << 2, ls = <usize>S << 2;
  const square = <usize>(S * S) << 2;
  const kept = W + (<usize>(S * D) << 2);
  const next: usize = apart ? ls : 0;
  const rows: usize = apart ? square : ls;
  const scale: f32 = 1 / Mathf.sqrt(<f32>D);
  for (let u = from; u < to; u++) {
    const b = u / A, h = u % A;
    const q = QKV + <usize>b * <usize>S * ld + (<usize>(h * D) << 2);
    const k = q + ldo, v = k + ldo;
    const head = <usize>u * square;
    let p = P + head;
    transpose(k, ld, W, ls, S, D);
    gemm(q, ld, 4, W, ls, p, ls, S, S, D, false, 0, panel);
    for (let i = 0; i < S; i++) {
      const row = p + <usize>i * ls;
      scaleAndMask(row, bias + <usize>b * rows + <usize>i * next, S, scale);
      rowScale(row, S, 1 / rowExp(row, S, rowMax(row, S)));
    }
    if (drop) {
      multiply(p, drop + head, kept, S * S);
      p = kept;
    }
    gemm(p, ls, 4, v, ld, O + <usize>b * <usize>S * ldo + (<usize>(h * D) << 2), ldo, S, D, S, false, 0, panel);
  }
}

/**
 * Backward of `attention` from its kept QKV and P: dQKV from dO. W as there, plus S·S numbers. `used` and
 * `dUsed` [B, A, S, S], or 0, are the weights that averaged where they are not P times `drop`, and the
 * derivative by them, to which this adds its own.
 */
export function attentionBackward(
  QKV: usize, P: usize, dO: usize, dQKV: usize, S: i32, A: i32, D: i32,
  drop: usize, used: usize, dUsed: usize, from: i32, to: i32, W: usize, panel: usize
): void {
  const H = A * D;
  const ld = <usize>(3 * H) << 2, ldo = <usize>H << 2, ls = <usize>S << 2;
  const square = <usize>(S * S) << 2;
  const dS = W + (<usize>(S * D) << 2);
  const kept = dS + square;
  const scale = f32x4.splat(1 / Mathf.sqrt(<f32>D));
  const whole = S & ~3, part = S - whole;
  const tail = <usize>whole << 2;
  for (let u = from; u < to; u++) {
    const b = u / A, h = u % A;
    const at = <usize>b * <usize>S * ld + (<usize>(h * D) << 2);
    const q = QKV + at, k = q + ldo, v = k + ldo;
    const dq = dQKV + at, dk = dq + ldo, dv = dk + ldo;
    const head = <usize>u * square;
    const p = P + head;
    const o = dO + <usize>b * <usize>S * ldo + (<usize>(h * D) << 2);
    let weights = p;
    if (used) weights = used + head;
    else if (drop) {
      multiply(p, drop + head, kept, S * S);
      weights = kept;
    }
    gemm(weights, 4, ls, o, ldo, dv, ld, S, D, S, false, 0, panel);
    transpose(v, ld, W, ls, S, D);
    if (dUsed) {
      gemm(o, ldo, 4, W, ls, dUsed + head, ls, S, S, D, true, 0, panel);
      memory.copy(dS, dUsed + head, square);
    } else gemm(o, ldo, 4, W, ls, dS, ls, S, S, D, false, 0, panel);
    if (drop) multiply(dS, drop + head, dS, S * S);
    for (let i = 0; i < S; i++) {
      const pr = p + <usize>i * ls, dr = dS + <usize>i * ls;
      let s = f32x4.splat(0);
      for (let j: usize = 0; j < tail; j += 16)
        s = f32x4.add(s, f32x4.mul(v128.load(pr + j), v128.load(dr + j)));
      s = f32x4.add(s, f32x4.mul(loadPart(pr + tail, part, 0), loadPart(dr + tail, part, 0)));
      const m = f32x4.splat(sumLanes(s));
      for (let j: usize = 0; j < tail; j += 16)
        v128.store(dr + j, f32x4.mul(f32x4.mul(v128.load(pr + j), f32x4.sub(v128.load(dr + j), m)), scale));
      if (part)
        storePart(
          dr + tail,
          f32x4.mul(
            f32x4.mul(loadPart(pr + tail, part, 0), f32x4.sub(loadPart(dr + tail, part, 0), m)),
            scale
          ),
          part
        );
    }
    gemm(dS, ls, 4, k, ld, dq, ld, S, D, S, false, 0, panel);
    gemm(dS, 4, ls, q, ld, dk, ld, S, D, S, false, 0, panel);
  }
}
