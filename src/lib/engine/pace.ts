/** How fast a run is, told by a clock that may be coarser than a step. */

/** Milliseconds over which a speed is averaged: some browsers' clocks count whole milliseconds. */
const span = 20;

/** The speed of a run over its newest steps. */
export class Pace {
  #newest: {tokens: number; ms: number}[] = [];

  /**
   * Counts a step in.
   *
   * @param tokens of the step
   * @param ms it took by the clock, 0 where the clock did not move
   * @returns tokens a second over this step and as many before it as make up 20 ms; finite always
   */
  after(tokens: number, ms: number): number {
    const counted = [{tokens, ms}];
    let all = {tokens, ms};
    for (const step of this.#newest) {
      if (all.ms >= span) break;
      counted.push(step);
      all = {tokens: all.tokens + step.tokens, ms: all.ms + step.ms};
    }
    this.#newest = counted;
    return (1000 * all.tokens) / (all.ms || 1);
  }
}
