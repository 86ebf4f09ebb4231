import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {lossAndGradients} from "../../../../src/lib/albert/gradients.js";
import {pretrainingLoss} from "../../../../src/lib/albert/loss.js";
import {
  disposeParameters,
  initParameters,
  uploadParameters
} from "../../../../src/lib/albert/params.js";
import {lowerPretraining} from "../../../../src/lib/albert/plan/lower.js";
import {WasmExecutor} from "../../../../src/lib/albert/plan/wasm.js";
import {useBackend} from "../backends.js";
import {randomBatch, randomCase} from "./cases.js";

beforeAll(() => useBackend("cpu"));

const dropout = {seed: 5, step: 3};

describe("WasmExecutor.runStep()", () => {
  test("gives the losses and gradients of the plain form on 200 random models", () => {
    const errors: number[] = [];
    for (let seed = 0; seed < 200; ++seed) {
      const {config, shape} = randomCase(seed);
      const batch = randomBatch(config, shape, seed);
      const data = initParameters(config, seed);
      const executor = new WasmExecutor(lowerPretraining(config, shape));
      executor.setParameters(data);
      executor.setBatch(batch, dropout);
      executor.runStep();

      const params = uploadParameters(data);
      tf.tidy(() => {
        const {result, gradients} = lossAndGradients(params, () =>
          pretrainingLoss(params, batch, config, {dropout})
        );
        const mlm = executor.output(executor.plan.mlmOut);
        expect(mlm.loss).toBeCloseTo(result.mlmLoss.dataSync()[0]!, 4);
        expect(mlm.correct).toBe(result.mlmCorrect.dataSync()[0]!);
        if (result.sentenceLoss) {
          const sentence = executor.output(executor.plan.sentenceOut!);
          expect(sentence.loss).toBeCloseTo(result.sentenceLoss.dataSync()[0]!, 4);
          expect(sentence.correct).toBe(result.sentenceCorrect!.dataSync()[0]!);
        }
        const got = executor.gradients();
        const all = [...gradients.values()].map((g) => tf.max(tf.abs(g)).dataSync()[0]!);
        const largest = Math.max(...all);
        for (const [name, gradient] of gradients) {
          const expected = gradient.dataSync();
          const scale = Math.max(...expected.map(Math.abs));
          const actual = got.get(name)!;
          let error = 0;
          for (let i = 0; i < expected.length; ++i)
            error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
          const relative = error / Math.max(scale, 0.01 * largest);
          expect(relative, `seed ${seed}: ${name}`).toBeLessThan(1e-3);
          errors.push(relative);
        }
      });
      disposeParameters(params);
    }
    // Layer norms of three numbers can amplify rounding; nearly all tensors agree far better.
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(5e-5);
  });

  test("gives the same bits every time", () => {
    const {config, shape} = randomCase(4);
    const runs = [0, 1].map(() => {
      const executor = new WasmExecutor(lowerPretraining(config, shape));
      executor.setParameters(initParameters(config, 1));
      executor.setBatch(randomBatch(config, shape, 2), dropout);
      executor.runStep();
      executor.runStep();
      return executor.gradients();
    });
    expect(runs[0]).toEqual(runs[1]);
  });

  test("computes with no number too small for a processor's fast path", () => {
    const isSubnormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -126;
    for (const seed of [4, 7, 11]) {
      const {config: usual, shape} = randomCase(seed);
      const config = {...usual, initializer_range: 2}; // logits a hundred and more apart
      const executor = new WasmExecutor(lowerPretraining(config, shape));
      executor.setParameters(initParameters(config, seed));
      executor.setBatch(randomBatch(config, shape, seed), dropout);
      executor.runStep();
      const gradients = [...executor.gradients().values()].flatMap((g) => Array.from(g));
      expect(gradients.filter((x) => Math.abs(x) > 1e-6).length).toBeGreaterThan(20);
      expect(gradients.filter(isSubnormal)).toEqual([]);
    }
  });
});
