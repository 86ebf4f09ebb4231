import {scriptUrl} from "../../trustedTypes.js";
import {loadLimitMs} from "./limits.js";
import {unlessStopped} from "./unlessStopped.js";

/** Where the parts of DuckDB are served: hashed addresses on the site itself. */
export interface DuckAssets {
  /** Address of duckdb-browser-eh.worker.js, a classic script copied as it is. */
  worker: string;
  /** Address of duckdb-eh.wasm, about 34 MB. */
  wasm: string;
}

/** How far a download is; `total` is null when the server does not say or compresses on the way. */
export interface DownloadProgress {
  loaded: number;
  total: number | null;
}

/**
 * Fetches and compiles DuckDB, off the main thread, reporting bytes as they come.
 *
 * @param signal stops it, and the download with it
 * @throws Error when the file cannot be fetched or comes incomplete; the message names it
 * @throws QueryStopped when it was stopped
 */
export async function compileModule(
  url: string,
  onProgress?: (progress: DownloadProgress) => void,
  signal?: AbortSignal
): Promise<WebAssembly.Module> {
  return unlessStopped(download(url, onProgress, signal), signal, false);
}

async function download(
  url: string,
  onProgress?: (progress: DownloadProgress) => void,
  signal?: AbortSignal
): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url, {signal: signal ?? null});
  } catch (cause) {
    throw new Error(`could not fetch DuckDB from ${url}: is the connection down?`, {cause});
  }
  if (!response.ok || !response.body)
    throw new Error(`could not fetch DuckDB from ${url}: the server answered ${response.status}`);
  const length = Number(response.headers.get("content-length"));
  const total = length > 0 && !response.headers.get("content-encoding") ? length : null;
  let loaded = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        onProgress?.({loaded, total});
        controller.enqueue(chunk);
      }
    })
  );
  const headers = {"content-type": "application/wasm"};
  try {
    return await WebAssembly.compileStreaming(new Response(counted, {headers}));
  } catch (cause) {
    throw new Error(`DuckDB did not come whole from ${url}: run it again`, {cause});
  }
}

/**
 * The script of DuckDB's worker. It waits for the compiled module, hands it to the engine in place
 * of a second download (the engine's own download reports nothing when it fails), and loads the
 * engine's script, which then answers messages. The engine logs each error it also answers with; that
 * log is silenced.
 *
 * @param url absolute address of duckdb-browser-eh.worker.js
 */
export function bootScript(url: string): string {
  return `self.onmessage = ({data}) => {
  self.onmessage = null;
  self.fetch = () => Promise.resolve(new Response(""));
  console.log = () => {};
  WebAssembly.instantiateStreaming = (_, imports) =>
    WebAssembly.instantiate(data, imports).then((instance) => ({module: data, instance}));
  const rules = {createScriptURL: (address) => address};
  const policy = self.trustedTypes?.createPolicy("duckdb", rules) ?? rules;
  importScripts(policy.createScriptURL(${JSON.stringify(url)}));
  self.postMessage("ready");
};`;
}

/**
 * Starts DuckDB's worker from a Blob, so that it lives under the page's own
 * Content-Security-Policy and can reach nothing but the site, and gives it the compiled module.
 *
 * @throws Error when the worker's script cannot be loaded
 */
export async function startWorker(url: string, module: WebAssembly.Module): Promise<Worker> {
  const blob = URL.createObjectURL(new Blob([bootScript(url)], {type: "text/javascript"}));
  const worker = new Worker(scriptUrl(blob));
  URL.revokeObjectURL(blob);
  await handOver(worker, module, url);
  return worker;
}

/**
 * Sends the module to a worker that runs {@link bootScript} and waits until the engine is there.
 *
 * @param limitMs how long to wait for it
 */
export async function handOver(
  worker: Worker,
  module: WebAssembly.Module,
  url: string,
  limitMs = loadLimitMs
): Promise<void> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const there = new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      worker.terminate();
      reject(new Error(`could not start DuckDB from ${url}: ${reason}`));
    };
    worker.addEventListener("message", () => resolve(), {once: true});
    worker.addEventListener("error", ({message}) => fail(message || "script failed"), {once: true});
    clock = setTimeout(() => fail(`no answer for ${limitMs / 1000} s`), limitMs);
    worker.postMessage(module);
  });
  await there.finally(() => clearTimeout(clock));
}
