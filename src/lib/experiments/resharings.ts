/** Models of a sweep whose layers were tied or untied, change by change. */
import type {ReshareArm} from "./measures.js";
import type {RunRecord} from "./record.js";
import type {Cell} from "./sweep.js";

/** One change of one model, as `compareCells` takes it: arms of one model share their seed. */
export interface ResharedRun extends ReshareArm {
  cell: Cell;
  seed: number;
  hash: string;
}

/**
 * Every change of every run, in the order of changes and, within one, of runs.
 *
 * @param records runs of one kind of model, with the measure `resharing`; others are left out
 */
export function resharedRuns(records: readonly RunRecord[]): ResharedRun[] {
  const arms = records.flatMap(({measures, seed, hash}) =>
    (measures.resharing ?? []).map((arm) => ({...arm, cell: {change: arm.change}, seed, hash}))
  );
  const changes = [...new Set(arms.map(({change}) => change))];
  return changes.flatMap((change) => arms.filter((arm) => arm.change === change));
}

/** The masked loss right after the change, in nats. */
export function lossAtChange({points}: ReshareArm): number {
  return points[0]!.mlmLoss;
}

/** The masked loss after going on, in nats; null where that diverged. */
export function lossAfter({points, diverged}: ReshareArm): number | null {
  return diverged === null ? points.at(-1)!.mlmLoss : null;
}
