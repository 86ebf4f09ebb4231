import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {chooseBackend, DeviceLostError} from "../../../src/lib/engine/backend.js";
import {useBackend} from "../albert/backends.js";

/** A graphics backend that can compute nothing, and whose device is lost or not. */
function registerBroken(isLost: boolean): void {
  const broken = Object.create(tf.KernelBackend.prototype) as tf.KernelBackend;
  const lost = isLost
    ? Promise.resolve({message: "gone", reason: "unknown"})
    : new Promise(() => {});
  tf.registerBackend("webgpu", () => Object.assign(broken, {device: {lost}, dispose: () => {}}));
}

describe("chooseBackend", () => {
  const options = {
    webgpu: {inspect: async () => ({})},
    wasm: {inspect: async () => ({})},
    cpu: {inspect: async () => ({})}
  };

  test("refuses what cannot compute and takes the next rung", async () => {
    await useBackend("wasm");
    registerBroken(false);
    const {backend, trials} = await chooseBackend(options);
    expect(backend).toBe("wasm");
    expect(trials.find(({name}) => name === "webgpu")!.outcome).toBe("refused");
    await expect(chooseBackend(options, {forced: "webgpu"})).rejects.toThrow(
      "the backend that was asked for cannot be used: webgpu"
    );
    tf.removeBackend("webgpu");
  });

  test("does not hold the loss of a device against its backend", async () => {
    await useBackend("wasm");
    registerBroken(true);
    await expect(chooseBackend(options)).rejects.toThrow(DeviceLostError);
    await expect(chooseBackend(options)).rejects.toThrow(
      "the WebGPU device was lost (gone) while it was tried"
    );
    tf.removeBackend("webgpu");
  });
});
