/** What a page has done with a run: one thing after another, each once more after a loss of the engine. */
import {EngineLostError} from "./calls.js";
import {Turns} from "./turns.js";

export interface WorkOptions {
  /** Makes a new engine hold what the lost one held. @throws where there is nothing left to try */
  recover(lost: EngineLostError): Promise<void>;
  /** Told what ended a piece of work, and the loss before it, if there was one. */
  fail(error: unknown, lost: EngineLostError | null): void;
}

export class WorkInTurn {
  readonly #options: WorkOptions;
  readonly #turns = new Turns();
  /** Stops what is under way. */
  #stop: AbortController | null = null;
  #isClosed = false;
  /** What was said of a loss during the work under way: it stays to be read. */
  said: string | null = null;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** Runs work in its turn; after a loss once more, when the run is held again. */
  do(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#isClosed) return;
      this.#stop = new AbortController();
      const {signal} = this.#stop;
      this.said = null;
      let lost: EngineLostError | null = null;
      try {
        for (;;)
          try {
            if (lost) await this.#options.recover(lost);
            return await work(signal);
          } catch (error) {
            if (!(error instanceof EngineLostError) || this.#isClosed) throw error;
            lost = error;
          }
      } catch (error) {
        this.#options.fail(error, lost);
      } finally {
        this.#stop = null;
      }
    });
  }

  /** Stops what is under way, and runs `next` when it has ended. */
  instead(next: () => Promise<void>): Promise<void> {
    this.#stop?.abort();
    return this.#turns.take(next);
  }

  /** Whether something is under way that was not told to stop. */
  get isUnderWay(): boolean {
    return this.#stop !== null && !this.#stop.signal.aborted;
  }

  /** Asks what is under way to stop. */
  stop(): void {
    this.#stop?.abort();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Nothing is done any more, nor once more after a loss. */
  close(): void {
    this.#isClosed = true;
  }
}
