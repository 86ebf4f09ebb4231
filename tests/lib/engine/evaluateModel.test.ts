import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {
  disposeParameters,
  initParameters,
  uploadParameters
} from "../../../src/lib/albert/params.js";
import {evaluatePretraining} from "../../../src/lib/albert/train.js";
import {modelEvaluator} from "../../../src/lib/engine/evaluateModel.js";
import {useBackend} from "../albert/backends.js";
import {randomBatch, randomCase} from "../albert/plan/cases.js";

beforeAll(() => useBackend("wasm"));

describe("modelEvaluator(config, data)", () => {
  test("scores as the plain form does, one list of rows after another; nothing leaks", async () => {
    const before = tf.memory().numTensors;
    let pairs = 0;
    for (let seed = 20; seed < 32; ++seed) {
      const {config, shape} = randomCase(seed);
      const data = initParameters(config, seed);
      const params = uploadParameters(data);
      const evaluator = modelEvaluator(config, data);
      for (const rows of [[1, 2], [3]]) {
        const batches = rows.map((each) => randomBatch(config, shape, 100 * seed + each));
        const found = await evaluator.evaluate(batches);
        const {mlmLoss, sentenceLoss, ...counts} = await evaluatePretraining(
          params,
          batches,
          config
        );
        expect(found.mlmLoss).toBeCloseTo(mlmLoss, 4);
        expect(found.mlmCount).toBe(counts.mlmCount);
        expect(found.mlmCorrect).toBe(counts.mlmCorrect);
        expect(found.sentenceCount).toBe(counts.sentenceCount);
        if (sentenceLoss === null) continue;
        ++pairs;
        expect(found.sentenceLoss).toBeCloseTo(sentenceLoss, 4);
        expect(found.sentenceCorrect).toBe(counts.sentenceCorrect);
      }
      evaluator.dispose();
      disposeParameters(params);
    }
    expect(pairs).toBeGreaterThan(3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
