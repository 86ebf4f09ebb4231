import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {PretrainingRun} from "../../../src/lib/engine/run.js";
import {smallRecipe, smallText} from "../engine/hostPort.js";
import {useBackend} from "./backends.js";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {
  flopsPerToken,
  maskedLmFlops,
  parameterBytes,
  predictMemory,
  trainingFlops
} from "../../../src/lib/albert/flops.js";

const base = makeConfig();
const xxlarge = makeConfig({hiddenSize: 4096, numAttentionHeads: 64, intermediateSize: 16384});

describe("flopsPerToken(config, sequenceLength)", () => {
  test("equals the counted operations of the released shapes", () => {
    expect(flopsPerToken(base, 128) / 1e6).toBeCloseTo(174.78, 2);
    expect(flopsPerToken(base, 512) / 1e6).toBeCloseTo(188.94, 2);
    expect(flopsPerToken(xxlarge, 128) / 1e6).toBeCloseTo(4858.05, 2);
  });

  test("does not fall with sharing", () => {
    expect(flopsPerToken(makeConfig({sharing: "none"}), 128)).toBe(flopsPerToken(base, 128));
  });
});

describe("trainingFlops(config, batch, sequenceLength)", () => {
  test("is three forwards of body and head", () => {
    const forward = 2 * 16 * flopsPerToken(base, 16) + 5 * maskedLmFlops(base);
    expect(trainingFlops(base, 2, 16)).toBe(3 * forward);
  });
});

describe("predictMemory(config, batch, sequenceLength)", () => {
  test("grows with depth and batch for training, not with depth otherwise", () => {
    const deep = makeConfig({numHiddenLayers: 24});
    const activations = (config: typeof base, batch: number, training: boolean) =>
      predictMemory(config, batch, 128, {training}).activations;
    expect(activations(deep, 8, true)).toBeGreaterThan(1.8 * activations(base, 8, true));
    expect(activations(base, 16, true)).toBeCloseTo(2 * activations(base, 8, true), -6);
    expect(activations(deep, 8, false)).toBe(activations(base, 8, false));
  });

  test.each([
    ["wide", {hidden_size: 32, num_hidden_layers: 3, intermediate_size: 96}, [4, 20]],
    ["deep", {num_hidden_layers: 6, num_attention_heads: 4, intermediate_size: 96}, [3, 20]],
    ["long", {hidden_size: 32, num_attention_heads: 8, intermediate_size: 64}, [2, 40]],
    ["apart", {hidden_size: 32, intermediate_size: 96, sharing: "none"}, [4, 24]],
    [
      "without dropout",
      {
        ...{hidden_size: 32, num_hidden_layers: 3, intermediate_size: 96},
        ...{hidden_dropout_prob: 0, attention_probs_dropout_prob: 0}
      },
      [4, 20]
    ]
  ] as const)("is within 15 %% of what a step holds at most: %s", async (_, model, [size, n]) => {
    await useBackend("cpu");
    const recipe = smallRecipe({
      model: {...smallRecipe().model, embedding_size: 16, hidden_size: 24, ...model},
      batch: {size, sequence_length: n}
    });
    const corpus = {name: "text.txt", documents: [smallText.split("\n")], notes: []};
    const run = await PretrainingRun.prepare(recipe, corpus);
    await run.takeStep(); // makes the moments
    const engine = tf.engine() as unknown as {
      state: {numBytes: number};
      trackTensor(...all: unknown[]): void;
    };
    const track = engine.trackTensor.bind(engine);
    let peak = 0;
    engine.trackTensor = (...all) => {
      track(...all);
      peak = Math.max(peak, engine.state.numBytes);
    };
    const before = engine.state.numBytes;
    try {
      await run.takeStep();
    } finally {
      engine.trackTensor = track;
    }
    expect(peak).toBeGreaterThan(before);
    expect(run.summary().predictedBytes / peak).toBeGreaterThan(0.85);
    expect(run.summary().predictedBytes / peak).toBeLessThan(1.15);
    await run.dispose();
  });

  test("counts parameters once for inference and four times for training", () => {
    const bytes = parameterBytes(base);
    const {parameters, gradients, optimizer} = predictMemory(base, 1, 8);
    expect([parameters, gradients, optimizer]).toEqual([bytes, bytes, 2 * bytes]);
    expect(predictMemory(base, 1, 8, {training: false}).optimizer).toBe(0);
  });
});
