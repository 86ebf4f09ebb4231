import {createRequire} from "node:module";
import {dirname} from "node:path";
import {setThreadsCount, setWasmPaths} from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {useForwardExecutor} from "../src/lib/albert/forward.js";
import {onPlan} from "../src/lib/albert/plan/onPlan.js";
import {hasWasmSimd} from "../src/lib/albert/plan/kernels.js";
import {offerWebgpu} from "./dawn.js";

/** The backends of the terminal; the first is the default. */
export const nodeBackends = ["wasm", "cpu", "webgpu"] as const;
export type NodeBackend = (typeof nodeBackends)[number];

/**
 * Makes a backend the active one; wasm runs on one thread, so that the same call gives the same bits.
 *
 * @throws InputError where WebGPU is asked for and not there
 */
export async function useNodeBackend(name: NodeBackend = "wasm"): Promise<void> {
  // Otherwise the cpu backend recommends tfjs's native addon on stderr, where errors belong.
  tf.enableProdMode();
  if (name === "wasm") {
    const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(entry)}/`);
    setThreadsCount(1);
  }
  if (name === "webgpu") {
    await offerWebgpu();
    await import("@tensorflow/tfjs-backend-webgpu"); // looks for WebGPU when it is loaded
  }
  if (!(await tf.setBackend(name))) throw new Error(`backend ${name} could not be initialised`);
  await tf.ready();
  const hasPlan = name === "webgpu" || (name === "wasm" && hasWasmSimd());
  useForwardExecutor(hasPlan ? onPlan : null);
}
