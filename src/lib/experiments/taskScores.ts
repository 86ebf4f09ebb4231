/** What models of a sweep score on every pretraining task. */
import {comparePairs, pairedDifferences, type Difference} from "./compare.js";
import type {TaskScore, TasksMeasure} from "./measures.js";
import type {RunRecord} from "./record.js";
import {bootstrapMean, type Interval} from "./statistics.js";

/** A task's accuracy over seeds. */
export interface AccuracyOverSeeds extends Interval {
  /** Whether seeds alone explain its distance from guessing, Holm-corrected over the grid. */
  isChance: boolean;
}

/**
 * Mean accuracies of groups of runs on some tasks.
 *
 * @param tasks with the accuracy of guessing, which each mean is tested against; null for 0
 * @returns by group, then by task; null where runs were not scored on it
 */
export function accuracyGrid(
  groups: ReadonlyMap<string | number, readonly RunRecord[]>,
  tasks: readonly {key: keyof TasksMeasure; chance: number | null}[]
): Map<string | number, (AccuracyOverSeeds | null)[]> {
  const cells = [...groups].flatMap(([group, records]) =>
    tasks.map(({key, chance}) => {
      const scores = records.flatMap<TaskScore>((r) => r.measures.tasks?.[key] ?? []);
      return {group, chance: chance ?? 0, values: scores.map(({accuracy}) => accuracy)};
    })
  );
  const filled = cells.filter(({values}) => values.length > 0);
  const tested = comparePairs(filled.map(({values, chance}) => values.map((v) => v - chance)));
  const grid = new Map<string | number, (AccuracyOverSeeds | null)[]>();
  for (const cell of cells) {
    const at = filled.indexOf(cell);
    const score =
      at < 0 ? null : {...bootstrapMean(cell.values), isChance: !tested[at]!.isSignificant};
    grid.set(cell.group, [...(grid.get(cell.group) ?? []), score]);
  }
  return grid;
}

/**
 * By how much one group of runs is more often right at a task than another, seed by seed.
 *
 * @param key a task that both were scored on
 */
export function accuracyLead(
  group: readonly RunRecord[],
  other: readonly RunRecord[],
  key: keyof TasksMeasure
): Difference {
  const accuracyOf = (r: RunRecord) => r.measures.tasks?.[key]?.accuracy;
  return comparePairs([pairedDifferences(group, other, accuracyOf)])[0]!;
}

/** Share of pairs that guessing gets right: both sentence tasks call half of the rows wrong. */
export const pairChance = 0.5;
