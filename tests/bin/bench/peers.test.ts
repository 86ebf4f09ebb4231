import {describe, expect, test} from "vitest";
import {browserPeers} from "../../../bin/bench/peers.js";

const titles = (backend: Parameters<typeof browserPeers>[0]) =>
  browserPeers(backend, () => true).there.map(({title}) => title);

describe("browserPeers(backend)", () => {
  test("has jax-js on the graphics card only where TensorFlow.js is on WebGPU", () => {
    expect(titles("wasm")).toEqual(["jax-js wasm", "onnxruntime-web wasm"]);
    expect(titles("cpu")).toEqual(["jax-js wasm", "onnxruntime-web wasm"]);
    expect(titles("webgpu")).toEqual(["jax-js webgpu", "onnxruntime-web wasm"]);
  });

  test("names what is not installed, with the command that installs it", () => {
    const how = "(npm ci --prefix bench --ignore-scripts installs it)";
    const {there, skipped} = browserPeers("webgpu", (name) => name === "onnxruntime-web");
    expect(there.map(({module}) => module)).toEqual(["onnx.mjs"]);
    expect(skipped).toEqual([`jax-js webgpu ${how}`]);
    expect(browserPeers("wasm", () => false)).toEqual({
      there: [],
      skipped: [`jax-js wasm ${how}`, `onnxruntime-web wasm ${how}`]
    });
  });
});
