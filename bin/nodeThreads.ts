import {Worker} from "node:worker_threads";
import {useThreads, type SpawnThread} from "../src/lib/albert/plan/threads.js";

const spawn: SpawnThread = (source, input) => {
  const code = `(${source})(require("node:worker_threads").workerData)`;
  const worker = new Worker(code, {eval: true, workerData: input, execArgv: []});
  // it sleeps between steps: the terminal ends when its own work does
  worker.unref();
  return () => void worker.terminate();
};

/** Lets plans run on several threads of Node. */
export function useNodeThreads(threads: number): void {
  useThreads(threads, spawn);
}
