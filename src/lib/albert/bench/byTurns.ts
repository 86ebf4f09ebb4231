/** Times contenders by turns, so that what slows the machine slows all of them. */

/** What one turn tells. */
export interface Turn {
  loss: number;
  /** Milliseconds, where the contender took the time itself. */
  ms?: number;
}

export interface TimedTurn {
  name: string;
  run(): Promise<Partial<Turn>>;
}

export interface Timing {
  name: string;
  /** Milliseconds of every counted turn, ascending. */
  times: number[];
}

/**
 * @param rounds turns that count, at least 1
 * @param warmUp what each does before, uncounted: this many turns, or as many as fit into the
 *   milliseconds, at least one; engines recompile what runs often
 * @param clock milliseconds from a fixed moment; the wall's clock unless given
 * @param onRound called after every round with how many counted, 0 while warming up
 * @returns null where it was stopped
 */
export async function byTurns(
  contenders: readonly TimedTurn[],
  {
    rounds,
    warmUp,
    onRound = () => {},
    signal = null,
    clock = () => performance.now()
  }: {
    rounds: number;
    warmUp: {turns: number; ms: number};
    clock?: () => number;
    onRound?: (round: number) => void | Promise<void>;
    signal?: AbortSignal | null;
  }
): Promise<Timing[] | null> {
  const timings = contenders.map(({name}): Timing => ({name, times: []}));
  for (const {run} of contenders) {
    const begun = performance.now();
    for (let i = 0; i < warmUp.turns; ++i) {
      if (signal?.aborted) return null;
      await run();
      await onRound(0);
      if (performance.now() - begun > warmUp.ms) break;
    }
  }
  for (let round = 0; round < rounds; ++round) {
    for (const [i, {run}] of contenders.entries()) {
      if (signal?.aborted) return null;
      const begun = clock();
      const {ms} = await run();
      timings[i]!.times.push(ms ?? clock() - begun);
    }
    await onRound(round + 1);
  }
  for (const {times} of timings) times.sort((a, b) => a - b);
  return timings;
}

/** The middle one of ascending numbers. */
export function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
