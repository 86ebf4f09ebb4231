/** Instructions brought together that one dispatch can do: products alike, such as queries, keys and values. */
import type {Instruction} from "../instructions.js";
import type {Touching} from "../layout.js";
import {dispatchesOf, productOf, scratchOf, type Places} from "./dispatches.js";
import type {Dispatch} from "./kernel.js";
import {asGrid, multiply} from "./products.js";

/** How many instructions ahead are looked at. */
const reach = 12;

/** Sizes, steps and whether it adds: what products of one grid have in common. */
const commonOperands = [1, 2, 4, 6, 7, 8, 9, 10];
const commonOf = ({operands}: Instruction) =>
  JSON.stringify(commonOperands.map((i) => operands[i]));
/** Both factors and the bias. */
const inputOperands = [0, 3, 11];

/** An instruction and those that are done with it, and where the first stood. */
export interface Run {
  at: number;
  instructions: Instruction[];
}

/**
 * The instructions in an order that gives the same numbers, alike ones together.
 *
 * @param fences numbers of instructions that nothing behind them is moved over
 */
export function runsOf(instructions: readonly Instruction[], fences: readonly number[]): Run[] {
  const taken = new Set<number>();
  return instructions.flatMap((first, at) => {
    if (taken.has(at)) return [];
    const run = [first];
    const end = Math.min(at + reach, instructions.length, ...fences.filter((fence) => fence > at));
    const passed: Instruction[] = [];
    for (let j = at + 1; j < end && first.op === "gemm"; ++j) {
      if (taken.has(j)) continue;
      const next = instructions[j]!;
      if (isAlike([...run, next]) && passed.every((other) => areIndependent(other, next))) {
        run.push(next);
        taken.add(j);
      } else passed.push(next);
    }
    return [{at, instructions: run}];
  });
}

/** Whether products may become one grid: each has a place of its own, and none reads another's. */
function isAlike(instructions: readonly Instruction[]): boolean {
  const common = commonOf(instructions[0]!);
  if (instructions.some((one) => one.op !== "gemm" || commonOf(one) !== common)) return false;
  const places = instructions.map(({writes: [out]}) => `${out!.buffer.name} ${out!.offset}`);
  if (new Set(places).size < places.length) return false;
  const written = new Set(instructions.flatMap(({writes}) => writes.map(({buffer}) => buffer)));
  return instructions.every(({operands}) =>
    inputOperands.every((i) => {
      const operand = operands[i];
      const region = operand && "region" in operand ? operand.region : null;
      return !region || !written.has(region.buffer);
    })
  );
}

/** Whether two instructions may change places. */
function areIndependent(one: Instruction, other: Instruction): boolean {
  const isTouched = (by: Instruction, writes: Instruction["writes"]) =>
    [...by.reads, ...by.writes].some(({buffer}) => writes.some((w) => w.buffer === buffer));
  return !isTouched(other, one.writes) && !isTouched(one, other.writes);
}

/** What each run reads and writes: of its instructions nobody knows which is done first. */
export const touchedBy = (runs: readonly Run[]): Touching[] =>
  runs.map(({instructions}) => ({
    reads: instructions.flatMap(({reads}) => reads),
    writes: instructions.flatMap(({writes}) => writes)
  }));

/** Numbers of scratch that a run needs. */
export const scratchOfRun = ({instructions}: Run): number =>
  instructions.reduce((sum, instruction) => sum + scratchOf(instruction), 0);

/** A run as one grid of products where its places allow it, else one by one. */
export function dispatchesOfRun({instructions}: Run, places: Places): Dispatch[] {
  const grid =
    instructions.length > 1
      ? asGrid(instructions.map((instruction) => productOf(instruction, places)))
      : null;
  return grid
    ? multiply(grid, places.sharing, places.scratch)
    : instructions.flatMap((instruction) => dispatchesOf(instruction, places));
}
