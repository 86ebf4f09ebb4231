/** Means over seeds, for curves. */
import type {RunRecord} from "./record.js";
import {bootstrapMean} from "./statistics.js";

/** A mean over seeds with its 95 % interval. */
export interface MeanPoint {
  x: number;
  y: number;
  low: number;
  high: number;
}

/**
 * Points that every run has, averaged over the runs.
 *
 * @param pointsOf a run's points; runs without any are left out
 * @returns one point for each x that any run has, rising
 */
export function meanCurve(
  records: readonly RunRecord[],
  pointsOf: (record: RunRecord) => readonly {x: number; y: number}[] | null | undefined
): MeanPoint[] {
  const byX = new Map<number, number[]>();
  for (const record of records)
    for (const {x, y} of pointsOf(record) ?? []) {
      const values = byX.get(x);
      if (values) values.push(y);
      else byX.set(x, [y]);
    }
  return [...byX]
    .sort(([a], [b]) => a - b)
    .map(([x, values]) => {
      const {mean, low, high} = bootstrapMean(values);
      return {x, y: mean, low, high};
    });
}

/** A list by layer or rank as points; x from `first`, since depth 1 is the first layer's. */
export function byIndex(
  values: readonly number[] | undefined,
  first = 1
): {x: number; y: number}[] {
  return (values ?? []).map((y, i) => ({x: i + first, y}));
}

/** The runs of a sweep by one axis of their cells, in order of first appearance. */
export function groupBy(
  records: readonly RunRecord[],
  axis: string
): Map<string | number, RunRecord[]> {
  const groups = new Map<string | number, RunRecord[]>();
  for (const record of records) {
    const key = record.cell[axis]!;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}

/** Mean of matrices of equal shape, entry by entry. */
export function meanMatrix(matrices: readonly (readonly (readonly number[])[])[]): number[][] {
  return matrices[0]!.map((row, i) =>
    row.map((_, j) => matrices.reduce((sum, m) => sum + m[i]![j]!, 0) / matrices.length)
  );
}
