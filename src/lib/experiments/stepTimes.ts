/** Times of a training step that were measured by turns, and how they compare. */
import {InputError} from "../errors.js";
import {compareCells, type CellSummary} from "./compare.js";
import type {Cell} from "./sweep.js";

/** A training step of every cell of a sweep, timed round by round. */
export interface RecordedStepTimes {
  sweep: string;
  date: string;
  machine: string;
  /** What computed it, for a person. */
  executor: string;
  /** Processor time of the process, so that what else a machine does counts little. */
  clock: "cpu";
  /** Rows of a step, and pieces of a row. */
  rows: number;
  pieces: number;
  /** Milliseconds of each round, in order; one round times every cell once. */
  cells: {cell: Cell; elapsedMs: number[]}[];
}

/** @throws InputError naming the file where rounds are missing */
export function readStepTimes(text: string, file: string): RecordedStepTimes {
  const times = JSON.parse(text) as RecordedStepTimes;
  const [first] = times.cells;
  if (!first || times.cells.some(({elapsedMs}) => elapsedMs.length !== first.elapsedMs.length))
    throw new InputError(`${file}: cells with unequal rounds (expected each cell in every round)`);
  return times;
}

/**
 * Each cell's time as a multiple of the first one's in the same round, tested against 1.
 *
 * @returns one summary a cell, in order; n is the number of rounds
 */
export function stepTimeRatios({cells}: Pick<RecordedStepTimes, "cells">): CellSummary[] {
  const first = cells[0]!.elapsedMs;
  return compareCells(
    cells.flatMap(({cell, elapsedMs}) =>
      elapsedMs.map((ms, i) => ({cell, seed: i + 1, hash: "", ratio: ms / first[i]!}))
    ),
    ({ratio}) => ratio
  );
}
