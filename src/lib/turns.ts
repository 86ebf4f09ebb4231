/** Runs pieces of asynchronous work one after the other, in the order in which they were given. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when what was given before has ended, however it ended. */
  take<T>(work: () => Promise<T> | T): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => null);
    return turn;
  }
}
