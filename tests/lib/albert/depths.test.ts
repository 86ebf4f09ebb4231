import {afterAll, beforeAll, describe, expect, test} from "vitest";
import * as tf from "@tensorflow/tfjs-core";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import {
  depthContraction,
  depthGradients,
  depthSteps,
  lossAtDepths,
  measureDepths
} from "../../../src/lib/albert/depths.js";
import {useForwardExecutor} from "../../../src/lib/albert/forward.js";
import {gradients} from "../../../src/lib/albert/gradients.js";
import {pretrainingLoss} from "../../../src/lib/albert/loss.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {releaseForwardPlans} from "../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../src/lib/albert/plan/onPlan.js";
import {layerTensors, storageOf} from "../../../src/lib/albert/sharing.js";
import {countParameters, initParameters} from "../../../src/lib/albert/specs.js";
import {evaluatePretraining} from "../../../src/lib/albert/train.js";
import {Random} from "../../../src/lib/random.js";
import {useBackend} from "./backends.js";
import {watched} from "./plan/forwardCases.js";
import {tinyBatch, tinyConfig} from "./tiny.js";

const config = tinyConfig({numHiddenLayers: 3, initializerRange: 0.5});

beforeAll(() => useBackend("cpu"));

describe("depthGradients(config, data, batch)", () => {
  test("adds up to the gradient of the shared layer", async () => {
    const data = initParameters(config, 7);
    const {vectors, norms, cosines} = await depthGradients(config, data, tinyBatch);
    const params = uploadParameters(data);
    const grads = gradients(params, () => pretrainingLoss(params, tinyBatch, config).loss);
    const shared: number[] = [];
    for (const tensor of layerTensors)
      shared.push(...(await grads.get(storageOf(config, 0, tensor))!.data()));
    const sum = vectors[0]!.map((x, i) => x + vectors[1]![i]! + vectors[2]![i]!);
    expect(sum).toBeAllClose(shared, {rtol: 1e-4, atol: 1e-6});
    expect(norms).toHaveLength(3);
    expect(cosines[1]![1]).toBeCloseTo(1, 10);
    expect(cosines[0]![2]).toBe(cosines[2]![0]);
    disposeParameters(grads);
    disposeParameters(params);
  });
});

describe("depthSteps and depthContraction", () => {
  test("a layer that adds nothing to a normalised state stands still", async () => {
    const data = initParameters(config, 9);
    for (const [name, {data: values}] of data)
      if (/attention\.dense|ffn_output/.test(name)) values.fill(0);
    const params = uploadParameters(data);
    const {stepNorm, stepCosine} = await depthSteps(config, params, tinyBatch);
    expect(stepNorm[0]).toBeGreaterThan(0.1); // the projected embedding is not normalised yet
    expect(stepNorm[2]).toBeLessThan(1e-4);
    expect(stepCosine[2]).toBeCloseTo(1, 5);
    // the Jacobian of a layer norm at a normalised point is a projection: its radius is 1
    const rates = await depthContraction(config, params, tinyBatch);
    expect(Math.abs(rates[2]! - 1)).toBeLessThan(0.01);
    disposeParameters(params);
  });

  test("a layer norm whose weight is 0.5 halves a neighbour's distance at its own fixed point", async () => {
    const data = initParameters(config, 9);
    for (const [name, {data: values}] of data) {
      if (/attention\.dense|ffn_output/.test(name)) values.fill(0);
      if (name.endsWith("full_layer_layer_norm.weight")) values.fill(0.5);
    }
    const params = uploadParameters(data);
    // h → LN(h) → 0.5·LN(LN(h)): at |h| = 0.5√H the first norm doubles and the second halves
    const rates = await depthContraction(config, params, tinyBatch);
    expect(Math.abs(rates[2]! - 1)).toBeLessThan(0.01);
    expect(rates[1]).toBeCloseTo(rates[2]!, 2);
    disposeParameters(params);
  });
});

describe("lossAtDepths(config, params, batches)", () => {
  test("runs a shared layer 1 to 2L times, and at L gives the model's own loss", async () => {
    const params = uploadParameters(initParameters(config, 3));
    const losses = await lossAtDepths(config, params, [tinyBatch]);
    expect(losses.map(({depth}) => depth)).toEqual([1, 2, 3, 4, 5, 6]);
    const own = await evaluatePretraining(params, [tinyBatch], config);
    expect(losses[2]!.mlmLoss).toBeCloseTo(own.mlmLoss, 10);
    expect(losses[0]!.mlmLoss).not.toBeCloseTo(own.mlmLoss, 4);
    disposeParameters(params);
  });
});

describe("on the compiled plan", () => {
  beforeAll(() => useBackend("wasm"));
  afterAll(async () => {
    useForwardExecutor(null);
    releaseForwardPlans();
    await useBackend("cpu");
  });

  test("measures what the plain form does, and leaves no tensor", async () => {
    for (const sharing of ["all", "none"] as const) {
      const own: AlbertConfig = {...config, sharing};
      const data = initParameters(own, 5);
      useForwardExecutor(null);
      const plain = await measureDepths(own, data, [tinyBatch]);
      let asked = 0;
      useForwardExecutor(
        watched(onPlan, (_, isTaken) => {
          asked += Number(isTaken);
        })
      );
      const before = tf.memory().numTensors;
      const planned = await measureDepths(own, data, [tinyBatch]);
      expect(tf.memory().numTensors).toBe(before);
      expect(asked).toBeGreaterThan(500); // the Jacobian of every depth takes hundreds of passes
      expect(planned.contraction).toBeAllClose(plain.contraction, {rtol: 1e-3});
      expect(planned.stepNorm).toBeAllClose(plain.stepNorm, {rtol: 1e-4});
      expect(planned.gradientNorm).toBeAllClose(plain.gradientNorm, {rtol: 1e-4});
      expect(planned.lossAtDepth.map(({depth}) => depth)).toEqual(
        plain.lossAtDepth.map(({depth}) => depth)
      );
      const losses = (of: typeof plain) => of.lossAtDepth.map(({mlmLoss}) => mlmLoss);
      expect(losses(planned)).toBeAllClose(losses(plain), {rtol: 1e-5});
    }
  });
});

describe("measureDepths(config, data, batches)", () => {
  test("leaves no tensor behind, and has no other depths for separate layers", async () => {
    const untied: AlbertConfig = {...config, sharing: "none"};
    const data = initParameters(untied, 4);
    const before = tf.memory().numTensors;
    const measured = await measureDepths(untied, data, [tinyBatch]);
    expect(tf.memory().numTensors).toBe(before);
    expect(measured.lossAtDepth).toEqual([]);
    expect(measured.contraction).toHaveLength(3);
  });
});

describe("stored parameters over a random sweep of shapes", () => {
  test("counted tensors equal the formula for 200 configurations", () => {
    const random = new Random(1, "probes");
    for (let i = 0; i < 200; ++i) {
      const heads = 1 + random.int(4);
      const [V, P, T] = [20 + random.int(90), 8 + random.int(60), random.int(3)];
      const [E, H, F] = [1 + random.int(40), heads * (1 + random.int(20)), 1 + random.int(99)];
      const L = 1 + random.int(9);
      const groups = 1 + random.int(L);
      const inner = 1 + random.int(3);
      const sharing = random.pick(["none", "attention", "ffn", "all", {groups, inner}] as const);
      const made = makeConfig({
        vocabSize: V,
        maxPositionEmbeddings: P,
        typeVocabSize: T,
        embeddingSize: E,
        hiddenSize: H,
        intermediateSize: F,
        numHiddenLayers: L,
        numAttentionHeads: heads,
        sharing
      });
      const attention = 4 * (H * H + H) + 2 * H;
      const ffn = H * F + F + F * H + H + 2 * H;
      const copies = {
        none: [L, L],
        attention: [1, L],
        ffn: [L, 1],
        all: [1, 1]
      };
      const [a, f] =
        typeof sharing === "string" ? copies[sharing] : [groups * inner, groups * inner];
      const expected =
        E * (V + P + T) +
        2 * E +
        E * H +
        H +
        a! * attention +
        f! * ffn +
        (H * H + H) +
        (H * E + E) +
        2 * E +
        V +
        (2 * H + 2);
      expect(countParameters(made).total).toBe(expected);
      const stored = [...initParameters(made, 1).values()];
      expect(stored.reduce((sum, {data}) => sum + data.length, 0)).toBe(expected);
    }
  });
});
