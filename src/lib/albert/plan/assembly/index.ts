// The interpreter: runs a list of instructions of 16 words each, [opcode, operands …]. Addresses are
// byte offsets, sizes counts, strides bytes; the order of operands is that of instructions.ts.
import {attention, attentionBackward} from "./attention";
import {
  activate, activateBackward, add, columnSums, gatherRows, multiply, scatterRows
} from "./elementwise";
import {gemm, GEMM_BYTES, transpose} from "./gemm";
import {lateInteraction, lateInteractionBackward, unitRows, unitRowsBackward} from "./pairs";
import {crossEntropy, layerNorm, layerNormBackward, layerNormGains} from "./rows";
import {scaleRows, scaleRowsBackward} from "./scale";

// @ts-ignore: decorator
@inline
function I(pc: usize, i: i32): i32 {
  return i32.load(pc + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function U(pc: usize, i: i32): usize {
  return <usize>i32.load(pc + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function F(pc: usize, i: i32): f32 {
  return f32.load(pc + (<usize>i << 2));
}

/** Bytes of scratch that a program needs besides what `attention` asks for. */
export function scratchBytes(): i32 {
  return <i32>GEMM_BYTES;
}

/** The first byte behind the kernels' own tables. */
export function firstFreeByte(): usize {
  return __heap_base;
}

/** Where part `t` of `parts` of n begins; parts begin at multiples of `unit`. */
// @ts-ignore: decorator
@inline
function cut(n: i32, unit: i32, t: i32, parts: i32): i32 {
  return min(n, ((n + unit - 1) / unit * t + parts - 1) / parts * unit);
}

/**
 * Runs `n` instructions from `pc` as thread `t` of `parts`, which meet at the barrier at `meet` after
 * each. Every thread has a `scratch` of its own, which begins with the packed panel. What a number
 * adds up, and in which order, does not depend on how many threads there are.
 */
export function run(pc: usize, n: i32, scratch: usize, t: i32, parts: i32, meet: usize): void {
  for (let i = 0; i < n; i++) {
    runOne(pc, scratch, t, parts);
    if (ASC_FEATURE_THREADS) if (parts > 1) barrier(meet, parts);
    pc += 64;
  }
}

// `Atomics.wait` and `Atomics.notify` of the host: with WebAssembly's own instructions for them, locals
// of the function that waited had other values afterwards on Node 20.20 (V8 11.3).
// @ts-ignore: decorator
@external("env", "sleep")
declare function sleep(at: usize, value: i32): void;
// @ts-ignore: decorator
@external("env", "wake")
declare function wake(at: usize): void;

/** Waits until all have come; the word at `at` counts them, the next the meetings. */
function barrier(at: usize, parts: i32): void {
  const meeting = atomic.load<i32>(at, 4);
  if (atomic.add<i32>(at, 1) == parts - 1) {
    atomic.store<i32>(at, 0);
    atomic.add<i32>(at, 1, 4);
    wake(at + 4);
    return;
  }
  for (let spin = 0; spin < 20000; spin++) if (atomic.load<i32>(at, 4) != meeting) return;
  while (atomic.load<i32>(at, 4) == meeting) sleep(at + 4, meeting);
}

/** One instruction's share of a thread. */
function runOne(pc: usize, scratch: usize, t: i32, parts: i32): void {
  const W = scratch + GEMM_BYTES;
  switch (I(pc, 0)) {
    case 1: {
      const m = cut(I(pc, 8), 4, t, parts), rows = cut(I(pc, 8), 4, t + 1, parts) - m;
      if (rows > 0)
        gemm(U(pc, 1) + <usize>m * U(pc, 2), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), U(pc, 6) + <usize>m * U(pc, 7), U(pc, 7), rows, I(pc, 9), I(pc, 10), I(pc, 11) != 0, U(pc, 12), scratch);
      break;
    }
    case 2: {
      const r = cut(I(pc, 5), 4, t, parts), rows = cut(I(pc, 5), 4, t + 1, parts) - r;
      transpose(U(pc, 1) + <usize>r * U(pc, 2), U(pc, 2), U(pc, 3) + (<usize>r << 2), U(pc, 4), rows, I(pc, 6));
      break;
    }
    case 3: {
      const r = cut(I(pc, 8), 1, t, parts), rows = cut(I(pc, 8), 1, t + 1, parts) - r;
      const at = <usize>(r * I(pc, 9)) << 2;
      const residual = U(pc, 2);
      layerNorm(U(pc, 1) + at, residual ? residual + at : 0, U(pc, 3), U(pc, 4), U(pc, 5) + at, U(pc, 6) + at, U(pc, 7) + (<usize>r << 3), rows, I(pc, 9), F(pc, 10));
      break;
    }
    case 4: {
      const r = cut(I(pc, 8), 1, t, parts), rows = cut(I(pc, 8), 1, t + 1, parts) - r;
      const at = <usize>(r * I(pc, 9)) << 2;
      layerNormBackward(U(pc, 1) + at, U(pc, 2) + at, U(pc, 3) + (<usize>r << 3), U(pc, 4), U(pc, 5) + at, rows, I(pc, 9));
      layerNormGains(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 6), U(pc, 7), I(pc, 8), I(pc, 9), cut(I(pc, 9), 4, t, parts), cut(I(pc, 9), 4, t + 1, parts));
      break;
    }
    case 5: {
      const c = cut(I(pc, 4), 4, t, parts), n = cut(I(pc, 4), 4, t + 1, parts) - c;
      const at = <usize>c << 2;
      activate(I(pc, 1), U(pc, 2) + at, U(pc, 3) + at, n);
      break;
    }
    case 6: {
      const c = cut(I(pc, 5), 4, t, parts), n = cut(I(pc, 5), 4, t + 1, parts) - c;
      const at = <usize>c << 2;
      activateBackward(I(pc, 1), U(pc, 2) + at, U(pc, 3) + at, U(pc, 4) + at, n);
      break;
    }
    case 7: {
      const heads = I(pc, 5) * I(pc, 7);
      attention(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 6), I(pc, 7), I(pc, 8), U(pc, 9), I(pc, 10) != 0, cut(heads, 1, t, parts), cut(heads, 1, t + 1, parts), W, scratch);
      break;
    }
    case 8: {
      const heads = I(pc, 5) * I(pc, 7);
      attentionBackward(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 6), I(pc, 7), I(pc, 8), U(pc, 9), U(pc, 10), U(pc, 11), cut(heads, 1, t, parts), cut(heads, 1, t + 1, parts), W, scratch);
      break;
    }
    case 9:
      // its sums run over all rows, and it is short
      if (t == 0) crossEntropy(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5), U(pc, 6));
      break;
    case 10:
      columnSums(U(pc, 1), U(pc, 2), I(pc, 3), cut(I(pc, 4), 16, t, parts), cut(I(pc, 4), 16, t + 1, parts), U(pc, 5));
      break;
    case 11: {
      const c = cut(I(pc, 4), 4, t, parts), n = cut(I(pc, 4), 4, t + 1, parts) - c;
      const at = <usize>c << 2;
      multiply(U(pc, 1) + at, U(pc, 2) + at, U(pc, 3) + at, n);
      break;
    }
    case 12: {
      const c = cut(I(pc, 4), 4, t, parts), n = cut(I(pc, 4), 4, t + 1, parts) - c;
      const at = <usize>c << 2;
      add(U(pc, 1) + at, U(pc, 2) + at, U(pc, 3) + at, n);
      break;
    }
    case 13:
      if (t == 0) gatherRows(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5));
      break;
    case 14:
      if (t == 0) scatterRows(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5));
      break;
    case 15:
      if (t == 0) memory.fill(U(pc, 1), 0, <usize>I(pc, 2) << 2);
      break;
    case 16: {
      const r = cut(I(pc, 4), 1, t, parts), rows = cut(I(pc, 4), 1, t + 1, parts) - r;
      const at = <usize>(r * I(pc, 5)) << 2;
      unitRows(U(pc, 1) + at, U(pc, 2) + at, U(pc, 3) + (<usize>r << 2), rows, I(pc, 5));
      break;
    }
    case 17: {
      const r = cut(I(pc, 5), 1, t, parts), rows = cut(I(pc, 5), 1, t + 1, parts) - r;
      const at = <usize>(r * I(pc, 6)) << 2;
      unitRowsBackward(U(pc, 1) + at, U(pc, 2) + (<usize>r << 2), U(pc, 3) + at, U(pc, 4) + at, rows, I(pc, 6));
      break;
    }
    case 18:
      lateInteraction(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), I(pc, 6), I(pc, 7), F(pc, 8), cut(I(pc, 6), 1, t, parts), cut(I(pc, 6), 1, t + 1, parts));
      break;
    case 19:
      lateInteractionBackward(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), U(pc, 6), U(pc, 7), U(pc, 8), U(pc, 9), I(pc, 10), I(pc, 11), F(pc, 12), cut(I(pc, 10), 1, t, parts), cut(I(pc, 10), 1, t + 1, parts));
      break;
    case 20:
      scaleRows(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), cut(I(pc, 5), 1, t, parts), cut(I(pc, 5), 1, t + 1, parts), I(pc, 6));
      break;
    case 21:
      scaleRowsBackward(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), cut(I(pc, 6), 1, t, parts), cut(I(pc, 6), 1, t + 1, parts), I(pc, 7));
      break;
    default:
      unreachable();
  }
}
