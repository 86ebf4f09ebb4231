// Matrix product in register tiles of 4 × 8. Addresses and strides in bytes; `P` is scratch: a packed
// panel of KC × 8 numbers, an edge tile and a packed block of A, so the inner loop reads in order.

import {fma} from "./math";

const KC: i32 = 512;
/** Numbers of A that a block of rows holds, 128 kB, and the rows that it has at least. */
const BLOCK: i32 = 32768;
const LEAST_ROWS: i32 = 32;
/** Bytes of the packed panel and of the edge tile behind it. */
const PANEL_BYTES: usize = 512 * 8 * 4;
const TILE_BYTES: usize = 4 * 8 * 4;
/** Bytes of scratch that a product needs. */
export const GEMM_BYTES: usize = PANEL_BYTES + TILE_BYTES + (<usize>BLOCK << 2);

// @ts-ignore: decorator
@inline
function storeTile(
  c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128,
  C: usize, ldc: usize, accumulate: bool
): void {
  const C1 = C + ldc, C2 = C1 + ldc, C3 = C2 + ldc;
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(C)); c01 = f32x4.add(c01, v128.load(C, 16));
    c10 = f32x4.add(c10, v128.load(C1)); c11 = f32x4.add(c11, v128.load(C1, 16));
    c20 = f32x4.add(c20, v128.load(C2)); c21 = f32x4.add(c21, v128.load(C2, 16));
    c30 = f32x4.add(c30, v128.load(C3)); c31 = f32x4.add(c31, v128.load(C3, 16));
  }
  v128.store(C, c00); v128.store(C, c01, 16);
  v128.store(C1, c10); v128.store(C1, c11, 16);
  v128.store(C2, c20); v128.store(C2, c21, 16);
  v128.store(C3, c30); v128.store(C3, c31, 16);
}

/**
 * Four rows by eight columns of A·B where a row of A stands in one piece; `accumulate` adds to what C
 * holds. Not unrolled: with two steps of k in the loop V8 moves sums out of registers, a third slower.
 * Not taller: with five or six rows V8 of Chromium 150 gains 3 %, that of Node 20 loses a quarter.
 */
function tileOfRows(A: usize, ras: usize, P: usize, kc: i32, C: usize, ldc: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let A0 = A, A1 = A + ras, A2 = A + (ras << 1), A3 = A + ras * 3;
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(P, 0), b1 = v128.load(P, 16);
    const a0 = v128.load32_splat(A0);
    c00 = fma(a0, b0, c00); c01 = fma(a0, b1, c01);
    const a1 = v128.load32_splat(A1);
    c10 = fma(a1, b0, c10); c11 = fma(a1, b1, c11);
    const a2 = v128.load32_splat(A2);
    c20 = fma(a2, b0, c20); c21 = fma(a2, b1, c21);
    const a3 = v128.load32_splat(A3);
    c30 = fma(a3, b0, c30); c31 = fma(a3, b1, c31);
    P += 32;
    A0 += 4; A1 += 4; A2 += 4; A3 += 4;
  }
  storeTile(c00, c01, c10, c11, c20, c21, c30, c31, C, ldc, accumulate);
}

/** The same where a column of A stands in one piece, as in Aᵀ·B. */
function tileOfColumns(A: usize, cas: usize, P: usize, kc: i32, C: usize, ldc: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(P, 0), b1 = v128.load(P, 16);
    const a0 = v128.load32_splat(A);
    c00 = fma(a0, b0, c00); c01 = fma(a0, b1, c01);
    const a1 = v128.load32_splat(A, 4);
    c10 = fma(a1, b0, c10); c11 = fma(a1, b1, c11);
    const a2 = v128.load32_splat(A, 8);
    c20 = fma(a2, b0, c20); c21 = fma(a2, b1, c21);
    const a3 = v128.load32_splat(A, 12);
    c30 = fma(a3, b0, c30); c31 = fma(a3, b1, c31);
    P += 32;
    A += cas;
  }
  storeTile(c00, c01, c10, c11, c20, c21, c30, c31, C, ldc, accumulate);
}

// @ts-ignore: decorator
@inline
function tile4(A: usize, ras: usize, cas: usize, P: usize, kc: i32, C: usize, ldc: usize, accumulate: bool): void {
  if (cas == 4) tileOfRows(A, ras, P, kc, C, ldc, accumulate);
  else tileOfColumns(A, cas, P, kc, C, ldc, accumulate);
}

/** One row by eight columns. */
function tile1(A: usize, cas: usize, P: usize, kc: i32, C: usize, accumulate: bool): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0);
  for (let k = 0; k < kc; k++) {
    const a0 = v128.load32_splat(A);
    c0 = fma(a0, v128.load(P), c0);
    c1 = fma(a0, v128.load(P, 16), c1);
    P += 32;
    A += cas;
  }
  if (accumulate) {
    c0 = f32x4.add(c0, v128.load(C));
    c1 = f32x4.add(c1, v128.load(C, 16));
  }
  v128.store(C, c0);
  v128.store(C, c1, 16);
}

/** Copies an edge tile of `columns` < 8 columns between C and a tile of eight. */
function copyEdge(from: usize, ldf: usize, to: usize, ldt: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      f32.store(to + <usize>r * ldt + (<usize>c << 2), f32.load(from + <usize>r * ldf + (<usize>c << 2)));
}

/**
 * C[M, N] = A·B, or C += A·B where `accumulate`; then the bias [N], if any, is added to every row.
 * A(i, k) stands at A + i·ras + k·cas, one of the two steps being 4; B(k, n) at B + k·ldb + 4n, C(i, n) at C + i·ldc + 4n.
 * Rows go in blocks whose part of A stays in the second cache while all of B passes by; where columns
 * of A stand in one piece, the block is packed, since rows a power of two apart share few cache sets.
 */
export function gemm(
  A: usize, ras: usize, cas: usize, B: usize, ldb: usize, C: usize, ldc: usize,
  M: i32, N: i32, K: i32, accumulate: bool, bias: usize, P: usize
): void {
  for (let k0 = 0; k0 < K; k0 += KC) {
    const kc = min(KC, K - k0);
    const add = accumulate || k0 > 0;
    const mc = max(LEAST_ROWS, (BLOCK / kc) & ~3);
    const b = B + <usize>k0 * ldb;
    for (let m0 = 0; m0 < M; m0 += mc) {
      const a = A + <usize>m0 * ras + <usize>k0 * cas;
      const c = C + <usize>m0 * ldc;
      const rows = min(mc, M - m0);
      const isPacked = cas != 4 && N > 16 && rows >= 4;
      if (isPacked) packBlock(a, cas, rows >> 2, kc, P + PANEL_BYTES + TILE_BYTES);
      for (let n = 0; n < N; n += 8)
        panel(a, ras, cas, b + (<usize>n << 2), ldb, c + (<usize>n << 2), ldc, rows, min(8, N - n), kc, add, P, isPacked);
    }
  }
  if (bias) addBias(C, ldc, M, N, bias);
}

/**
 * Four rows of A after four, each k's numbers side by side: `[tiles, kc, 4]`. Four tiles at once, which
 * is what a line of the cache holds: more would write to addresses that share a few cache sets.
 */
function packBlock(a: usize, cas: usize, tiles: i32, kc: i32, to: usize): void {
  const step = <usize>kc << 4;
  let i = 0;
  for (; i + 4 <= tiles; i += 4) {
    let from = a, at = to;
    for (let k = 0; k < kc; k++) {
      v128.store(at, v128.load(from));
      v128.store(at + step, v128.load(from, 16));
      v128.store(at + step * 2, v128.load(from, 32));
      v128.store(at + step * 3, v128.load(from, 48));
      from += cas;
      at += 16;
    }
    a += 64;
    to += step << 2;
  }
  for (; i < tiles; i++) {
    let from = a;
    for (let k = 0; k < kc; k++) {
      v128.store(to, v128.load(from));
      from += cas;
      to += 16;
    }
    a += 16;
  }
}

/** Up to eight columns of a block of rows, four rows at a time from the packed block if there is one. */
function panel(
  a: usize, ras: usize, cas: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  M: i32, columns: i32, kc: i32, add: bool, P: usize, isPacked: bool
): void {
  let q = isPacked ? P + PANEL_BYTES + TILE_BYTES : a;
  const qas = isPacked ? <usize>16 : cas, step = isPacked ? <usize>kc << 4 : ras << 2;
  const T = P + PANEL_BYTES;
  let p = P;
  if (columns == 8) {
    for (let k = 0; k < kc; k++) {
      v128.store(p, v128.load(b));
      v128.store(p, v128.load(b, 16), 16);
      b += ldb;
      p += 32;
    }
  } else {
    for (let k = 0; k < kc; k++) {
      for (let j = 0; j < 8; j++)
        f32.store(p + (<usize>j << 2), j < columns ? f32.load(b + (<usize>j << 2)) : 0);
      b += ldb;
      p += 32;
    }
  }
  let i = 0;
  if (columns == 8) {
    for (; i + 4 <= M; i += 4) {
      tile4(q, ras, qas, P, kc, c, ldc, add);
      q += step;
      a += ras << 2;
      c += ldc << 2;
    }
    for (; i < M; i++) {
      tile1(a, cas, P, kc, c, add);
      a += ras;
      c += ldc;
    }
  } else {
    for (; i + 4 <= M; i += 4) {
      if (add) copyEdge(c, ldc, T, 32, 4, columns);
      tile4(q, ras, qas, P, kc, T, 32, add);
      q += step;
      copyEdge(T, 32, c, ldc, 4, columns);
      a += ras << 2;
      c += ldc << 2;
    }
    for (; i < M; i++) {
      if (add) copyEdge(c, ldc, T, 32, 1, columns);
      tile1(a, cas, P, kc, T, add);
      copyEdge(T, 32, c, ldc, 1, columns);
      a += ras;
      c += ldc;
    }
  }
}

function addBias(C: usize, ldc: usize, M: i32, N: i32, bias: usize): void {
  for (let i = 0; i < M; i++) {
    const c = C + <usize>i * ldc;
    let n = 0;
    for (; n + 4 <= N; n += 4) {
      const at = <usize>n << 2;
      v128.store(c + at, f32x4.add(v128.load(c + at), v128.load(bias + at)));
    }
    for (; n < N; n++) {
      const at = <usize>n << 2;
      f32.store(c + at, f32.load(c + at) + f32.load(bias + at));
    }
  }
}

/** Y[C, R] = X[R, C] transposed, row strides in bytes. */
export function transpose(X: usize, ldx: usize, Y: usize, ldy: usize, R: i32, C: i32): void {
  let r = 0;
  for (; r + 4 <= R; r += 4) {
    const x0 = X + <usize>r * ldx;
    let c = 0;
    for (; c + 4 <= C; c += 4) {
      const x = x0 + (<usize>c << 2);
      const a = v128.load(x), b = v128.load(x + ldx);
      const d = v128.load(x + ldx * 2), e = v128.load(x + ldx * 3);
      const t0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), t1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(d, e, 0, 4, 1, 5), t3 = v128.shuffle<f32>(d, e, 2, 6, 3, 7);
      const y = Y + <usize>c * ldy + (<usize>r << 2);
      v128.store(y, v128.shuffle<f64>(t0, t2, 0, 2));
      v128.store(y + ldy, v128.shuffle<f64>(t0, t2, 1, 3));
      v128.store(y + ldy * 2, v128.shuffle<f64>(t1, t3, 0, 2));
      v128.store(y + ldy * 3, v128.shuffle<f64>(t1, t3, 1, 3));
    }
    for (; c < C; c++)
      for (let i = 0; i < 4; i++)
        f32.store(Y + <usize>c * ldy + (<usize>(r + i) << 2), f32.load(x0 + <usize>i * ldx + (<usize>c << 2)));
  }
  for (; r < R; r++)
    for (let c = 0; c < C; c++)
      f32.store(Y + <usize>c * ldy + (<usize>r << 2), f32.load(X + <usize>r * ldx + (<usize>c << 2)));
}
