/** The training of a worker: one call at a time, of which a newer one stops the one before. */
export class OneTraining {
  /** How to stop the call under way, and when it has stopped. */
  #current: {stop: AbortController; ended: Promise<unknown>} | null = null;

  /**
   * Stops what is under way, then runs `work`.
   *
   * @param signal of the call; `work` gets one that a newer call aborts, too
   */
  async run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort(), {once: true});
    if (signal.aborted) stop.abort();
    const before = this.end();
    const training = before.then(() => work(stop.signal));
    // Registered before anything is waited for: of several calls at once each stops the one before.
    const current = {stop, ended: training.catch(() => null)};
    this.#current = current;
    try {
      return await training;
    } finally {
      if (this.#current === current) this.#current = null;
    }
  }

  /** Asks what is under way to stop. */
  stop(): void {
    this.#current?.stop.abort();
  }

  /** Stops what is under way; resolves when it has ended. */
  async end(): Promise<void> {
    this.stop();
    await this.#current?.ended;
  }
}
