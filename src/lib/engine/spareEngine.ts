/** What a page computes beside its run. */
interface Spare {
  /** Whether it answers no more. */
  readonly isLost: boolean;
  terminate(): void;
}

/** One engine of a page: made when it is first needed, and anew after it was lost. */
export class SpareEngine<E extends Spare> {
  readonly #make: () => E;
  #engine: E | null = null;

  constructor(make: () => E) {
    this.#make = make;
  }

  get engine(): E {
    if (this.#engine?.isLost) this.close();
    return (this.#engine ??= this.#make());
  }

  /** Ends the worker, where there is one. */
  close(): void {
    this.#engine?.terminate();
    this.#engine = null;
  }
}
