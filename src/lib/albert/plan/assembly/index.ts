// The interpreter: runs a list of instructions of 16 words each, [opcode, operands …]. Addresses are
// byte offsets, sizes counts, strides bytes; the order of operands is that of instructions.ts.
import {attention, attentionBackward} from "./attention";
import {
  activate, activateBackward, add, columnSums, gatherRows, multiply, scatterRows
} from "./elementwise";
import {gemm, PANEL_BYTES, TILE_BYTES, transpose} from "./gemm";
import {crossEntropy, layerNorm, layerNormBackward} from "./rows";

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
  return <i32>(PANEL_BYTES + TILE_BYTES);
}

/** The first byte behind the kernels' own tables. */
export function firstFreeByte(): usize {
  return __heap_base;
}

/** Runs `n` instructions from `pc`; `scratch` begins with the packed panel. */
export function run(pc: usize, n: i32, scratch: usize): void {
  const W = scratch + PANEL_BYTES + TILE_BYTES;
  for (let i = 0; i < n; i++) {
    switch (I(pc, 0)) {
      case 1:
        gemm(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), U(pc, 6), U(pc, 7), I(pc, 8), I(pc, 9), I(pc, 10), I(pc, 11) != 0, U(pc, 12), scratch);
        break;
      case 2:
        transpose(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 5), I(pc, 6));
        break;
      case 3:
        layerNorm(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), U(pc, 6), U(pc, 7), I(pc, 8), I(pc, 9), F(pc, 10));
        break;
      case 4:
        layerNormBackward(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), U(pc, 5), U(pc, 6), U(pc, 7), I(pc, 8), I(pc, 9));
        break;
      case 5:
        activate(I(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4));
        break;
      case 6:
        activateBackward(I(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 5));
        break;
      case 7:
        attention(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 5), I(pc, 6), I(pc, 7), I(pc, 8), U(pc, 9), W, scratch);
        break;
      case 8:
        attentionBackward(U(pc, 1), U(pc, 2), U(pc, 3), U(pc, 4), I(pc, 5), I(pc, 6), I(pc, 7), I(pc, 8), U(pc, 9), W, scratch);
        break;
      case 9:
        crossEntropy(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5), U(pc, 6));
        break;
      case 10:
        columnSums(U(pc, 1), U(pc, 2), I(pc, 3), I(pc, 4), U(pc, 5));
        break;
      case 11:
        multiply(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4));
        break;
      case 12:
        add(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4));
        break;
      case 13:
        gatherRows(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5));
        break;
      case 14:
        scatterRows(U(pc, 1), U(pc, 2), U(pc, 3), I(pc, 4), I(pc, 5));
        break;
      case 15:
        memory.fill(U(pc, 1), 0, <usize>I(pc, 2) << 2);
        break;
      default:
        unreachable();
    }
    pc += 64;
  }
}
