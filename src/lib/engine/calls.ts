/** The page's half of the protocol over any port, so that tests run it over a MessageChannel. */
import {InputError} from "../errors.js";
import type {EngineCallName, EngineCalls, EngineCommand, EngineEvent} from "./protocol.js";

/** What a Worker and a MessagePort have in common. */
export interface EnginePort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The worker is gone; nothing it held is left. */
export class EngineLostError extends Error {
  override name = "EngineLostError";
}

export interface CallOptions<Name extends EngineCallName> {
  onProgress?: (value: EngineCalls[Name]["progress"]) => void;
  /** Asks the call to stop; it still answers (a train call with `paused`). */
  signal?: AbortSignal;
  /** Buffers to hand over instead of copying. */
  transfer?: Transferable[];
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: (value: never) => void;
}

/** Calls into a worker: every call gets an answer or an EngineLostError. */
export class EngineConnection {
  readonly #port: EnginePort;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #lost: EngineLostError | null = null;

  constructor(port: EnginePort) {
    this.#port = port;
    port.onmessage = ({data}: MessageEvent<EngineEvent>) => this.#receive(data);
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
    {onProgress, signal, transfer = []}: CallOptions<Name> = {}
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
        onProgress
      });
      this.#post({type, id, input} as EngineCommand, transfer);
      if (signal?.aborted) cancel();
    });
  }

  /** Rejects every waiting call, and every later one. */
  lose(reason: string): void {
    this.#lost = new EngineLostError(reason);
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#pending.clear();
  }

  #post(command: EngineCommand, transfer: Transferable[] = []): void {
    this.#port.postMessage(command, transfer);
  }

  #receive(event: EngineEvent): void {
    const pending = this.#pending.get(event.id);
    if (!pending) return;
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
        pending.reject(event.expected ? new InputError(event.message) : new Error(event.message));
        return;
      default:
        event satisfies never;
    }
  }
}
