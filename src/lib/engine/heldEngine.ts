/** The engine of a page: made when it is first needed, and anew after a loss. */
import type {EngineHandle, EngineLostError} from "./calls.js";
import type {BackendName, DeviceReport, LostEngine} from "./deviceCalls.js";
import {Recoveries} from "./recoveries.js";

/**
 * Makes an engine; `without` names backends not to try, `passed` is what the
 * engine before it had chosen when it was lost.
 */
export type MakeEngine<E extends EngineHandle = EngineHandle> = (
  without: readonly BackendName[],
  passed: LostEngine
) => E;

export class HeldEngine<E extends EngineHandle> {
  readonly #make: MakeEngine<E>;
  readonly #recoveries: Recoveries;
  #engine: E | null = null;

  /** @param goingOn how the work goes on after a loss, in words; default from the last checkpoint */
  constructor(make: MakeEngine<E>, goingOn?: string) {
    this.#make = make;
    this.#recoveries = new Recoveries(goingOn);
  }

  /** The engine; made where there is none. */
  get engine(): E {
    return (this.#engine ??= this.#make(this.#recoveries.without, this.#recoveries.passed));
  }

  /** The engine; null where none was made. */
  get made(): E | null {
    return this.#engine;
  }

  /** Ends the worker, where there is one. */
  drop(): void {
    this.#engine?.terminate();
    this.#engine = null;
  }

  /**
   * Ends a worker that was lost, and chooses what is tried next.
   *
   * @param device that was lost; null where none was chosen yet
   * @returns what to tell the reader
   * @throws Error when there is nothing left to try
   */
  lose(lost: EngineLostError, device: DeviceReport | null): string {
    this.drop();
    return this.#recoveries.after(lost, device);
  }

  /** Work went on well, or is begun anew: losses before count no more. */
  forgetLosses(): void {
    this.#recoveries.forget();
  }
}
