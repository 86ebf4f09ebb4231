/** What is tried after a worker or its device was lost: the same backend a few times, then the next. */
import type {EngineLostError} from "./calls.js";
import type {BackendName, DeviceReport, LostEngine} from "./deviceCalls.js";

/** Restarts on one backend, without a checkpoint in between, before the next backend is tried. */
const mostRecoveries = 3;

export class Recoveries {
  readonly #without: BackendName[] = [];
  readonly #goingOn: string;
  #passed: LostEngine = null;
  #count = 0;

  /** @param goingOn how the work goes on, in words */
  constructor(goingOn = "going on from the last checkpoint") {
    this.#goingOn = goingOn;
  }

  /** Backends whose device was lost again and again, and those that were refused. */
  get without(): readonly BackendName[] {
    return [...this.#without];
  }

  /** What the engine before had chosen when it was lost, if there was one. */
  get passed(): LostEngine {
    return this.#passed;
  }

  /** A checkpoint was kept, or another run begun: losses before count no more. */
  forget(): void {
    this.#count = 0;
  }

  /**
   * Counts a loss.
   *
   * @param device that was lost; null where none was chosen yet
   * @returns what to tell the reader
   * @throws Error when there is nothing left to try
   */
  after(lost: EngineLostError, device: DeviceReport | null): string {
    this.#passed = device ?? this.#passed ?? "untested";
    if (lost.isRefused && device) return this.#goOnWithout(device, lost.message);
    this.#count += 1;
    const going = `${lost.message}; ${this.#goingOn}`;
    if (this.#count <= mostRecoveries) return going;
    if (!device || device.backend === "cpu" || device.forced !== null)
      throw new Error(`${lost.message}, ${this.#count} times in a row`);
    this.#without.push(device.backend);
    this.#count = 0;
    return `${going} without ${device.backend}, which was lost ${mostRecoveries + 1} times`;
  }

  /** Takes another backend in the place of one that was refused. @throws Error where that one was asked for */
  #goOnWithout({backend, forced}: DeviceReport, message: string): string {
    if (forced !== null) throw new Error(message);
    this.#without.push(backend);
    this.#count = 0;
    return `${message}; ${this.#goingOn} without ${backend}`;
  }
}
