/** The page's half of the protocol over any port, so that tests run it over a MessageChannel. */
import {InputError} from "../errors.js";
import {NoCheckpointError} from "./noCheckpoint.js";
import type {BackendTrial, DeviceReport} from "./deviceCalls.js";
import {watchLifeline} from "./lifeline.js";
import type {EngineCallName, EngineCalls, EngineCommand, EngineEvent} from "./protocol.js";

/** What a Worker and a MessagePort have in common. */
export interface EnginePort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The worker is gone, or answers no more; nothing it held is left. */
export class EngineLostError extends Error {
  override name = "EngineLostError";
  /** Whether its backend gave wrong numbers, so that another has to be taken. */
  readonly isRefused: boolean;

  constructor(message: string, isRefused = false) {
    super(message);
    this.isRefused = isRefused;
  }
}

export interface CallOptions<Name extends EngineCallName> {
  onProgress?: (value: EngineCalls[Name]["progress"]) => void;
  /** Asks the call to stop; it still answers (a train call with `paused`). */
  signal?: AbortSignal;
  /** Buffers to hand over instead of copying. */
  transfer?: Transferable[];
  /**
   * Seconds without an answer or any progress after which the worker counts as lost; asked anew
   * every second. Default 300. The sleep of a machine does not count.
   */
  patience?: () => number;
}

const defaultPatience = () => 300;
/** Longest time, in seconds, that may pass between two looks at the clock: the rest was sleep. */
const longestTick = 2;

/** What a page needs of an engine: a worker's, or that of a test. */
export interface EngineHandle {
  start(onTrial?: (trial: BackendTrial) => void): Promise<DeviceReport>;
  call<Name extends Exclude<EngineCallName, "start">>(
    type: Name,
    input: EngineCalls[Name]["input"],
    options?: CallOptions<Name>
  ): Promise<EngineCalls[Name]["output"]>;
  terminate(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: (value: never) => void;
  patience: () => number;
  /** Seconds since anything was heard of this call. */
  silence: number;
}

/** The error of a worker, of the same class where that says what can be done. */
function errorOf({name, message}: {name: string; message: string}): Error {
  if (name === "NoCheckpointError") return new NoCheckpointError(message);
  return name === "Error" ? new Error(message) : new InputError(message);
}

/** Calls into a worker: every call gets an answer or an EngineLostError. */
export class EngineConnection {
  readonly #port: EnginePort;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #lost: EngineLostError | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(port: EnginePort) {
    this.#port = port;
    port.onmessage = ({data}: MessageEvent<EngineEvent>) => this.#receive(data);
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Number of calls that wait for an answer. */
  get waiting(): number {
    return this.#pending.size;
  }

  /**
   * Runs one call.
   *
   * @throws InputError with a message for the reader, Error for a fault of ours, EngineLostError
   *   when the worker died before it answered
   */
  call<Name extends EngineCallName>(
    type: Name,
    input: EngineCalls[Name]["input"],
    {onProgress, signal, transfer = [], patience = defaultPatience}: CallOptions<Name> = {}
  ): Promise<EngineCalls[Name]["output"]> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = () => this.#post({type: "cancel", id});
      signal?.addEventListener("abort", cancel, {once: true});
      const settled = () => signal?.removeEventListener("abort", cancel);
      this.#pending.set(id, {
        resolve: (value) => (settled(), resolve(value as EngineCalls[Name]["output"])),
        reject: (error) => (settled(), reject(error)),
        onProgress,
        patience,
        silence: 0
      });
      this.#watch ??= this.#startWatch();
      this.#post({type, id, input} as EngineCommand, transfer);
      if (signal?.aborted) cancel();
    });
  }

  /** Rejects every waiting call, and every later one. */
  lose(reason: string, isRefused = false): void {
    this.#lost ??= new EngineLostError(reason, isRefused);
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#pending.clear();
  }

  /** Looks every second whether a call has waited too long, while any waits. */
  #startWatch(): ReturnType<typeof setInterval> {
    let before = performance.now();
    return setInterval(() => {
      const now = performance.now();
      const passed = Math.min((now - before) / 1000, longestTick);
      before = now;
      for (const pending of this.#pending.values()) {
        pending.silence += passed;
        if (pending.silence <= pending.patience()) continue;
        this.lose(`the worker has not answered for ${Math.round(pending.silence)} s`);
        break;
      }
      if (this.#pending.size > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    }, 1000);
  }

  #post(command: EngineCommand, transfer: Transferable[] = []): void {
    this.#port.postMessage(command, transfer);
  }

  #receive(event: EngineEvent): void {
    if (event.type === "alive")
      return watchLifeline(event.lifeline, () => this.lose("the worker has ended"));
    if (event.type === "lost") return this.lose(event.message, event.refused);
    const pending = this.#pending.get(event.id);
    if (!pending) return;
    // A worker does one thing at a time: whoever waits has heard of it.
    for (const each of this.#pending.values()) each.silence = 0;
    switch (event.type) {
      case "progress":
        pending.onProgress?.(event.value as never);
        return;
      case "result":
        this.#pending.delete(event.id);
        pending.resolve(event.value);
        return;
      case "error":
        this.#pending.delete(event.id);
        pending.reject(errorOf(event));
        return;
      default:
        event satisfies never;
    }
  }
}
