/** Cells of a sweep beside each other: means with intervals, and differences from a reference. */
import {bootstrapMean, holm, pairedP, type Interval} from "./statistics.js";
import {cellName, type Cell} from "./sweep.js";

/** A difference from the reference cell, seed by seed. */
export interface Difference extends Interval {
  /** Two-sided p of a paired test, after Holm's correction over the figure. */
  p: number;
  /** Whether `p` is below 0.05. */
  isSignificant: boolean;
}

/** What is compared: anything measured once a cell and seed, or once a cell and round. */
export interface Compared {
  cell: Cell;
  /** Values of equal seed are paired. */
  seed: number;
  /** What to run again for this value. */
  hash: string;
}

/** One cell of a figure. */
export interface CellSummary extends Interval {
  name: string;
  cell: Cell;
  /** One value a seed, in the order of the seeds. */
  values: {seed: number; value: number; hash: string}[];
  /** Null for the reference itself, and where fewer than two seeds are in both. */
  difference: Difference | null;
  /** Runs that diverged and have no value. */
  lost: number;
}

/** The level that corrected p-values are held against. */
export const significanceLevel = 0.05;

/**
 * Summaries of the cells in the order in which the records first name them.
 *
 * @param valueOf a run's value; null or NaN where it has none (it diverged)
 * @param reference the cell that the others are compared with, by predicate; default the first
 */
export function compareCells<R extends Compared>(
  records: readonly R[],
  valueOf: (record: R) => number | null | undefined,
  reference?: (cell: Cell) => boolean
): CellSummary[] {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    const name = cellName(record.cell);
    const group = groups.get(name);
    if (group) group.push(record);
    else groups.set(name, [record]);
  }
  const summaries = [...groups].map(([name, group]): CellSummary => {
    const values = group.flatMap((record) => {
      const value = valueOf(record);
      return value == null || Number.isNaN(value)
        ? []
        : [{seed: record.seed, value, hash: record.hash}];
    });
    return {
      name,
      cell: group[0]!.cell,
      values,
      ...bootstrapMean(values.map(({value}) => value)),
      difference: null,
      lost: group.length - values.length
    };
  });
  const base = summaries.find(({cell}) => reference?.(cell)) ?? summaries[0];
  if (!base) return [];
  const bySeed = new Map(base.values.map(({seed, value}) => [seed, value]));
  const paired = summaries.map((summary) =>
    summary === base
      ? []
      : summary.values.flatMap(({seed, value}) =>
          bySeed.has(seed) ? [value - bySeed.get(seed)!] : []
        )
  );
  const compared = summaries.flatMap((_, i) => (paired[i]!.length >= 2 ? [i] : []));
  const adjusted = holm(compared.map((i) => pairedP(paired[i]!)));
  compared.forEach((index, k) => {
    const p = adjusted[k]!;
    summaries[index]!.difference = {
      ...bootstrapMean(paired[index]!),
      p,
      isSignificant: p < significanceLevel
    };
  });
  return summaries;
}

/**
 * Several paired differences that one figure claims, corrected together.
 *
 * @param differences one list a comparison, one number a seed
 */
export function comparePairs(differences: readonly (readonly number[])[]): Difference[] {
  const adjusted = holm(differences.map(pairedP));
  return differences.map((values, i) => ({
    ...bootstrapMean(values),
    p: adjusted[i]!,
    isSignificant: adjusted[i]! < significanceLevel
  }));
}

/**
 * What runs of one kind have more than those of another, one number for each seed that both have.
 *
 * @param valueOf a run's value; null where it has none
 */
export function pairedDifferences<R extends {seed: number}>(
  runs: readonly R[],
  others: readonly R[],
  valueOf: (run: R) => number | null | undefined
): number[] {
  const bySeed = new Map(others.map((other) => [other.seed, valueOf(other)]));
  return runs.flatMap((run) => {
    const [value, other] = [valueOf(run), bySeed.get(run.seed)];
    return value == null || other == null ? [] : [value - other];
  });
}
