/** DuckDB's browser worker, the very files the site serves, in a Node thread: for tests only. */
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {dirname, join} from "node:path";
import {Worker as Thread} from "node:worker_threads";
import {bootScript, handOver} from "../../../src/lib/store/duckdb/boot.js";

const dist = dirname(createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm"));
const script = join(dist, "duckdb-browser-eh.worker.js");

/** What a browser's worker has and a thread has not; every request is counted and refused. */
const prelude = `
const {parentPort} = require("node:worker_threads");
const vm = require("node:vm");
const {readFileSync} = require("node:fs");
globalThis.self = globalThis;
globalThis.location = {href: "file:///duck/", origin: "null"};
globalThis.WorkerGlobalScope = function () {};
globalThis.importScripts = (path) => vm.runInThisContext(readFileSync(path, "utf8"), {filename: path});
globalThis.postMessage = (data, transfer) => parentPort.postMessage(data, transfer);
globalThis.XMLHttpRequest = class {
  open(method, url) { postMessage({request: String(url)}); throw new Error("no network in tests"); }
};
globalThis.process = undefined;
parentPort.on("message", (data) => globalThis.onmessage?.({data}));
`;

/** The compiled engine, once for all tests of a file. */
export const moduleOf = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(readFileSync(join(dist, "duckdb-eh.wasm")));

/** Starts a worker as the page does; `requests` fills with addresses the engine tried to reach. */
export async function startThread(
  module: WebAssembly.Module,
  requests: string[] = []
): Promise<Worker> {
  const thread = new Thread(prelude + bootScript(script), {eval: true});
  const target = new EventTarget();
  thread.on("message", (data: {request?: string}) => {
    if (data?.request) requests.push(data.request);
    else target.dispatchEvent(new MessageEvent("message", {data}));
  });
  thread.on("error", (error) =>
    target.dispatchEvent(Object.assign(new Event("error"), {message: error.message}))
  );
  const worker = Object.assign(target, {
    postMessage: (data: unknown, transfer?: ArrayBuffer[]) => thread.postMessage(data, transfer),
    terminate: () => void thread.terminate()
  }) as unknown as Worker;
  await handOver(worker, module, script);
  return worker;
}
