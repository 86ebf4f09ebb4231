import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {chooseBackend, DeviceLostError} from "../../../src/lib/engine/backend.js";
import type {BackendTrial, DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {useForwardExecutor} from "../../../src/lib/albert/forward.js";
import {useBackend} from "../albert/backends.js";

/** A graphics backend that can compute nothing, and whose device is lost or not. */
function registerBroken(isLost: boolean, name = "webgpu"): void {
  const broken = Object.create(tf.KernelBackend.prototype) as tf.KernelBackend;
  const lost = isLost
    ? Promise.resolve({message: "gone", reason: "unknown"})
    : new Promise(() => {});
  tf.registerBackend(name, () => Object.assign(broken, {device: {lost}, dispose: () => {}}));
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

  test("tests again after a loss only what is not the adapter that passed", async () => {
    await useBackend("wasm");
    registerBroken(false, "webgl");
    const offer = (adapter: string | null) => ({
      ...options,
      webgl: {inspect: async () => ({adapter})}
    });
    const trial: BackendTrial = {
      name: "webgl",
      outcome: "chosen",
      reason: "forward and gradient agree with the cpu",
      elapsedMs: 12,
      compileMs: null,
      gradientError: 1e-7
    };
    const report: DeviceReport = {backend: "webgl", forced: null, trials: [trial], adapter: "Mesa"};
    const same = await chooseBackend(offer("Mesa"), {passed: report});
    expect(same).toMatchObject({backend: "webgl", adapter: "Mesa"});
    expect(same.trials.find(({name}) => name === "webgl")).toEqual({
      ...trial,
      reason: "it agreed with the cpu on this adapter before its device was lost"
    });
    // the broken one cannot pass a test: it is refused as soon as it has to take one
    for (const [adapter, passed] of [
      ["another", report],
      [null, {...report, adapter: null}],
      ["Mesa", {...report, backend: "webgpu" as const}],
      ["Mesa", null]
    ] as const)
      expect((await chooseBackend(offer(adapter), {passed})).backend).toBe("wasm");
    tf.removeBackend("webgl");
  });

  test("takes a whole plan that agreed on this adapter before a loss, and tests one that did not", async () => {
    await useBackend("wasm");
    registerBroken(false, "webgpu");
    const offer = {...options, webgpu: {inspect: async () => ({adapter: "Mesa"})}};
    const after = (reason: string): DeviceReport => ({
      backend: "webgpu",
      forced: null,
      trials: [
        {
          name: "webgpu",
          outcome: "chosen",
          reason,
          elapsedMs: 12,
          compileMs: null,
          gradientError: 1e-7
        }
      ],
      adapter: "Mesa"
    });
    const agrees = "its compiled plan agrees with the cpu";
    const lost = "it agreed with the cpu on this adapter before its device was lost";
    try {
      for (const reason of [agrees, `${agrees}; ${lost}`]) {
        const {backend, trials} = await chooseBackend(offer, {passed: after(reason)});
        expect(backend).toBe("webgpu");
        expect(trials[0]!.reason).toBe(`${agrees}; ${lost}`);
      }
      // this broken one passes no test
      for (const reason of [
        `${agrees}, but derivatives of its answers are refused: a gradient is off`,
        "forward and gradient agree with the cpu; its compiled plan is refused: an answer is off"
      ])
        expect((await chooseBackend(offer, {passed: after(reason)})).backend).toBe("wasm");
    } finally {
      useForwardExecutor(null);
      tf.removeBackend("webgpu");
    }
  });
});
