/** The page's handle on the worker that owns every tensor. */
import {scriptUrl} from "../trustedTypes.js";
import {EngineConnection, EngineLostError, type CallOptions, type EngineHandle} from "./calls.js";
import {passedBefore, rememberPassed} from "./passedBefore.js";
import {
  backendNames,
  type BackendName,
  type BackendTrial,
  type DeviceReport,
  type LostEngine,
  type WasmPaths
} from "./deviceCalls.js";
import {type EngineCallName, type EngineCalls} from "./protocol.js";

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

/** Calls that move files about and compute nothing: they need no backend. */
const withoutBackend: readonly EngineCallName[] = ["branch", "exportRuns", "importRuns"];

/** Calls that read before they compute: they begin while the backend is chosen, and wait for it themselves. */
const besideStart: readonly EngineCallName[] = ["restore"];

/** Backends that gave wrong numbers on this page: no engine of it tries them again. */
const refused = new Set<BackendName>();

/** A worker with its connection; the first call that computes starts the device ladder. */
export class Engine implements EngineHandle {
  readonly #worker: Worker;
  readonly #connection: EngineConnection;
  readonly #backend: BackendName | null;
  readonly #without: readonly BackendName[];
  readonly #passed: LostEngine;
  readonly #script = import.meta.resolve("../../vendor/engine.js");
  #report: Promise<DeviceReport> | null = null;

  /**
   * @param options.backend the only backend to use, or null for the ladder
   * @param options.without backends not to try
   * @param options.passed what an engine before this one had chosen when its device was lost, if any was
   */
  constructor({
    backend = null,
    without = [],
    passed = null
  }: {
    backend?: BackendName | null;
    without?: readonly BackendName[];
    passed?: LostEngine;
  } = {}) {
    this.#backend = backend;
    this.#without = [...without, ...refused];
    this.#passed = passed;
    this.#worker = new Worker(scriptUrl(this.#script), {type: "module"});
    this.#connection = new EngineConnection(this.#worker);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#connection.lose(`the worker stopped: ${event.message || "it could not be loaded"}`);
    };
    this.#worker.onmessageerror = () =>
      this.#connection.lose("the worker sent something unreadable");
  }

  /** Whether the worker is gone: it answers no more. */
  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Chooses the backend; later calls give the same report. */
  start(onTrial?: (trial: BackendTrial) => void): Promise<DeviceReport> {
    return (this.#report ??= this.#start(onTrial));
  }

  async #start(onTrial?: (trial: BackendTrial) => void): Promise<DeviceReport> {
    const report = await this.#connection.call(
      "start",
      {
        backend: this.#backend,
        without: this.#without,
        passed: this.#passed === "untested" ? passedBefore(this.#script) : this.#passed,
        wasmPaths: wasmPaths()
      },
      {onProgress: onTrial}
    );
    rememberPassed(this.#script, report);
    return report;
  }

  /** Runs one call, after the start. @see EngineConnection.call */
  async call<Name extends Exclude<EngineCallName, "start">>(
    type: Name,
    input: EngineCalls[Name]["input"],
    options?: CallOptions<Name>
  ): Promise<EngineCalls[Name]["output"]> {
    if (besideStart.includes(type)) this.start().catch(() => undefined);
    else if (!withoutBackend.includes(type)) await this.start();
    try {
      return await this.#connection.call(type, input, options);
    } catch (error) {
      if (error instanceof EngineLostError && error.isRefused && this.#report)
        refused.add((await this.#report).backend);
      throw error;
    }
  }

  /** Ends the worker; calls that wait are rejected. */
  terminate(): void {
    this.#worker.terminate();
    this.#connection.lose("the worker was ended");
  }
}
