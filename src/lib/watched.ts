/** What changes a piece at a time and is watched: the base of everything that a page shows live. */
export abstract class Watched<State extends object> {
  readonly #subscribers = new Set<(state: State) => void>();
  #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** Tells `subscriber` the state now and at every change; returns the way to stop. */
  subscribe(subscriber: (state: State) => void): () => void {
    this.#subscribers.add(subscriber);
    subscriber(this.#state);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Puts new values in the place of some, and tells the subscribers. */
  protected set(change: Partial<State>): void {
    this.#state = {...this.#state, ...change};
    for (const subscriber of this.#subscribers) subscriber(this.#state);
  }

  /** Tells nobody any more. */
  protected unsubscribeAll(): void {
    this.#subscribers.clear();
  }
}
