import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {disposeEncoded, encode, useForwardExecutor} from "../../../src/lib/albert/forward.js";
import {LazyParameters} from "../../../src/lib/albert/lazyParameters.js";
import {
  disposeParameters,
  initParameters,
  uploadParameters,
  type Parameters
} from "../../../src/lib/albert/params.js";
import {releaseForwardPlans} from "../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../src/lib/albert/plan/onPlan.js";
import {WasmForward} from "../../../src/lib/albert/plan/wasmForward.js";
import type {WeightSource} from "../../../src/lib/albert/plan/wasmInference.js";
import {useBackend} from "./backends.js";
import {tinyConfig, tinyInputs} from "./tiny.js";

const config = tinyConfig();
const states = (params: Parameters) => {
  const encoded = encode(params, tinyInputs, config);
  const values = encoded.sequenceOutput.dataSync<"float32">().slice();
  disposeEncoded(encoded);
  return values;
};

describe("LazyParameters", () => {
  beforeAll(() => useBackend("wasm"));

  test("is the map that uploading at once gives, and frees what it made", () => {
    const data = initParameters(config, 1);
    const before = tf.memory().numTensors;
    const lazy = new LazyParameters(data);
    expect(lazy.size).toBe(data.size);
    expect([...lazy.keys()]).toEqual([...data.keys()]);
    expect(tf.memory().numTensors).toBe(before);
    const [name] = data.keys();
    expect(lazy.has(name!) && !lazy.has("nothing") && lazy.get("nothing") === undefined).toBe(true);
    expect(tf.tidy(() => lazy.get(name!)) === lazy.get(name!)).toBe(true);
    expect(tf.memory().numTensors).toBe(before + 1);
    const eager = uploadParameters(data);
    expect([...new Map(lazy)].map(([key, tensor]) => [key, tensor.shape])).toEqual(
      [...eager].map(([key, tensor]) => [key, tensor.shape])
    );
    expect(states(lazy)).toEqual(states(eager));
    disposeParameters(eager);
    lazy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a plan takes its numbers once, without a tensor, and those of other numbers anew", () => {
    useForwardExecutor(onPlan);
    const {load} = WasmForward.prototype;
    let taken = 0;
    const spy = vi.spyOn(WasmForward.prototype, "load").mockImplementation(function (
      this: WasmForward,
      ready,
      source
    ) {
      load.call(this, ready, (name): WeightSource => {
        const {version, read} = source(name);
        return {version, read: () => (++taken, read())};
      });
    });
    const [first, second] = [initParameters(config, 1), initParameters(config, 2)];
    const before = tf.memory().numTensors;
    const a = states(new LazyParameters(first));
    const all = taken;
    expect(all).toBeGreaterThan(10);
    expect(states(new LazyParameters(first))).toEqual(a);
    expect(taken).toBe(all);
    expect(states(new LazyParameters(second))).not.toBeAllClose(a, {atol: 1e-3});
    expect(taken).toBe(2 * all);
    expect(tf.memory().numTensors).toBe(before);
    spy.mockRestore();
    useForwardExecutor(null);
    releaseForwardPlans();
  });
});
