/** Instructions of texts that are read apart: rows of length 1, and the likeness of their pieces. */
import {at, int, type Instruction} from "./instructions.js";
import type {Region} from "./regions.js";

/** `y = x/length` with `length = √(x·x + 10⁻¹²)`, which is kept. */
export function unitRows(
  label: string,
  {x, y, lengths}: Record<"x" | "y" | "lengths", Region>,
  rows: number,
  width: number
): Instruction {
  return {
    op: "unitRows",
    label,
    operands: [at(x), at(y), at(lengths), int(rows), int(width)],
    reads: [x],
    writes: [y, lengths],
    flops: 3 * rows * width
  };
}

/** Gradient of `unitRows` at its x. */
export function unitRowsBackward(
  label: string,
  {y, lengths, dy, dx}: Record<"y" | "lengths" | "dy" | "dx", Region>,
  rows: number,
  width: number
): Instruction {
  return {
    op: "unitRowsBackward",
    label,
    operands: [at(y), at(lengths), at(dy), at(dx), int(rows), int(width)],
    reads: [y, lengths, dy],
    writes: [dx],
    flops: 5 * rows * width
  };
}

/** Sizes of the two instructions below. */
export interface PairSizes {
  pairs: number;
  /** Positions of a text. */
  sequence: number;
  /** What the shares are multiplied by, about a half. */
  scale: number;
}

/**
 * From the cosines of two texts' pieces `[pairs, seq, seq]` to `out` `[pairs, 2]`, how well each text is
 * found in the other, see `lateInteraction` of the plain form, times `scale` about a half. Keeps each
 * piece's largest cosine in `best` `[2·pairs, seq]`. The cosines are rounded in place to steps of those
 * near 1, as in the plain form: pieces as good as equal share a gradient.
 */
export function lateInteraction(
  label: string,
  {
    cosines,
    weights,
    mask,
    best,
    out
  }: Record<"cosines" | "weights" | "mask" | "best" | "out", Region>,
  {pairs, sequence, scale}: PairSizes
): Instruction {
  return {
    op: "lateInteraction",
    label,
    operands: [cosines, weights, mask, best, out]
      .map(at)
      .concat(int(pairs), int(sequence), {real: scale}),
    reads: [cosines, weights, mask],
    writes: [cosines, best, out],
    flops: 4 * pairs * sequence ** 2
  };
}

/** Gradient of `lateInteraction` at cosines and weights; `shares` is room of the size of `best`. */
export function lateInteractionBackward(
  label: string,
  {
    cosines,
    weights,
    mask,
    best,
    out,
    dOut,
    dCosines,
    dWeights,
    shares
  }: Record<
    "cosines" | "weights" | "mask" | "best" | "out" | "dOut" | "dCosines" | "dWeights" | "shares",
    Region
  >,
  {pairs, sequence, scale}: PairSizes
): Instruction {
  return {
    op: "lateInteractionBackward",
    label,
    operands: [cosines, weights, mask, best, out, dOut, dCosines, dWeights, shares]
      .map(at)
      .concat(int(pairs), int(sequence), {real: scale}),
    reads: [cosines, weights, mask, best, out, dOut],
    writes: [dCosines, dWeights, shares],
    flops: 6 * pairs * sequence ** 2
  };
}
