/** What crosses when an engine starts: the ladder of devices, and what was tried on it. */
/** The rungs of the device ladder, fastest first. */
export const backendNames = ["webgpu", "webgl", "wasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

/** What the start-up self-test found on one rung. */
export interface BackendTrial {
  name: BackendName;
  /** `skipped`: a faster rung was already chosen, or another one was asked for. */
  outcome: "chosen" | "refused" | "absent" | "skipped";
  /** Why, in words for a person. */
  reason: string;
  /** Milliseconds of the forward-and-gradient test; null where it did not run. */
  elapsedMs: number | null;
  /** Of these, until the compiled step was ready to run; null where there was none. */
  compileMs: number | null;
  /** Largest |gradient − cpu gradient| over the largest |cpu gradient|; null where it did not run. */
  gradientError: number | null;
}

/** Which backend runs, and why. */
export interface DeviceReport {
  backend: BackendName;
  /** The one asked for by `?backend=`, or null for the ladder. */
  forced: BackendName | null;
  trials: BackendTrial[];
  /** Name of the adapter or processor where the platform tells it. */
  adapter: string | null;
}

/**
 * What the engine before this one had chosen when it was lost; `untested` where it was lost before it had
 * chosen any, null where there was none.
 */
export type LostEngine = DeviceReport | "untested" | null;

/** Where the served .wasm files of tfjs are, by their published names. */
export type WasmPaths = Record<string, string>;

/** The call that every other waits for. */
export interface DeviceCalls {
  start: {
    input: {
      backend: BackendName | null;
      /** Rungs not to try. */
      without: readonly BackendName[];
      /** What was chosen before its device was lost, if it was. */
      passed: DeviceReport | null;
      wasmPaths: WasmPaths;
    };
    progress: BackendTrial;
    output: DeviceReport;
  };
}
