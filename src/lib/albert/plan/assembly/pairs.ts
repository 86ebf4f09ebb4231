// Texts read apart: rows of length 1, and how well the pieces of one text are found in another.
import {loadPart, storePart, sumLanes} from "./math";

/** Σ a·b over a row. */
function rowDot(a: usize, b: usize, n: i32): f32 {
  let s = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    s = f32x4.add(s, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  s = f32x4.add(s, f32x4.mul(loadPart(a, n - i, 0), loadPart(b, n - i, 0)));
  return sumLanes(s);
}

/** y = x / length with length = √(x·x + 1e-12), which is kept. */
export function unitRows(x: usize, y: usize, lengths: usize, rows: i32, cols: i32): void {
  const bytes = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    const length: f32 = Mathf.sqrt(rowDot(x, x, cols) + <f32>1e-12);
    f32.store(lengths, length);
    const k = f32x4.splat(length);
    let i = 0;
    for (; i + 4 <= cols; i += 4) {
      const at = <usize>i << 2;
      v128.store(y + at, f32x4.div(v128.load(x + at), k));
    }
    const at = <usize>i << 2;
    storePart(y + at, f32x4.div(loadPart(x + at, cols - i, 0), k), cols - i);
    x += bytes;
    y += bytes;
    lengths += 4;
  }
}

/** dx = (dy − y (dy·y)) / length. */
export function unitRowsBackward(
  y: usize, lengths: usize, dy: usize, dx: usize, rows: i32, cols: i32
): void {
  const bytes = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    const along = f32x4.splat(rowDot(dy, y, cols));
    const k = v128.load32_splat(lengths);
    let i = 0;
    for (; i + 4 <= cols; i += 4) {
      const at = <usize>i << 2;
      const d = f32x4.sub(v128.load(dy + at), f32x4.mul(v128.load(y + at), along));
      v128.store(dx + at, f32x4.div(d, k));
    }
    const at = <usize>i << 2;
    const d = f32x4.sub(loadPart(dy + at, cols - i, 0), f32x4.mul(loadPart(y + at, cols - i, 0), along));
    storePart(dx + at, f32x4.div(d, k), cols - i);
    y += bytes;
    lengths += 4;
    dy += bytes;
    dx += bytes;
  }
}

// @ts-ignore: decorator
@inline
function number(base: usize, i: i32): f32 {
  return f32.load(base + (<usize>i << 2));
}

/** Sum of the weights of a text's pieces that count. */
function totalOf(weights: usize, mask: usize, row: i32, seq: i32): f32 {
  let total: f32 = 0;
  for (let i = row * seq; i < (row + 1) * seq; i++) total += number(weights, i) * number(mask, i);
  return total;
}

/**
 * For the pairs [from, to) of n: the largest cosine of each piece with the other text's pieces, −1
 * where that has none; the weighted means of both texts, times `scale` about a half. The cosines are
 * rounded to steps of those near 1, so that pieces as good as equal tie.
 */
export function lateInteraction(
  cosines: usize, weights: usize, mask: usize, best: usize, out: usize,
  n: i32, seq: i32, scale: f32, from: i32, to: i32
): void {
  for (let p = from; p < to; p++) {
    const C = cosines + (<usize>(p * seq * seq) << 2);
    for (let i = 0; i < seq * seq; i++) {
      const at = C + (<usize>i << 2);
      f32.store(at, f32.load(at) + 1 - 1);
    }
    for (let d = 0; d < 2; d++) {
      const own = d * n + p, other = (1 - d) * n + p;
      const step = d == 0 ? 1 : seq, start = d == 0 ? seq : 1;
      let sum: f32 = 0;
      for (let i = 0; i < seq; i++) {
        let most: f32 = -1;
        for (let j = 0; j < seq; j++)
          if (number(mask, other * seq + j) != 0) most = max(most, number(C, i * start + j * step));
        const at = own * seq + i;
        f32.store(best + (<usize>at << 2), most);
        sum += number(weights, at) * number(mask, at) * most;
      }
      const total = totalOf(weights, mask, own, seq);
      const mean: f32 = total == 0 ? 0 : sum / total;
      f32.store(out + (<usize>(2 * p + d) << 2), scale * (mean - 0.5));
    }
  }
}

/** Backward of lateInteraction for the pairs [from, to): gradients at cosines and weights. */
export function lateInteractionBackward(
  cosines: usize, weights: usize, mask: usize, best: usize, out: usize, dOut: usize,
  dCosines: usize, dWeights: usize, shares: usize,
  n: i32, seq: i32, scale: f32, from: i32, to: i32
): void {
  for (let p = from; p < to; p++) {
    const C = cosines + (<usize>(p * seq * seq) << 2);
    const dC = dCosines + (<usize>(p * seq * seq) << 2);
    for (let d = 0; d < 2; d++) {
      const own = d * n + p, other = (1 - d) * n + p;
      const step = d == 0 ? 1 : seq, start = d == 0 ? seq : 1;
      const total = totalOf(weights, mask, own, seq);
      const mean = number(out, 2 * p + d) / scale + 0.5;
      const share: f32 = total == 0 ? 0 : number(dOut, 2 * p + d) * scale / total;
      for (let i = 0; i < seq; i++) {
        const at = own * seq + i;
        const most = number(best, at), m = number(mask, at);
        let ties: f32 = 0;
        for (let j = 0; j < seq; j++)
          if (number(mask, other * seq + j) != 0 && number(C, i * start + j * step) == most) ties += 1;
        f32.store(shares + (<usize>at << 2), number(weights, at) * m * share / max(ties, <f32>1));
        f32.store(dWeights + (<usize>at << 2), (most - mean) * share * m);
      }
    }
    for (let i = 0; i < seq; i++)
      for (let j = 0; j < seq; j++) {
        const a = p * seq + i, b = (n + p) * seq + j;
        const c = number(C, i * seq + j);
        let d: f32 = 0;
        if (number(mask, b) != 0 && c == number(best, a)) d += number(shares, a);
        if (number(mask, a) != 0 && c == number(best, b)) d += number(shares, b);
        f32.store(dC + (<usize>(i * seq + j) << 2), d);
      }
  }
}
