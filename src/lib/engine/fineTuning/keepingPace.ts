/** Steps between checkpoints, as far as they take no more than this share of the time. */
const [keptEvery, shareOfKeeping] = [25, 0.1];

/** When a fine-tuning run is to be kept. */
export class KeepingPace {
  #at = performance.now();
  #ms = 0;

  /** Whether to keep the run after this many steps. */
  isDue(step: number): boolean {
    return step % keptEvery === 0 && performance.now() - this.#at >= this.#ms / shareOfKeeping;
  }

  /** Keeps the run, and notes how long that takes. */
  async keep(work: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await work();
    this.#at = performance.now();
    this.#ms = this.#at - begun;
  }
}
