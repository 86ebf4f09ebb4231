/** What a device was given and has not done yet, bounded in time: what is asked meanwhile is then heard soon. */

/** Milliseconds of work that may be under way: enough to be busy while more is recorded. */
const mostMs = 40;

/** Submissions that may be under way in any case: one that is computed, and the next. */
const least = 2;

export class InFlight {
  readonly #queue: Pick<GPUQueue, "onSubmittedWorkDone">;
  readonly #now: () => number;
  #count = 0;
  /** Since when something was always under way, and what was done since. */
  #busy = {since: 0, done: 0};
  /** Milliseconds of one submission, as they were last; none was done yet where this is infinite. */
  #each = Infinity;
  #isLost = false;
  #wake = () => {};

  /** @param now the clock, in milliseconds */
  constructor(
    {queue, lost}: {queue: Pick<GPUQueue, "onSubmittedWorkDone">; lost: Promise<unknown>},
    now = () => performance.now()
  ) {
    this.#queue = queue;
    this.#now = now;
    void lost.then(() => {
      this.#isLost = true;
      this.#wake();
    });
  }

  /** Counts what was just submitted; resolves when there is room for more, or the device is lost. */
  async submitted(): Promise<void> {
    if (this.#count === 0) this.#busy = {since: this.#now(), done: 0};
    this.#count += 1;
    const done = () => {
      this.#count -= 1;
      this.#busy.done += 1;
      this.#each = (this.#now() - this.#busy.since) / this.#busy.done;
      this.#wake();
    };
    this.#queue.onSubmittedWorkDone().then(done, done);
    while (this.#count >= this.#most && !this.#isLost)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  get #most(): number {
    return Math.max(least, Math.floor(mostMs / this.#each));
  }
}
