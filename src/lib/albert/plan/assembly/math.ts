// Vector forms of the functions a layer needs, four numbers at a time.

// Constants stand in memory: engines build a constant vector from registers every time it is used, a
// third of an activation's time, where to load it is one instruction.

// exp
const MOST_EXPONENT: usize = memory.data<f32>([88]);
const LEAST_EXPONENT: usize = memory.data<f32>([-87.3]);
const LOG2_E: usize = memory.data<f32>([1.4426950408889634]);
const LN_2_HIGH: usize = memory.data<f32>([0.693359375]);
const LN_2_LOW: usize = memory.data<f32>([2.12194440e-4]);
const E6: usize = memory.data<f32>([1.9875691500e-4]);
const E5: usize = memory.data<f32>([1.3981999507e-3]);
const E4: usize = memory.data<f32>([8.3334519073e-3]);
const E3: usize = memory.data<f32>([4.1665795894e-2]);
const E2: usize = memory.data<f32>([1.6666665459e-1]);
const E1: usize = memory.data<f32>([5.0000001201e-1]);
const E_ZERO: usize = memory.data<f32>([-70]);

// Adding 1.5 · 2²³ rounds to a whole number, which the lowest bits of the sum then hold.
const ROUNDS: usize = memory.data<f32>([12582912]);
const BIAS: usize = memory.data<i32>([127]);

// tanh
const T7: usize = memory.data<f32>([-17.0 / 315.0]);
const T5: usize = memory.data<f32>([2.0 / 15.0]);
const T3: usize = memory.data<f32>([-1.0 / 3.0]);
const T_NEAR: usize = memory.data<f32>([0.15]);

// erf
const ERF_P: usize = memory.data<f32>([0.3275911]);
const ERF5: usize = memory.data<f32>([1.061405429]);
const ERF4: usize = memory.data<f32>([-1.453152027]);
const ERF3: usize = memory.data<f32>([1.421413741]);
const ERF2: usize = memory.data<f32>([-0.284496736]);
const ERF1: usize = memory.data<f32>([0.254829592]);

export const ONE: usize = memory.data<f32>([1]);
const TWO: usize = memory.data<f32>([2]);
const SIGN: usize = memory.data<u32>([0x80000000]);

/** A constant in all four lanes. */
// @ts-ignore: decorator
@inline
export function constant(at: usize): v128 {
  return v128.load32_splat(at);
}

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
  const x = f32x4.pmax(f32x4.pmin(x0, constant(MOST_EXPONENT)), constant(LEAST_EXPONENT));
  const shifted = f32x4.add(f32x4.mul(x, constant(LOG2_E)), constant(ROUNDS));
  const n = f32x4.sub(shifted, constant(ROUNDS));
  let r = f32x4.sub(x, f32x4.mul(n, constant(LN_2_HIGH)));
  r = f32x4.add(r, f32x4.mul(n, constant(LN_2_LOW)));
  let p = constant(E6);
  p = fma(p, r, constant(E5));
  p = fma(p, r, constant(E4));
  p = fma(p, r, constant(E3));
  p = fma(p, r, constant(E2));
  p = fma(p, r, constant(E1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), constant(ONE));
  const scale = i32x4.shl(i32x4.add(shifted, constant(BIAS)), 23);
  return v128.andnot(f32x4.mul(y, scale), f32x4.lt(x0, constant(E_ZERO)));
}

/** tanh x = 1 − 2 / (e²ˣ + 1); near 0, where that cancels, the odd polynomial to x⁷. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const far = f32x4.sub(constant(ONE), f32x4.div(constant(TWO), f32x4.add(exp4(f32x4.add(x, x)), constant(ONE))));
  const s = f32x4.mul(x, x);
  let p = constant(T7);
  p = fma(p, s, constant(T5));
  p = fma(p, s, constant(T3));
  const near = f32x4.add(x, f32x4.mul(x, f32x4.mul(s, p)));
  return v128.bitselect(near, far, f32x4.lt(v128.andnot(x, constant(SIGN)), constant(T_NEAR)));
}

/** erf z, given e = exp(−z²): Abramowitz & Stegun 7.1.26, off by 1.5e-7 at most. */
// @ts-ignore: decorator
@inline
export function erf4(z: v128, e: v128): v128 {
  const t = f32x4.div(constant(ONE), f32x4.add(f32x4.mul(v128.andnot(z, constant(SIGN)), constant(ERF_P)), constant(ONE)));
  let q = constant(ERF5);
  q = fma(q, t, constant(ERF4));
  q = fma(q, t, constant(ERF3));
  q = fma(q, t, constant(ERF2));
  q = fma(q, t, constant(ERF1));
  const y = f32x4.sub(constant(ONE), f32x4.mul(f32x4.mul(q, t), e));
  return v128.or(y, v128.and(z, constant(SIGN)));
}
