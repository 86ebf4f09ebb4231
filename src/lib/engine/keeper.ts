/** Keeps a run while it trains, and remembers what came in the way. */
import {errorMessage} from "../errors.js";
import {QuotaError} from "../store/files.js";

export interface KeeperOptions {
  /** The step that the run stands at. */
  step(): number;
  save(): Promise<void>;
  /** Whether this tab may still write the run. */
  isMine(): boolean;
  report(progress: {kind: "saved"; step: number} | {kind: "note"; message: string}): void;
}

export class Keeper {
  readonly #options: KeeperOptions;
  /** Why the newest state could not be kept; null where it was. */
  unkept: string | null = null;
  /** Why training cannot go on: there is no room for another checkpoint. The one before is there. */
  full: string | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Keeps the run. Any failure but that of room is reported, and training goes on. */
  async keep(): Promise<void> {
    const {step, save, isMine, report} = this.#options;
    if (!isMine()) return;
    try {
      await save();
      this.unkept = null;
      report({kind: "saved", step: step()});
    } catch (error) {
      this.unkept = `step ${step()} could not be kept: ${errorMessage(error)}`;
      report({kind: "note", message: this.unkept});
      if (error instanceof QuotaError) this.full = this.unkept;
    }
  }

  /**
   * Keeps what training ended with, unless there is something to say of its end.
   *
   * @returns how it ended: want of room and another tab's taking over come before `reason`
   */
  async end<R extends string>(
    reason: R,
    message: string | null
  ): Promise<{reason: R | "full" | "taken"; message: string | null}> {
    if (message === null && this.full === null) await this.keep();
    if (!this.#options.isMine())
      return {
        reason: "taken",
        message: "another tab has taken this run over: it goes on there"
      };
    if (this.full !== null) return {reason: "full", message: this.full};
    return {reason, message: message ?? this.unkept};
  }
}
