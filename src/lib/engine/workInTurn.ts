/** What a page has done with a run: one thing after another, each once more after a loss of the engine. */
import {EngineLostError} from "./calls.js";
import {NoCheckpointError} from "./noCheckpoint.js";
import {Turns} from "../turns.js";

/** What is done with the run that an engine held when it was lost. */
export interface Recovery {
  /** Makes place for a new engine. @returns what to tell the reader @throws where nothing is left to try */
  replace(lost: EngineLostError): string;
  /**
   * Has the new engine hold what was kept of the run. @returns whether anything was
   *
   * @throws NoCheckpointError where nothing of it can be read
   */
  bringBack(): Promise<boolean>;
  /** Shows that the run goes on. */
  goOn(message: string): void;
  /** Forgets the run, of which nothing was kept: it begins again. */
  beginAgain(message: string): void;
}

export interface WorkOptions extends Recovery {
  /** Told what ended a piece of work, and the loss before it, if there was one. */
  fail(error: unknown, lost: EngineLostError | null): void;
}

export class WorkInTurn {
  readonly #options: WorkOptions;
  readonly #turns = new Turns();
  /** Stops what is under way. */
  #stop: AbortController | null = null;
  /** How often something was stopped: what was asked for before and still waits then is not done. */
  #stops = 0;
  #isClosed = false;
  #said: string | null = null;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** What was said of a loss during the work under way: it stays to be read. */
  get said(): string | null {
    return this.#said;
  }

  /**
   * Runs work in its turn; after a loss once more, when the run is held again. Not at all where a stop
   * came while it waited: who presses Pause means all that was asked for, as a second Train.
   */
  do(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const asked = this.#stops;
    return this.#turns.take(async () => {
      if (this.#isClosed || asked !== this.#stops) return;
      this.#stop = new AbortController();
      const {signal} = this.#stop;
      this.#said = null;
      let lost: EngineLostError | null = null;
      try {
        for (;;)
          try {
            if (lost) await this.#recover(lost);
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

  /** Stops what is under way and what waits, and runs `next` when it has ended. */
  instead(next: () => Promise<void>): Promise<void> {
    this.stop();
    return this.#turns.take(next);
  }

  /** Whether something is under way that was not told to stop. */
  get isUnderWay(): boolean {
    return this.#stop !== null && !this.#stop.signal.aborted;
  }

  /** Asks what is under way to stop, and drops what waits. */
  stop(): void {
    ++this.#stops;
    this.#stop?.abort();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Nothing is done any more, nor once more after a loss. */
  close(): void {
    this.#isClosed = true;
  }

  /** A new engine with the run as it was kept last; from its beginning where nothing was kept. */
  async #recover(lost: EngineLostError): Promise<void> {
    const {replace, bringBack, goOn, beginAgain} = this.#options;
    this.#said = replace(lost);
    try {
      if (await bringBack()) return goOn(this.#said);
    } catch (error) {
      if (!(error instanceof NoCheckpointError)) throw error;
      this.#said = `${lost.message}; ${error.message}; beginning again`;
    }
    beginAgain(this.#said);
  }
}
