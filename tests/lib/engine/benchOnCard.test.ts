import * as tf from "@tensorflow/tfjs-core";
import {MathBackendCPU} from "@tensorflow/tfjs-backend-cpu";
import {expect, test, vi} from "vitest";
import {useNodeBackend} from "../../../bin/nodeBackends.js";
import type {Contender} from "../../../src/lib/albert/bench/contenders.js";
import {bench} from "../../../src/lib/engine/benchCalls.js";

// each does nothing and says how it was made
vi.mock("../../../src/lib/albert/bench/contenders.js", () => {
  const named = (name: string): Contender => ({
    name,
    step: async () => ({loss: 1}),
    forward: async () => ({loss: 1}),
    dispose() {}
  });
  return {
    planContender: named,
    stockContender: named,
    plainContender: named,
    webgpuContender: (name: string, device: unknown) => named(`${name}: ${String(device)}`)
  };
});

const measure = async () => {
  const {signal} = new AbortController();
  const {rows, executor} = (await bench({shape: "phone", rounds: 1}, {report: () => {}, signal}))!;
  return {executor, names: rows.slice(0, rows.length / 2).map(({contender}) => contender)};
};

test("what training would run comes first: on a graphics device its plan there, then the processor's", async () => {
  await useNodeBackend("cpu");
  expect(await measure()).toEqual({
    executor: expect.stringMatching(/^plan on WebAssembly SIMD/),
    names: ["plan", "tfjs cpu", "plain form on tfjs cpu"]
  });
  tf.registerBackend("webgpu", () => Object.assign(new MathBackendCPU(), {device: "the card"}));
  await tf.setBackend("webgpu");
  expect(await measure()).toEqual({
    executor: expect.stringMatching(/^compiled plan on WebGPU; plan on WebAssembly SIMD/),
    names: [
      "plan on WebGPU: the card",
      "plan on WebAssembly",
      "tfjs webgpu",
      "plain form on tfjs webgpu"
    ]
  });
});
