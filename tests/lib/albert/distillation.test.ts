import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import type {AlbertConfig} from "../../../src/lib/albert/config.js";
import {
  distilbertWeights,
  distillationLoss,
  softTargets,
  stateCosine,
  studentFrom,
  teacherSignal
} from "../../../src/lib/albert/distillation.js";
import {lossAndGradients} from "../../../src/lib/albert/gradients.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {plainStepper} from "../../../src/lib/albert/plainStepper.js";
import {lowerPretraining} from "../../../src/lib/albert/plan/lower.js";
import {wasmBytes, WasmExecutor} from "../../../src/lib/albert/plan/wasm.js";
import {wasmStepper} from "../../../src/lib/albert/plan/wasmStepper.js";
import {wasmTeacher} from "../../../src/lib/albert/plan/wasmTeacher.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import {useBackend} from "./backends.js";
import {randomBatch, randomCase} from "./plan/cases.js";

beforeAll(() => useBackend("cpu"));

/** A student of a random shape without dropout, a deeper teacher, and a batch. */
function makePair(seed: number) {
  const {config, shape} = randomCase(seed);
  const student: AlbertConfig = {
    ...config,
    architecture: "AlbertForMaskedLM",
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0
  };
  const teacher: AlbertConfig = {
    ...student,
    sharing: "none",
    numHiddenLayers: 2 * config.numHiddenLayers
  };
  return {
    student,
    shape,
    batch: randomBatch(student, shape, seed),
    data: initParameters(student, seed),
    teacher: {
      config: teacher,
      parameters: initParameters(teacher, seed + 100),
      weights: distilbertWeights
    }
  };
}

describe("softTargets and stateCosine", () => {
  test("by hand: two classes, T = 2", () => {
    const gradient = Float32Array.of(0.5, -0.5);
    const weights = {temperature: 2, soft: 5, mlm: 2, cosine: 1};
    const [student, teacher] = [Float32Array.of(0, 0), Float32Array.of(2 * Math.log(3), 0)];
    // teacher 3/4, 1/4 at T = 2, student 1/2, 1/2: KL = ¾ ln 1.5 + ¼ ln 0.5
    const loss = softTargets(student, teacher, Float32Array.of(1), weights, gradient);
    expect(loss).toBeCloseTo(4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)), 6);
    expect(gradient[0]).toBeCloseTo(2 * 0.5 + 5 * 2 * (0.5 - 0.75), 6);
    expect(gradient[1]).toBeCloseTo(2 * -0.5 + 5 * 2 * (0.5 - 0.25), 6);
    const states = new Float32Array(4);
    const apart = stateCosine(
      Float32Array.of(1, 0, 3, 4),
      Float32Array.of(0, 2, 9, 9),
      [1, 0],
      3,
      states
    );
    expect(apart).toBe(1); // at right angles; the second piece is padding
    expect([...states].map((x) => x + 0)).toEqual([0, -3, 0, 0]);
  });

  test("a student that is its teacher has nothing to learn from it", () => {
    const x = Float32Array.of(0.3, -1, 2, 0.5);
    const gradient = new Float32Array(4);
    expect(softTargets(x, x, Float32Array.of(1, 1), distilbertWeights, gradient)).toBeCloseTo(
      0,
      12
    );
    expect(stateCosine(x, x, [1, 1], 1, gradient)).toBeCloseTo(0, 12);
    for (const g of gradient) expect(Math.abs(g)).toBeLessThan(1e-6);
  });
});

describe("distillation on WebAssembly", () => {
  test("gives the loss and the gradients of the plain form, which are autodiff's", async () => {
    for (let seed = 1; seed <= 12; ++seed) {
      const {student, shape, batch, data, teacher} = makePair(seed);
      const executor = new WasmExecutor(lowerPretraining(student, shape, true));
      executor.setParameters(data);
      executor.setBatch(batch, null);
      const loss = wasmTeacher(teacher).runStep(executor, batch);
      const got = executor.gradients();

      const guide = uploadParameters(teacher.parameters);
      const signal = await teacherSignal(guide, batch, teacher.config);
      const params = uploadParameters(data);
      tf.tidy(() => {
        const {result, gradients} = lossAndGradients(params, () =>
          distillationLoss(params, batch, student, signal, teacher.weights)
        );
        expect(loss).toBeCloseTo(result.loss.dataSync()[0]!, 3);
        const largest = Math.max(
          ...[...gradients.values()].map((g) => tf.max(tf.abs(g)).dataSync()[0]!)
        );
        for (const [name, gradient] of gradients) {
          const expected = gradient.dataSync();
          expected.forEach((value, i) =>
            expect(
              Math.abs(got.get(name)![i]! - value),
              `seed ${seed}: ${name} at ${i}`
            ).toBeLessThan(1e-3 * largest)
          );
        }
      });
      disposeParameters(params);
      disposeParameters(guide);
    }
  });

  test("a step changes the weights as the plain stepper's does, and brings the two together", async () => {
    const {student, shape, batch, data, teacher} = makePair(3);
    const settings = {
      optimizer: "adamw" as const,
      options: {},
      maxGradientNorm: 1,
      seed: 1,
      teacher: {...teacher, weights: {...distilbertWeights, mlm: 0}}
    };
    const before = tf.memory().numTensors;
    const [fast, plain] = [
      wasmStepper(student, data, settings),
      plainStepper(student, data, settings)
    ];
    const losses: number[] = [];
    for (let step = 0; step < 60; ++step) {
      const result = await fast.step(batch, step, 0.02);
      if ("diverged" in result) throw new Error(result.diverged);
      losses.push(result.loss);
      if (step > 1) continue;
      const other = await plain.step(batch, step, 0.02);
      if ("diverged" in other) throw new Error(other.diverged);
      expect(result.loss).toBeCloseTo(other.loss, 3);
      expect(result.gradientNorm / other.gradientNorm).toBeCloseTo(1, 3);
    }
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(fast.memoryBytes()).toBe(
      wasmBytes(lowerPretraining(student, shape, true)) +
        wasmBytes(lowerPretraining(teacher.config, shape, true))
    );
    plain.dispose();
    fast.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("studentFrom(teacher, student, initial)", () => {
  test("takes embeddings and head as they are, and every second layer", () => {
    const {teacher} = makePair(5);
    const deep = {...teacher.config, numHiddenLayers: 4};
    const from = {config: deep, parameters: initParameters(deep, 9)};
    const shallow = {...deep, numHiddenLayers: 2};
    const made = studentFrom(from, shallow, initParameters(shallow, 1));
    const at = (layer: number) =>
      `albert.encoder.albert_layer_groups.${layer}.albert_layers.0.ffn.weight`;
    expect(made.get(at(0))!.data).toEqual(from.parameters.get(at(0))!.data);
    expect(made.get(at(1))!.data).toEqual(from.parameters.get(at(2))!.data);
    for (const name of ["albert.embeddings.word_embeddings.weight", "predictions.dense.weight"])
      expect(made.get(name)!.data).toEqual(from.parameters.get(name)!.data);
    made.get(at(0))!.data.fill(7);
    expect(from.parameters.get(at(0))!.data[0]).not.toBe(7);
  });
});
