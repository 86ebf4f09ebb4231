/** Which checkpoints of a run are kept. */

/** The newest two are always kept: if one is damaged, the one before it is there. */
const alwaysKept = 2;

/**
 * The steps to keep of a run's checkpoints: the newest two, and of the older ones as many as fit,
 * spread evenly, the first included, so that a run can be branched from its early steps too.
 *
 * @param steps ascending
 * @param most at least 2
 */
export function keptSteps(steps: readonly number[], most: number): number[] {
  const kept = [...steps];
  while (kept.length > Math.max(most, alwaysKept)) {
    // The one whose neighbours are nearest to each other is missed least.
    let least = 1;
    for (let i = 1; i < kept.length - alwaysKept; ++i)
      if (kept[i + 1]! - kept[i - 1]! < kept[least + 1]! - kept[least - 1]!) least = i;
    kept.splice(kept.length - alwaysKept > 1 ? least : 0, 1);
  }
  return kept;
}

/**
 * How many checkpoints of a size are kept.
 *
 * @param bytes of one checkpoint
 */
export function mostCheckpoints(bytes: number): number {
  return Math.max(alwaysKept, Math.min(10, Math.floor(64e6 / Math.max(1, bytes))));
}
