/** The compiled way back of answers, refused where it gives wrong numbers; all else stays compiled. */
import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test, vi} from "vitest";
import {encode} from "../../../src/lib/albert/forward.js";
import {gradients} from "../../../src/lib/albert/gradients.js";
import {dot} from "../../../src/lib/albert/ops/arithmetic.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {WasmGradients} from "../../../src/lib/albert/plan/wasmGradients.js";
import {chooseBackend} from "../../../src/lib/engine/backend.js";
import {hasPlan} from "../../../src/lib/engine/planTest.js";
import {useBackend} from "../albert/backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../albert/tiny.js";

/** Offers WebAssembly alone to the ladder. @returns why it was chosen */
async function wasmReason(): Promise<string> {
  const {trials} = await chooseBackend({wasm: {inspect: async () => ({})}}, {forced: "wasm"});
  return trials.find(({name}) => name === "wasm")!.reason;
}

describe("derivatives of answers that are wrong", () => {
  const config = tinyConfig();
  const numberOf = (states: tf.Tensor) => dot(states, tf.ones(states.shape)) as tf.Scalar;
  /** Derivatives by all parameters, and passes of the compiled way back that they took. */
  const derive = () => {
    const params = uploadParameters(tinyParameters(config));
    const backward = vi.spyOn(WasmGradients.prototype, "backward");
    const found = tf.tidy(() =>
      Array.from(
        gradients(params, () =>
          numberOf(encode(params, tinyInputs, config).sequenceOutput)
        ).values(),
        (tensor) => tensor.dataSync<"float32">().slice()
      )
    );
    disposeParameters(params);
    const passes = backward.mock.calls.length;
    backward.mockRestore();
    return {found, passes};
  };

  test("are refused alone and named, and the plain form gives them", async () => {
    await useBackend("wasm");
    expect(await wasmReason()).toMatch(/^its compiled plan agrees with the cpu, on /);
    const right = derive();
    expect(right.passes).toBe(1);

    const {backward} = WasmGradients.prototype;
    const wrong = vi.spyOn(WasmGradients.prototype, "backward");
    wrong.mockImplementation(function (this: WasmGradients, ...given) {
      const all = backward.apply(this, given);
      all.at(-1)![0]! += 1;
      return all;
    });
    const reason = await wasmReason();
    wrong.mockRestore();
    expect(reason).toMatch(
      /, but derivatives of its answers are refused: a gradient is off by \S+ \(allowed 0\.001\); the plain form gives them$/
    );
    expect(hasPlan("wasm")).toBe(true);
    const plain = derive();
    expect(plain.passes).toBe(0);
    plain.found.forEach((values, i) => expect(values).toBeAllClose(right.found[i]!, {atol: 1e-4}));
  });
});
