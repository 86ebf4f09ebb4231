/** The page's handle on the worker that owns every tensor. */
import {EngineConnection, type CallOptions} from "./calls.js";
import {
  backendNames,
  type BackendName,
  type BackendTrial,
  type DeviceReport,
  type EngineCallName,
  type EngineCalls,
  type WasmPaths
} from "./protocol.js";

function wasmPaths(): WasmPaths {
  return {
    "tfjs-backend-wasm.wasm": import.meta
      .resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"),
    "tfjs-backend-wasm-simd.wasm": import.meta
      .resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"),
    "tfjs-backend-wasm-threaded-simd.wasm": import.meta
      .resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm")
  };
}

/** The backend that `?backend=` asks for, or null. */
export function forcedBackend(search: string): BackendName | null {
  const name = new URLSearchParams(search).get("backend");
  return backendNames.find((known) => known === name) ?? null;
}

/** A worker with its connection; the first call of any kind starts the device ladder. */
export class Engine {
  readonly #worker: Worker;
  readonly #connection: EngineConnection;
  readonly #backend: BackendName | null;
  #report: Promise<DeviceReport> | null = null;

  constructor({backend = null}: {backend?: BackendName | null} = {}) {
    this.#backend = backend;
    this.#worker = new Worker(import.meta.resolve("../../vendor/engine.js"), {type: "module"});
    this.#connection = new EngineConnection(this.#worker);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#connection.lose(`the worker stopped: ${event.message || "it could not be loaded"}`);
    };
    this.#worker.onmessageerror = () =>
      this.#connection.lose("the worker sent something unreadable");
  }

  /** Chooses the backend; later calls give the same report. */
  start(onTrial?: (trial: BackendTrial) => void): Promise<DeviceReport> {
    return (this.#report ??= this.#connection.call(
      "start",
      {backend: this.#backend, wasmPaths: wasmPaths()},
      {onProgress: onTrial}
    ));
  }

  /** Runs one call, after the start. @see EngineConnection.call */
  async call<Name extends Exclude<EngineCallName, "start">>(
    type: Name,
    input: EngineCalls[Name]["input"],
    options?: CallOptions<Name>
  ): Promise<EngineCalls[Name]["output"]> {
    await this.start();
    return this.#connection.call(type, input, options);
  }

  /** Ends the worker; calls that wait are rejected. */
  terminate(): void {
    this.#worker.terminate();
    this.#connection.lose("the worker was ended");
  }
}
