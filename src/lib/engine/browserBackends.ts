/** The rungs of a browser: registers tfjs's backends and looks at what the browser offers. */
import "@tensorflow/tfjs-backend-cpu";
import {setWasmPaths} from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import {adapterName, isSoftwareAdapter} from "../albert/plan/webgpu/adapter.js";
import type {BackendOptions} from "./backend.js";
import type {WasmPaths} from "./deviceCalls.js";
import {isEmulated, rendererName} from "./webgl/renderer.js";
import {shareShaders} from "./webgl/sharedShaders.js";

/** @param wasmPaths addresses of the served .wasm files */
export function browserBackends(wasmPaths: WasmPaths): BackendOptions {
  setWasmPaths(wasmPaths);
  shareShaders();
  return {
    webgpu: {inspect: inspectWebgpu},
    webgl: {inspect: async () => inspectWebgl()},
    wasm: {
      inspect: async () =>
        typeof WebAssembly === "undefined" ? {absent: "this browser has no WebAssembly"} : {}
    },
    cpu: {inspect: async () => ({})}
  };
}

async function inspectWebgpu() {
  if (!("gpu" in navigator) || !navigator.gpu) return {absent: "this browser has no WebGPU"};
  const adapter = await navigator.gpu.requestAdapter({powerPreference: "high-performance"});
  if (!adapter) return {absent: "WebGPU is there, but no adapter"};
  const name = adapterName(adapter.info);
  const isSoftware = isSoftwareAdapter(adapter.info);
  return {adapter: name, ...(isSoftware && {slow: `the adapter is software (${name})`})};
}

function inspectWebgl() {
  if (typeof OffscreenCanvas === "undefined")
    return {absent: "this browser has no WebGL in workers"};
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) return {absent: "this browser gives no WebGL 2 context"};
  const name = rendererName(gl);
  const isSoftware = isEmulated(gl);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return {adapter: name, ...(isSoftware && {slow: `the renderer is software (${name})`})};
}
