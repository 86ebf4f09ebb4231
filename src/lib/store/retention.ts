/** Which checkpoints of a run are kept. */

/** The newest two are always kept: if one is damaged, the one before it is there. */
const alwaysKept = 2;

/**
 * The steps to keep of a run's checkpoints: the newest two, and of the older ones as many as fit,
 * the first included, each about as many times further than the one before: most of what a model
 * becomes it becomes early, so that is where a run is looked at, and branched from, most closely.
 *
 * @param steps ascending
 * @param most at least 2
 */
export function keptSteps(steps: readonly number[], most: number): number[] {
  const kept = [...steps];
  while (kept.length > Math.max(most, alwaysKept)) {
    // The one whose neighbours are fewest doublings apart is missed least.
    const apart = (i: number) => (kept[i + 1]! + 1) / (kept[i - 1]! + 1);
    let least = 1;
    for (let i = 1; i < kept.length - alwaysKept; ++i) if (apart(i) < apart(least)) least = i;
    kept.splice(kept.length - alwaysKept > 1 ? least : 0, 1);
  }
  return kept;
}

/** Most checkpoints of a run, and the bytes that all of them together may take. */
const mostKept = 16;
const budgetBytes = 64e6;

/**
 * How many checkpoints of a size are kept: at most 16, in at most 64 MB.
 *
 * @param bytes of one checkpoint
 */
export function mostCheckpoints(bytes: number): number {
  return Math.max(alwaysKept, Math.min(mostKept, Math.floor(budgetBytes / Math.max(1, bytes))));
}
