/** Times contenders by turns, so that what slows the machine slows all of them. */

export interface Contender {
  name: string;
  /** Does the work once; may say itself how long it took, in milliseconds. */
  run(): Promise<number | void>;
}

export interface Timing {
  name: string;
  /** Milliseconds of every counted turn, ascending. */
  times: number[];
}

/**
 * @param rounds turns that count, at least 1
 * @param warmUp turns before, which do not
 */
export async function byTurns(
  contenders: readonly Contender[],
  {rounds, warmUp}: {rounds: number; warmUp: number}
): Promise<Timing[]> {
  const timings = contenders.map(({name}): Timing => ({name, times: []}));
  for (let round = -warmUp; round < rounds; ++round)
    for (const [i, {run}] of contenders.entries()) {
      const begun = performance.now();
      const said = await run();
      if (round >= 0) timings[i]!.times.push(said ?? performance.now() - begun);
    }
  for (const {times} of timings) times.sort((a, b) => a - b);
  return timings;
}

/** The middle one of ascending numbers. */
export function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
