/** Learning from a teacher on WebGPU by Dawn, against WebAssembly and the plain form. */
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {distilbertWeights} from "../../../../../src/lib/albert/distillation.js";
import {plainStepper} from "../../../../../src/lib/albert/plainStepper.js";
import {checkPlan} from "../../../../../src/lib/albert/plan/check.js";
import {layOutBuffers} from "../../../../../src/lib/albert/plan/layout.js";
import {lowerPretraining} from "../../../../../src/lib/albert/plan/lower.js";
import {lowerMaskedAnswers} from "../../../../../src/lib/albert/plan/maskedAnswers.js";
import {wasmStepper} from "../../../../../src/lib/albert/plan/wasmStepper.js";
import {inferenceBytes} from "../../../../../src/lib/albert/plan/webgpu/inference.js";
import {webgpuBytes} from "../../../../../src/lib/albert/plan/webgpu/trainer.js";
import {webgpuStepper} from "../../../../../src/lib/albert/plan/webgpuStepper.js";
import {initParameters} from "../../../../../src/lib/albert/specs.js";
import type {StepperSettings, StepResult} from "../../../../../src/lib/albert/stepper.js";
import {useBackend} from "../../backends.js";
import {dawnIsMissing, useDawnDevice} from "../../dawn.js";
import {randomBatch, randomCase} from "../cases.js";

beforeAll(() => useBackend("cpu"));

/** A student of a random shape with dropout, a deeper teacher without, and batches. */
function makePair(seed: number) {
  const {config, shape} = randomCase(seed);
  const student = {...config, architecture: "AlbertForMaskedLM"} as const;
  const deep = {...student, sharing: "none", numHiddenLayers: 2 * config.numHiddenLayers} as const;
  const settings: StepperSettings = {
    optimizer: "adamw",
    options: {epsilon: 1e-4},
    maxGradientNorm: 1,
    seed,
    teacher: {
      config: deep,
      parameters: initParameters(deep, seed + 100),
      weights: {...distilbertWeights, temperature: 1.5 + (seed % 2)}
    }
  };
  const batches = [0, 1, 2].map((step) => randomBatch(student, shape, 10 * seed + step));
  return {student, deep, shape, settings, batches, data: initParameters(student, seed)};
}

const made = (result: StepResult) => {
  if ("diverged" in result) throw new Error(result.diverged);
  return result;
};

test("what a teacher is asked is lowered without a fault for 200 random models", () => {
  for (let seed = 0; seed < 200; ++seed) {
    const {deep, shape} = makePair(seed);
    const plan = lowerMaskedAnswers(deep, shape);
    const layout = layOutBuffers(plan.buffers, plan.instructions, 0);
    expect(checkPlan(plan, layout), `seed ${seed}`).toEqual([]);
    expect([plan.logits.rows, plan.logits.columns]).toEqual([shape.slots, deep.vocabSize]);
  }
});

const missing = dawnIsMissing();
if (missing) console.log(`a teacher on WebGPU: skipped: ${missing}`);

describe.skipIf(missing)("a taught step on WebGPU", {timeout: 120_000}, () => {
  const device = useDawnDevice();
  const complaints: string[] = [];
  beforeAll(() =>
    device().addEventListener("uncapturederror", ({error}) => void complaints.push(error.message))
  );

  test.each([
    ["an adapter in software", null],
    ["a card", {vendor: "nvidia", description: "a card"}]
  ])("is that of the plain form and of WebAssembly, as on %s", async (_, info) => {
    // What the device is decides how its kernels share out their work.
    if (info) Object.defineProperty(device(), "adapterInfo", {value: info});
    for (let seed = 1; seed <= 3; ++seed) {
      const {student, settings, batches, data} = makePair(seed);
      const before = tf.memory().numTensors;
      const steppers = [
        plainStepper(student, data, settings),
        wasmStepper(student, data, settings),
        webgpuStepper(device(), student, data, settings)
      ] as const;
      for (const [step, batch] of batches.entries()) {
        const [plain, wasm, webgpu] = [
          made(await steppers[0].step(batch, step, 0.01)),
          made(await steppers[1].step(batch, step, 0.01)),
          made(await steppers[2].step(batch, step, 0.01))
        ];
        for (const other of [plain, wasm]) {
          expect(webgpu.loss / other.loss, `seed ${seed}`).toBeCloseTo(1, 3);
          expect(webgpu.gradientNorm / other.gradientNorm, `seed ${seed}`).toBeCloseTo(1, 3);
        }
        expect(webgpu.mlmLoss).toBeCloseTo(wasm.mlmLoss, 3);
        expect(webgpu.mlmCount).toBe(wasm.mlmCount);
      }
      const [asked, known] = [
        await steppers[2].evaluate(batches[0]!),
        await steppers[1].evaluate(batches[0]!)
      ];
      expect(asked.loss).toBeCloseTo(known.loss, 3); // of the text alone
      expect(asked.loss).toBe(asked.mlmLoss);
      const [expected, got] = [await steppers[1].parameters(), await steppers[2].parameters()];
      let [moved, apart] = [0, 0];
      for (const [name, {data: values}] of expected) {
        // Softmax does not see the keys' bias: its gradient is rounding, which Adam makes steps of.
        if (name.endsWith("attention.key.bias")) continue;
        values.forEach((x, i) => {
          moved += (x - data.get(name)!.data[i]!) ** 2;
          apart += (x - got.get(name)!.data[i]!) ** 2;
        });
      }
      expect(Math.sqrt(apart / moved), `seed ${seed}`).toBeLessThan(0.01);
      steppers.forEach((stepper) => stepper.dispose());
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(complaints).toEqual([]);
  });

  test("gives the same bits again, and takes the memory that was predicted", async () => {
    const {student, deep, shape, settings, batches, data} = makePair(4);
    const run = async () => {
      const stepper = webgpuStepper(device(), student, data, settings);
      const requests = batches.map((batch, step) => ({batch, step, learningRate: 0.01}));
      const results = await stepper.steps!(requests);
      const parameters = await stepper.parameters();
      const bytes = stepper.memoryBytes();
      stepper.dispose();
      return {results, parameters, bytes};
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const own = webgpuBytes(lowerPretraining(student, shape, true), settings);
    expect(first.bytes).toBe(own + inferenceBytes(deep, lowerMaskedAnswers(deep, shape)));
  });

  test("several batches a step are learned from as on WebAssembly", async () => {
    const {student, settings, batches, data} = makePair(5);
    const [wasm, webgpu] = [
      wasmStepper(student, data, settings),
      webgpuStepper(device(), student, data, settings)
    ];
    for (let step = 0; step < 2; ++step) {
      const expected = made(await wasm.step(batches, step, 0.01));
      const got = made(await webgpu.step(batches, step, 0.01));
      expect(got.loss / expected.loss).toBeCloseTo(1, 3);
      expect(got.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 3);
    }
    for (const stepper of [wasm, webgpu]) stepper.dispose();
  });
});
