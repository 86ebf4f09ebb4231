/** The benchmark: contenders by turns on the same weights and batch, and what is made of their times. */
import {InputError} from "../../errors.js";
import {initParameters} from "../specs.js";
import {byTurns, median} from "./byTurns.js";
import type {Contender, Start} from "./contenders.js";
import {benchBatch, benchConfig, benchShapes, type BenchShapeName} from "./shapes.js";

/** Makes a contender for a shape; null where it does not do that work. */
export type MakeContender = (
  start: Start,
  shape: BenchShapeName
) => Contender | null | Promise<Contender | null>;

export interface BenchRow {
  work: "step" | "forward";
  shape: BenchShapeName;
  contender: string;
  rounds: number;
  /** Milliseconds. */
  min: number;
  median: number;
  max: number;
  tokensPerSecond: number;
  /** How many times as long as the first contender's median. */
  ratio: number;
  /** Losses of the first steps, before any was timed; of a forward, the loss. */
  losses: number[];
}

export interface BenchProgress {
  shape: BenchShapeName;
  work: "step" | "forward";
  /** Rounds done, of `rounds`; 0 while warming up. */
  round: number;
  rounds: number;
}

export interface BenchOptions {
  rounds: number;
  /** Milliseconds from a fixed moment; the wall's clock unless given. */
  clock?: () => number;
  onProgress?: (progress: BenchProgress) => void | Promise<void>;
  signal?: AbortSignal | null;
}

/** Largest difference of two contenders' losses, relative to the first's: float32 in another order. */
export const lossTolerance = 2e-4;
/** Turns before any counts, or as many as fit. */
const warmUp = {turns: 40, ms: 1500};
/** Steps whose losses must agree. */
const checkedSteps = 3;

/**
 * Times one shape. Every contender starts from the same weights and takes the same batch; their
 * losses over the first steps must agree, or the times would be of different work.
 *
 * @param makers contenders in the order of the table; times are given as ratios to the first
 * @returns null where it was stopped
 * @throws InputError when a contender's losses differ from the first's
 */
export async function benchShape(
  shape: BenchShapeName,
  makers: readonly MakeContender[],
  options: BenchOptions
): Promise<BenchRow[] | null> {
  const sizes = benchShapes[shape];
  const config = benchConfig(sizes);
  const start: Start = {config, data: initParameters(config, 1), batch: benchBatch(sizes)};
  const contenders: Contender[] = [];
  const rows: BenchRow[] = [];
  try {
    for (const make of makers) {
      const made = await make(start, shape);
      if (made) contenders.push(made);
    }
    for (const work of ["forward", "step"] as const) {
      if (work === "step" && sizes.forwardOnly) continue;
      const timed = await timeWork(shape, work, contenders, options);
      if (!timed) return null;
      rows.push(...timed);
    }
    return rows;
  } finally {
    for (const contender of contenders) contender.dispose();
  }
}

async function timeWork(
  shape: BenchShapeName,
  work: BenchRow["work"],
  contenders: readonly Contender[],
  {rounds, clock, onProgress = () => {}, signal}: BenchOptions
): Promise<BenchRow[] | null> {
  const {batch, sequence} = benchShapes[shape];
  const able = contenders.flatMap(({name, forward, step}) => {
    const run = work === "step" ? step : forward;
    return run ? [{name, run}] : [];
  });
  const losses = new Map<string, number[]>(able.map(({name}) => [name, []]));
  const checks = work === "step" ? checkedSteps : 1;
  for (let i = 0; i < checks; ++i)
    for (const {name, run} of able) {
      if (signal?.aborted) return null;
      await onProgress({shape, work, round: 0, rounds});
      losses.get(name)!.push((await run()).loss);
    }
  requireAgreement(shape, losses);
  const onRound = (round: number) => onProgress({shape, work, round, rounds});
  const timings = await byTurns(able, {rounds, warmUp, onRound, signal, clock});
  if (!timings) return null;
  const reference = median(timings[0]!.times);
  return timings.map(({name: contender, times}) => {
    const middle = median(times);
    return {
      work,
      shape,
      contender,
      rounds,
      min: times[0]!,
      median: middle,
      max: times.at(-1)!,
      tokensPerSecond: (1000 * batch * sequence) / middle,
      ratio: middle / reference,
      losses: losses.get(contender)!
    };
  });
}

/** @throws InputError naming the contender, the step and both losses */
export function requireAgreement(
  shape: string,
  losses: ReadonlyMap<string, readonly number[]>
): void {
  const [[first, expected] = ["", []], ...others] = losses;
  for (const [name, own] of others)
    own.forEach((loss, i) => {
      const difference = Math.abs(loss - expected[i]!) / Math.abs(expected[i]!);
      if (!(difference <= lossTolerance))
        throw new InputError(
          `${shape}: the loss of ${name} is ${loss} at turn ${i + 1}, that of ${first} ${expected[i]}: they do not compute the same, so their times say nothing`
        );
    });
}
