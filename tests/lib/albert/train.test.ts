import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import type {Batch} from "../../../src/lib/albert/objectives/batch.js";
import {batches} from "../../../src/lib/albert/objectives/batches.js";
import {disposeState, makeOptimizer} from "../../../src/lib/albert/optimizers/optimizer.js";
import type {OptimizerState} from "../../../src/lib/albert/optimizers/optimizer.js";
import {
  disposeParameters,
  downloadParameters,
  initParameters,
  uploadParameters,
  type Parameters
} from "../../../src/lib/albert/params.js";
import {
  evaluatePretraining,
  trainStep,
  type TrainingBatch,
  type TrainOptions
} from "../../../src/lib/albert/train.js";
import {exactBackends, useBackend} from "./backends.js";
import {pieces, randomDocuments} from "./objectives/text.js";

const config = makeConfig({
  vocabSize: 50,
  embeddingSize: 6,
  hiddenSize: 12,
  numHiddenLayers: 3,
  numAttentionHeads: 2,
  intermediateSize: 22,
  maxPositionEmbeddings: 32,
  hiddenDropoutProb: 0.1,
  attentionProbsDropoutProb: 0.1
});
const text = batches(randomDocuments(24, 9), {pieces, batch: 3, sequence: 21, sentence: "sop"}, 5);
const options = (changes: Partial<TrainOptions> = {}): TrainOptions => ({
  config,
  optimizer: makeOptimizer("adamw", {weightDecay: 0.01}),
  learningRate: 0.01,
  schedule: {decay: "linear", warmupSteps: 3, totalSteps: 40},
  seed: 11,
  maxGradientNorm: 1,
  ...changes
});

interface Training {
  params: Parameters;
  state: OptimizerState;
}

function begin({config, optimizer}: TrainOptions): Training {
  const params = uploadParameters(initParameters(config, 5));
  return {params, state: optimizer.init(params)};
}

/** Takes steps until `state.step` is `to`, disposing what it replaces; returns every loss. */
async function run(
  training: Training,
  to: number,
  given: TrainOptions,
  batchAt: (step: number) => TrainingBatch | TrainingBatch[] = (step) => text.at(step)
): Promise<number[]> {
  const losses: number[] = [];
  while (training.state.step < to) {
    const {params, state} = training;
    const result = await trainStep(params, state, batchAt(state.step), given);
    if (!result.isFinite) throw new Error(result.message);
    disposeParameters(params);
    disposeState(state);
    training.params = result.params;
    training.state = result.state;
    losses.push(result.metrics.loss);
  }
  return losses;
}

async function values({params}: Training): Promise<Map<string, number[]>> {
  const data = await downloadParameters(params);
  return new Map(Array.from(data, ([name, {data: numbers}]) => [name, Array.from(numbers)]));
}

function end({params, state}: Training): void {
  disposeParameters(params);
  disposeState(state);
}

describe.each(exactBackends)("trainStep(params, state, batch, options) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("resumes at step 10 as if it had never stopped, to the last bit, dropout included", async () => {
    const before = tf.memory().numTensors;
    for (const [form, stop, last] of [
      ["arrays", 10, 20],
      ["tensors", 2, 4]
    ] as const) {
      const given = options({
        optimizer: makeOptimizer("lamb_google", {weightDecay: 0.01, form})
      });
      const straight = begin(given);
      const losses = await run(straight, last, given);

      const half = begin(given);
      const first = await run(half, stop, given);
      const stored = await downloadParameters(half.params);
      const moments = await given.optimizer.save(half.state);
      end(half);
      const params = uploadParameters(new Map([...stored].reverse()));
      const resumed = {params, state: given.optimizer.restore(params, moments)};
      const second = await run(resumed, last, given);

      expect([...first, ...second]).toEqual(losses);
      const expected = await values(straight);
      for (const [name, numbers] of await values(resumed))
        expect(numbers, name).toEqual(expected.get(name));
      end(straight);
      end(resumed);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test("changes nothing that it was given, and leaks nothing", async () => {
    const given = options({schedule: undefined});
    const training = begin(given);
    const start = await values(training);
    const before = tf.memory().numTensors;
    const batch = text.at(0);
    const once = await trainStep(training.params, training.state, batch, given);
    const again = await trainStep(training.params, training.state, batch, given);
    expect(await values(training)).toEqual(start);
    expect(training.state.step).toBe(0);
    if (!once.isFinite || !again.isFinite) throw new Error("not finite");
    expect(await values(again)).toEqual(await values(once));
    expect(await values(once)).not.toEqual(start);
    expect(again.metrics).toEqual(once.metrics);
    end(once);
    end(again);
    expect(tf.memory().numTensors).toBe(before);
    end(training);
  });

  test("reports what a page shows", async () => {
    const given = options();
    const training = begin(given);
    await run(training, 4, given);
    const result = await trainStep(training.params, training.state, text.at(4), given);
    if (!result.isFinite) throw new Error(result.message);
    const {metrics} = result;
    expect(metrics.step).toBe(4);
    expect(metrics.learningRate).toBeCloseTo((0.01 * 36) / 37, 12);
    expect(metrics.loss).toBeCloseTo(metrics.mlmLoss! + metrics.sentenceLoss!, 4);
    expect(metrics.clipFactor).toBeCloseTo(Math.min(1, 1 / (metrics.gradientNorm + 1e-6)), 12);
    const used = text.at(4).maskedWeights.reduce((a, b) => a + b, 0);
    for (const [accuracy, count] of [
      [metrics.mlmAccuracy!, used],
      [metrics.sentenceAccuracy!, 3]
    ] as const)
      expect(accuracy * count).toBeCloseTo(Math.round(accuracy * count), 9);
    end(result);
    end(training);
  });

  test("makes no update of a loss that is not finite, and says so", async () => {
    const given = options();
    const training = begin(given);
    const before = tf.memory().numTensors;
    const broken: Parameters = new Map(training.params);
    const name = "predictions.bias";
    const poison = tf.keep(tf.fill([50], NaN));
    broken.set(name, poison);
    const result = await trainStep(broken, training.state, text.at(0), given);
    expect(result).toMatchObject({
      isFinite: false,
      reason: "loss",
      message: "the loss is NaN at step 0: the weights stay as they were"
    });
    poison.dispose();
    expect(tf.memory().numTensors).toBe(before);
    end(training);
  });

  test("makes no update of a gradient that is not finite although the loss is", async () => {
    const scorer = makeConfig({
      ...config,
      architecture: "AlbertForSequenceClassification",
      id2label: ["score"]
    });
    const given = options({config: scorer, seed: null});
    const data = initParameters(scorer, 5);
    // The score is 0, but its error times these weights is more than a float holds.
    data.get("albert.pooler.weight")!.data.fill(0);
    data.get("classifier.weight")!.data.fill(1e20);
    const params = uploadParameters(data);
    const state = given.optimizer.init(params);
    const batch = {inputs: {inputIds: [[2, 10, 3]]}, labels: {labels: [1e19]}};
    const result = await trainStep(params, state, batch, given);
    expect(result).toMatchObject({isFinite: false, reason: "gradient"});
    expect(result.metrics.loss).toBeGreaterThan(9e37);
    end({params, state});
  });

  test("takes the mean gradient of several batches as one update", async () => {
    const given = options({seed: null, schedule: undefined});
    const single = begin(given);
    const double = begin(given);
    const [a, b] = [text.at(0), text.at(1)];
    await run(single, 1, given, () => a);
    await run(double, 1, given, () => [a, a]);
    const expected = await values(single);
    for (const [name, numbers] of await values(double))
      if (!name.endsWith("key.bias"))
        expect(numbers).toBeAllClose(expected.get(name)!, {atol: 2e-5});
    end(single);
    end(double);
    const mixed = begin(given);
    const result = await trainStep(mixed.params, mixed.state, [a, b], given);
    if (!result.isFinite) throw new Error(result.message);
    const parts = await Promise.all(
      [a, b].map((batch) => evaluatePretraining(mixed.params, [batch], config))
    );
    expect(result.metrics.loss).toBeCloseTo((parts[0]!.loss + parts[1]!.loss) / 2, 5);
    end(result);
    end(mixed);
  });

  test("trains only the parts it is asked to", async () => {
    const optimizer = makeOptimizer("adamw", {
      weightDecay: 0.01,
      trainable: (name) => name.startsWith("predictions.")
    });
    const given = options({optimizer});
    const training = begin(given);
    const start = await values(training);
    await run(training, 3, given);
    for (const [name, numbers] of await values(training))
      if (name.startsWith("predictions.")) expect(numbers).not.toEqual(start.get(name));
      else expect(numbers).toEqual(start.get(name));
    end(training);
  });

  test("learns a batch by heart", async () => {
    const plain: AlbertConfig = {...config, hiddenDropoutProb: 0, attentionProbsDropoutProb: 0};
    const given = options({config: plain, schedule: undefined, learningRate: 0.03});
    const training = begin(given);
    const batch = text.at(0);
    const losses = await run(training, 60, given, () => batch);
    expect(losses[0]).toBeGreaterThan(3.5);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
    const {sentenceAccuracy} = await evaluatePretraining(training.params, [batch], plain);
    expect(sentenceAccuracy).toBe(1);
    end(training);
  });
});

describe("evaluatePretraining(params, batches, config)", () => {
  beforeAll(() => useBackend("cpu"));

  test("counts every masked slot and every row alike, and leaks nothing", async () => {
    const params = uploadParameters(initParameters(config, 5));
    const before = tf.memory().numTensors;
    const [a, b] = text.heldOut(2) as [Batch, Batch];
    const short = {...b, maskedWeights: b.maskedWeights.map((w, i) => (i < 2 ? w : 0))};
    const alone = await Promise.all(
      [a, short].map((batch) => evaluatePretraining(params, [batch], config))
    );
    const [x, y] = alone as [(typeof alone)[0], (typeof alone)[0]];
    const both = await evaluatePretraining(params, [a, short], config);
    const n = x.mlmCount + y.mlmCount;
    expect(both.mlmCount).toBe(n);
    expect(y.mlmCount).toBe(2);
    expect(both.mlmLoss).toBeCloseTo((x.mlmLoss * x.mlmCount + y.mlmLoss * y.mlmCount) / n, 9);
    expect(both.sentenceCount).toBe(6);
    expect(both.loss).toBeCloseTo(both.mlmLoss + both.sentenceLoss!, 12);
    expect(tf.memory().numTensors).toBe(before);
    disposeParameters(params);
  });

  test("has no sentence part without a sentence objective", async () => {
    const params = uploadParameters(initParameters(config, 5));
    const plain = batches(
      randomDocuments(24, 9),
      {pieces, batch: 3, sequence: 21, sentence: "none"},
      5
    );
    const evaluation = await evaluatePretraining(params, plain.heldOut(1), config);
    expect(evaluation).toMatchObject({
      sentenceLoss: null,
      sentenceAccuracy: null,
      sentenceCount: 0
    });
    expect(evaluation.loss).toBe(evaluation.mlmLoss);
    disposeParameters(params);
  });
});
