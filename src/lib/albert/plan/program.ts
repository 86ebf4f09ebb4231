/** Programs as the WebAssembly kernels read them. */
import type {AlbertConfig} from "../config.js";
import {opcodes, type Instruction} from "./instructions.js";
import type {PlanBuffer} from "./regions.js";
import {roundUp} from "./layout.js";

/** What the kernels export; see assembly/index.ts. */
export interface Kernels {
  run(
    program: number,
    count: number,
    scratch: number,
    thread: number,
    threads: number,
    barrier: number
  ): void;
  scratchBytes(): number;
  firstFreeByte(): number;
}

/** Words of an encoded instruction, and its bytes. */
const words = 16;
export const instructionBytes = 4 * words;

/** The lowest float32, as the reference adds to scores that must not be attended to. */
export const lowest = -3.4028234663852886e38;

/** Bytes of scratch that a thread needs for rows of a length. */
export function scratchBytes(
  kernels: Kernels,
  {hiddenSize, numAttentionHeads}: AlbertConfig,
  sequence: number
): number {
  const attention = 4 * (sequence * (hiddenSize / numAttentionHeads) + 2 * sequence * sequence);
  return roundUp(kernels.scratchBytes() + attention);
}

/**
 * Writes instructions into memory.
 *
 * @param at byte offset of the first
 * @param addressOf byte offset of a buffer
 */
export function encodeInstructions(
  memory: WebAssembly.Memory,
  at: number,
  instructions: readonly Instruction[],
  addressOf: (buffer: PlanBuffer) => number
): void {
  const ints = new Int32Array(memory.buffer, at, instructions.length * words);
  const reals = new Float32Array(memory.buffer, at, instructions.length * words);
  instructions.forEach(({op, operands}, i) => {
    ints[i * words] = opcodes[op];
    operands.forEach((operand, j) => {
      const word = i * words + 1 + j;
      if ("real" in operand) reals[word] = operand.real;
      else if ("integer" in operand) ints[word] = operand.integer;
      else
        ints[word] = operand.region
          ? addressOf(operand.region.buffer) + 4 * operand.region.offset
          : 0;
    });
  });
}
