/** From the instructions of a plan to dispatches of kernels. */
import type {AttentionSizes} from "../attentionInstructions.js";
import type {Instruction, Operand} from "../instructions.js";
import type {PlanBuffer, Region} from "../regions.js";
import {attention, attentionBackward, attentionScratch} from "./attention.js";
import {crossEntropy, crossEntropyScratch} from "./crossEntropy.js";
import {
  activate,
  activateBackward,
  activationNames,
  add,
  gatherRows,
  multiply,
  transpose,
  zero
} from "./elementwise.js";
import type {Dispatch, Sharing} from "./kernel.js";
import {lateInteraction, lateInteractionBackward, unitRows, unitRowsBackward} from "./pairs.js";
import type {Product} from "./product.js";
import {multiply as multiplyBest, productScratch} from "./products.js";
import {layerNorm, layerNormBackward} from "./rows.js";
import {scaleRows, scaleRowsBackward} from "./scale.js";
import {columnSums, scatterRows} from "./sums.js";

/** Where things are in the arena, in numbers. */
export interface Places {
  of(buffer: PlanBuffer): number;
  /** The order in which rows scatter by an index; see `fillScatterOrder`. */
  orderOf(index: PlanBuffer): number;
  /** Room that an instruction has for itself. */
  scratch: number;
  sharing: Sharing;
}

/** Operands by position, as what they are. */
function reader({op, operands}: Instruction, places: Places) {
  const at = (i: number): Operand => {
    const operand = operands[i];
    if (!operand) throw new Error(`${op}: no operand ${i}`);
    return operand;
  };
  const region = (i: number): Region | null => {
    const operand = at(i);
    if (!("region" in operand)) throw new Error(`${op}: operand ${i} is no region`);
    return operand.region;
  };
  const optional = (i: number): number | null => {
    const r = region(i);
    return r && places.of(r.buffer) + r.offset;
  };
  return {
    optional,
    place: (i: number) => optional(i)!,
    index: (i: number) => region(i)!.buffer,
    int: (i: number) => (at(i) as {integer: number}).integer,
    /** Strides stand in bytes. */
    stride: (i: number) => (at(i) as {integer: number}).integer / 4,
    real: (i: number) => (at(i) as {real: number}).real,
    /** Whether a region ends where its buffer does, behind which is room for a whole vector. */
    isPadded: (...all: number[]) =>
      all.every((i) => {
        const r = region(i)!;
        return r.offset + r.size === r.buffer.size;
      })
  };
}

const sizesAt = (int: (i: number) => number, first: number): AttentionSizes => ({
  batch: int(first),
  sequence: int(first + 1),
  heads: int(first + 2),
  size: int(first + 3)
});

const nowhere: Places = {of: () => 0, orderOf: () => 0, scratch: 0, sharing: "groups"};

/** Numbers of scratch that an instruction needs. */
export function scratchOf(instruction: Instruction): number {
  const {int, optional} = reader(instruction, nowhere);
  switch (instruction.op) {
    case "gemm":
      return productScratch(productOf(instruction, nowhere));
    case "crossEntropy":
      return crossEntropyScratch(int(3));
    case "attention":
      return attentionScratch(sizesAt(int, 4), optional(8) !== null).forward;
    case "attentionBackward":
      return attentionScratch(sizesAt(int, 4), optional(8) !== null).backward;
    default:
      return 0;
  }
}

/** The product of a gemm. */
export function productOf(instruction: Instruction, places: Places): Product {
  const {place, optional, int, stride} = reader(instruction, places);
  return {
    a: {at: place(0), rowStep: stride(1), columnStep: stride(2)},
    b: {at: place(3), rowStep: stride(4), columnStep: 1},
    c: {at: place(5), rowStep: stride(6), columnStep: 1},
    m: int(7),
    n: int(8),
    k: int(9),
    accumulate: int(10) !== 0,
    bias: optional(11)
  };
}

/** @throws Error for an operation that this executor does not have */
export function dispatchesOf(instruction: Instruction, places: Places): Dispatch[] {
  const {place, optional, index, int, stride, real, isPadded} = reader(instruction, places);
  const {scratch, sharing} = places;
  switch (instruction.op) {
    case "gemm":
      return multiplyBest(productOf(instruction, places), sharing, scratch);
    case "transpose":
      return [
        transpose(
          {at: place(0), stride: stride(1)},
          {at: place(2), stride: stride(3)},
          int(4),
          int(5)
        )
      ];
    case "layerNorm":
      return [
        layerNorm(
          {
            x: place(0),
            gain: place(2),
            bias: place(3),
            sum: place(4),
            y: place(5),
            statistics: place(6)
          },
          optional(1),
          int(7),
          int(8),
          real(9),
          sharing
        )
      ];
    case "layerNormBackward":
      return layerNormBackward(
        {
          dy: place(0),
          sum: place(1),
          statistics: place(2),
          gain: place(3),
          dx: place(4),
          dGain: place(5),
          dBias: place(6)
        },
        int(7),
        int(8),
        sharing
      );
    case "activate":
      return [
        activate(activationNames[int(0)]!, {
          x: place(1),
          z: place(2),
          n: int(3),
          isPadded: isPadded(1, 2)
        })
      ];
    case "activateBackward":
      return [
        activateBackward(activationNames[int(0)]!, {
          x: place(1),
          y: place(2),
          z: place(3),
          n: int(4),
          isPadded: isPadded(1, 2, 3)
        })
      ];
    case "attention":
      return attention(
        {qkv: place(0), bias: place(1), probs: place(2), context: place(3)},
        optional(8),
        int(9) !== 0,
        sizesAt(int, 4),
        scratch,
        sharing
      );
    case "attentionBackward":
      return attentionBackward(
        {qkv: place(0), probs: place(1), dContext: place(2), dQkv: place(3)},
        optional(8),
        optional(9) === null ? null : {used: place(9), dUsed: place(10)},
        sizesAt(int, 4),
        scratch,
        sharing
      );
    case "crossEntropy":
      return crossEntropy(
        {logits: place(0), labels: place(1), weights: place(2), out: place(5)},
        int(3),
        int(4),
        scratch,
        sharing
      );
    case "columnSums":
      return [columnSums({at: place(0), stride: stride(1)}, int(2), int(3), place(4), sharing)];
    case "multiply":
    case "add": {
      const elements = {
        x: place(0),
        y: place(1),
        z: place(2),
        n: int(3),
        isPadded: isPadded(0, 1, 2)
      };
      return [instruction.op === "add" ? add(elements) : multiply(elements)];
    }
    case "gatherRows":
      return [gatherRows({table: place(0), index: place(1), out: place(2)}, int(3), int(4))];
    case "scatterRows":
      return [
        scatterRows(
          {rows: place(0), index: place(1), order: places.orderOf(index(1)), table: place(2)},
          int(3),
          int(4)
        )
      ];
    case "zero":
      return [zero(place(0), int(1), isPadded(0))];
    case "unitRows":
      return [unitRows({x: place(0), y: place(1), lengths: place(2)}, int(3), int(4), sharing)];
    case "unitRowsBackward":
      return [
        unitRowsBackward(
          {y: place(0), lengths: place(1), dy: place(2), dx: place(3)},
          int(4),
          int(5),
          sharing
        )
      ];
    case "lateInteraction":
      return lateInteraction(
        {cosines: place(0), weights: place(1), mask: place(2), best: place(3), out: place(4)},
        {pairs: int(5), sequence: int(6), scale: real(7)},
        sharing
      );
    case "lateInteractionBackward":
      return lateInteractionBackward(
        {
          cosines: place(0),
          weights: place(1),
          mask: place(2),
          best: place(3),
          out: place(4),
          dOut: place(5),
          dCosines: place(6),
          dWeights: place(7),
          shares: place(8)
        },
        {pairs: int(9), sequence: int(10), scale: real(11)},
        sharing
      );
    case "scaleRows":
      return [
        scaleRows(
          {x: place(0), chosen: place(1), y: place(2), sums: place(3)},
          int(4),
          int(5),
          sharing
        )
      ];
    case "scaleRowsBackward":
      return [
        scaleRowsBackward(
          {y: place(0), chosen: place(1), sums: place(2), dy: place(3), dx: place(4)},
          int(5),
          int(6),
          sharing
        )
      ];
    default:
      throw new Error(`${instruction.op as string} does not run on WebGPU`);
  }
}
