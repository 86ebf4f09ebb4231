/** Instructions of rows that are made to sum to 1 again after something was cut from them. */
import {at, int, type Instruction} from "./instructions.js";
import type {Region} from "./regions.js";

/** `y = x/Σx` in the rows with a 1 in `chosen`, 0 there where `Σx` is; x in the others. Keeps `Σx` in `sums`. */
export function scaleRows(
  label: string,
  {x, chosen, y, sums}: Record<"x" | "chosen" | "y" | "sums", Region>,
  rows: number,
  width: number
): Instruction {
  return {
    op: "scaleRows",
    label,
    operands: [...[x, chosen, y, sums].map(at), int(rows), int(width)],
    reads: [x, chosen],
    writes: [y, sums],
    flops: 2 * rows * width
  };
}

/** Gradient of `scaleRows` at its x: `dx = (dy − Σ dy·y)/Σx` in chosen rows. */
export function scaleRowsBackward(
  label: string,
  {y, chosen, sums, dy, dx}: Record<"y" | "chosen" | "sums" | "dy" | "dx", Region>,
  rows: number,
  width: number
): Instruction {
  return {
    op: "scaleRowsBackward",
    label,
    operands: [...[y, chosen, sums, dy, dx].map(at), int(rows), int(width)],
    reads: [y, chosen, sums, dy],
    writes: [dx],
    flops: 4 * rows * width
  };
}
