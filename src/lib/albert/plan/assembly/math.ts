// Vector forms of the functions a layer needs, four numbers at a time.

/** a·b + c; one rounding instead of two where the relaxed instructions are compiled in. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

// @ts-ignore: decorator
@inline
export function maxLanes(v: v128): f32 {
  return max(max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

/** The first `n` < 4 numbers at an address, the other lanes `fill`. */
// @ts-ignore: decorator
@inline
export function loadPart(at: usize, n: i32, fill: f32): v128 {
  let v = f32x4.splat(fill);
  if (n > 0) v = f32x4.replace_lane(v, 0, f32.load(at));
  if (n > 1) v = f32x4.replace_lane(v, 1, f32.load(at, 4));
  if (n > 2) v = f32x4.replace_lane(v, 2, f32.load(at, 8));
  return v;
}

/** Stores the first `n` < 4 lanes. */
// @ts-ignore: decorator
@inline
export function storePart(at: usize, v: v128, n: i32): void {
  if (n > 0) f32.store(at, f32x4.extract_lane(v, 0));
  if (n > 1) f32.store(at, f32x4.extract_lane(v, 1), 4);
  if (n > 2) f32.store(at, f32x4.extract_lane(v, 2), 8);
}

/**
 * eˣ to 1–2 units in the last place: range reduction by ln 2 in two parts, polynomial of degree 6.
 * Below −70 it is 0: nothing in a softmax or an activation feels e⁻⁷⁰, and what is computed from
 * smaller numbers falls under 1.2e-38, where many processors take a hundred times as long.
 */
// @ts-ignore: decorator
@inline
export function exp4(x0: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(x0, f32x4.splat(88)), f32x4.splat(-87.3));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = fma(p, r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, scale), f32x4.lt(x0, f32x4.splat(-70)));
}

/** tanh x = 1 − 2 / (e²ˣ + 1); near 0, where that cancels, the odd polynomial to x⁷. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(x, x)), f32x4.splat(1))));
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-17.0 / 315.0);
  p = fma(p, s, f32x4.splat(2.0 / 15.0));
  p = fma(p, s, f32x4.splat(-1.0 / 3.0));
  const near = f32x4.add(x, f32x4.mul(x, f32x4.mul(s, p)));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.15)));
}

/** erf z, given e = exp(−z²): Abramowitz & Stegun 7.1.26, off by 1.5e-7 at most. */
// @ts-ignore: decorator
@inline
export function erf4(z: v128, e: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.mul(f32x4.abs(z), f32x4.splat(0.3275911)), f32x4.splat(1)));
  let q = f32x4.splat(1.061405429);
  q = fma(q, t, f32x4.splat(-1.453152027));
  q = fma(q, t, f32x4.splat(1.421413741));
  q = fma(q, t, f32x4.splat(-0.284496736));
  q = fma(q, t, f32x4.splat(0.254829592));
  const y = f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.mul(q, t), e));
  return v128.or(y, v128.and(z, i32x4.splat(0x80000000)));
}
