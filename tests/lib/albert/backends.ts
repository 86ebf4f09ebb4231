import {createRequire} from "node:module";
import {dirname} from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import {setThreadsCount, setWasmPaths} from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

/** The backends that run on any machine and must agree to the bit with themselves. */
export const exactBackends = ["cpu", "wasm"] as const;

/** Makes a backend the active one; wasm runs on one thread, from node_modules. */
export async function useBackend(name: string): Promise<void> {
  tf.enableProdMode(); // or the cpu backend recommends tfjs's native addon
  if (name === "wasm") {
    const file = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(file)}/`);
    setThreadsCount(1);
  }
  if (!(await tf.setBackend(name))) throw new Error(`backend ${name} is not there`);
  await tf.ready();
}
