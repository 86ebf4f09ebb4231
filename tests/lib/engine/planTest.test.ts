/** Refusals, really provoked: kernels that compute something else, and plans that do not fit. */
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {encode} from "../../../src/lib/albert/forward.js";
import {
  disposeParameters,
  initParameters,
  uploadParameters
} from "../../../src/lib/albert/params.js";
import {hasWasmSimd} from "../../../src/lib/albert/plan/kernels.js";
import {kernelsBase64} from "../../../src/lib/albert/plan/kernels.generated.js";
import {lowerPretraining} from "../../../src/lib/albert/plan/lower.js";
import {WasmExecutor, wasmBytes} from "../../../src/lib/albert/plan/wasm.js";
import {chooseBackend} from "../../../src/lib/engine/backend.js";
import {makeStepper} from "../../../src/lib/engine/makeStepper.js";
import {hasPlan} from "../../../src/lib/engine/planTest.js";
import {selfTestConfig, selfTestBatch} from "../../../src/lib/engine/selfTest.js";
import {InputError} from "../../../src/lib/errors.js";
import {useBackend} from "../albert/backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../albert/tiny.js";

/** `f32x4.sub` and `f32x4.add` as WebAssembly writes them. */
const [subtraction, addition] = [
  [0xfd, 0xe5, 0x01],
  [0xfd, 0xe4, 0x01]
];

/** The kernels with every subtraction of vectors made an addition: valid, and wrong. */
function broken(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  let changed = 0;
  for (let i = 0; i + 2 < bytes.length; ++i)
    if (subtraction.every((byte, j) => bytes[i + j] === byte)) {
      bytes.set(addition, i);
      ++changed;
    }
  expect(changed).toBeGreaterThan(10);
  // the relaxed ones are not valid everywhere to begin with
  expect(WebAssembly.validate(bytes)).toBe(WebAssembly.validate(Buffer.from(base64, "base64")));
  return bytes.toString("base64");
}

const settings = {optimizer: "adamw", options: {}, maxGradientNorm: 1, seed: 1} as const;

describe("an executor whose self-test fails", () => {
  beforeAll(async () => {
    const kernels = kernelsBase64 as unknown as Record<string, string>;
    for (const kind of ["simd", "relaxed"]) kernels[kind] = broken(kernels[kind]!);
    await useBackend("wasm");
    expect(hasWasmSimd()).toBe(true);
  });

  test("is refused and named, and the plain form trains and answers in its place", async () => {
    const {backend, trials} = await chooseBackend(
      {wasm: {inspect: async () => ({})}, cpu: {inspect: async () => ({})}},
      {forced: "wasm"}
    );
    expect(backend).toBe("wasm");
    expect(trials.find(({name}) => name === "wasm")!.reason).toMatch(
      /^forward and gradient agree with the cpu; its compiled plan is refused: .*; the plain form is used$/
    );
    expect(hasPlan("wasm")).toBe(false);
    const stepper = makeStepper(selfTestConfig, initParameters(selfTestConfig, 1), settings);
    expect(stepper.executor).toBe("plain operations on tfjs wasm");
    expect(await stepper.step(selfTestBatch, 0, 1e-3)).toHaveProperty("loss");
    stepper.dispose();

    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    const states = () =>
      tf.tidy(() => encode(params, tinyInputs, config).sequenceOutput.dataSync().slice());
    const answer = states();
    await tf.setBackend("cpu");
    expect(answer).toBeAllClose(states(), {atol: 1e-5});
    await tf.setBackend("wasm");
    disposeParameters(params);
  });
});

describe("a plan that does not fit", () => {
  test("is refused before anything is allocated, in a sentence", () => {
    const config = tinyConfig({maxPositionEmbeddings: 4096});
    const plan = lowerPretraining(config, {batch: 200, sequence: 4096, slots: 100});
    expect(wasmBytes(plan)).toBeGreaterThan(3 * 2 ** 30);
    const grow = WebAssembly.Memory.prototype.grow;
    let grown = 0;
    WebAssembly.Memory.prototype.grow = function (pages) {
      ++grown;
      return grow.call(this, pages);
    };
    try {
      expect(() => new WasmExecutor(plan)).toThrow(InputError);
      expect(() => new WasmExecutor(plan)).toThrow(
        /^a step of 200 rows of 4096 pieces needs [\d.]+ GiB, over the 3 GiB there are: make the batch, the rows or the model smaller$/
      );
      expect(grown).toBe(0);
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
  });

  test("says so too where the device gives less than it promised", () => {
    const plan = lowerPretraining(tinyConfig(), {batch: 3, sequence: 7, slots: 5});
    const grow = WebAssembly.Memory.prototype.grow;
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    };
    try {
      expect(() => new WasmExecutor(plan)).toThrow(
        /which this device does not give: make the batch/
      );
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
  });
});
