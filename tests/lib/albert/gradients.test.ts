import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import type {AlbertConfig} from "../../../src/lib/albert/config.js";
import {gradients, lossAndGradients} from "../../../src/lib/albert/gradients.js";
import {pretrainingLoss} from "../../../src/lib/albert/loss.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type ParameterData
} from "../../../src/lib/albert/params.js";
import {layerTensors, storageOf} from "../../../src/lib/albert/sharing.js";
import {exactBackends, useBackend} from "./backends.js";
import {meanCrossEntropy} from "./reference.js";
import {referenceOf, tinyBatch, tinyConfig, tinyInputs, tinyParameters} from "./tiny.js";

/** The pretraining loss of `tinyBatch` in doubles. */
function referenceLoss(config: AlbertConfig, weights: ParameterData): number {
  const reference = referenceOf(config, weights);
  const rows = tinyInputs.inputIds.map((ids, row) =>
    reference.encode(ids, tinyInputs.attentionMask[row]!, tinyInputs.tokenTypeIds[row]!)
  );
  const pieces = rows.flatMap(({last}) => last);
  const masked = [...tinyBatch.maskedPositions].map((at) => pieces[at]!);
  const {maskedLabels, maskedWeights, sentenceLabels} = tinyBatch;
  const mlm = meanCrossEntropy(reference.maskedLm(masked), maskedLabels, maskedWeights);
  const pooled = rows.map(({pooled}) => pooled!);
  const logits = reference.linear(pooled, "sop_classifier.classifier");
  return mlm + meanCrossEntropy(logits, sentenceLabels);
}

function analytic(config: AlbertConfig, data: ParameterData) {
  const params = uploadParameters(data);
  const {result, gradients} = lossAndGradients(params, () =>
    pretrainingLoss(params, tinyBatch, config)
  );
  const loss = result.loss.dataSync()[0]!;
  const read = new Map(
    [...gradients].map(([name, tensor]) => [name, tensor.dataSync<"float32">().slice()])
  );
  for (const tensor of [...Object.values(result), ...gradients.values()]) tensor?.dispose();
  disposeParameters(params);
  return {loss, gradients: read};
}

describe.each(exactBackends)("lossAndGradients(params, lossFunction) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<AlbertConfig>]>([
    ["all shared", {}],
    [
      "erf gelu, groups and inner layers",
      {hiddenAct: "gelu", sharing: {groups: 2, inner: 2}, numHiddenLayers: 3}
    ],
    ["attention shared, untied decoder", {sharing: "attention", tieWordEmbeddings: false}],
    ["feed-forward shared, relu", {sharing: "ffn", hiddenAct: "relu"}],
    [
      "E = H without projection, large epsilon",
      {embeddingSize: 6, factorisation: false, layerNormEps: 0.2}
    ]
  ])("has the gradient of central differences of the reference: %s", (_, partial) => {
    const config = tinyConfig(partial);
    const data = tinyParameters(config);
    const {loss, gradients} = analytic(config, data);
    expect(loss).toBeCloseTo(referenceLoss(config, data), 4);
    const step = 1e-5;
    for (const [name, {shape, data: values}] of data) {
      const exact = Float64Array.from(values);
      const changed = new Map<string, {shape: number[]; data: ArrayLike<number>}>(data);
      changed.set(name, {shape, data: exact});
      const actual = gradients.get(name)!;
      const stride = Math.max(1, Math.floor(values.length / 5));
      for (let i = 0; i < values.length; i += stride) {
        const at = exact[i]!;
        const loss = (x: number) => {
          exact[i] = x;
          return referenceLoss(config, changed as ParameterData);
        };
        const expected = (loss(at + step) - loss(at - step)) / (2 * step);
        exact[i] = at;
        expect(Math.abs(actual[i]! - expected), `${name}[${i}]`).toBeLessThan(
          2e-5 + 2e-4 * Math.abs(expected)
        );
      }
    }
  });

  test("the gradient of a shared tensor is the sum over the depths of an untied clone", () => {
    const shared = tinyConfig();
    const untied = tinyConfig({sharing: "none"});
    const data = tinyParameters(shared);
    const clone: ParameterData = new Map(data);
    for (let depth = 0; depth < 5; ++depth)
      for (const tensor of layerTensors)
        clone.set(storageOf(untied, depth, tensor), data.get(storageOf(shared, 0, tensor))!);
    const one = analytic(shared, data);
    const many = analytic(untied, clone);
    expect(many.loss).toBe(one.loss);
    for (const [name, gradient] of one.gradients) {
      const tensor = layerTensors.find((t) => name === storageOf(shared, 0, t));
      const parts = tensor
        ? [0, 1, 2, 3, 4].map((depth) => many.gradients.get(storageOf(untied, depth, tensor))!)
        : [many.gradients.get(name)!];
      const sum = gradient.map((_, i) => parts.reduce((a, part) => a + part[i]!, 0));
      expect(gradient, name).toBeAllClose(sum, {rtol: 1e-4, atol: 1e-6});
    }
  });

  test("what the loss does not depend on has a gradient of zeros", () => {
    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    const batch = {...tinyBatch, sentenceLabels: null};
    const found = gradients(params, () => pretrainingLoss(params, batch, config).loss);
    expect([...found.keys()]).toEqual([...params.keys()]);
    expect(found.get("albert.pooler.weight")!.dataSync()).toEqual(new Float32Array(36));
    disposeParameters(found);
    disposeParameters(params);
  });

  test("is the same to the last bit every time and leaves nothing behind", async () => {
    const config = tinyConfig({hiddenDropoutProb: 0.1, attentionProbsDropoutProb: 0.2});
    const params = uploadParameters(tinyParameters(config));
    const before = tf.memory().numTensors;
    const run = async () => {
      const found = tf.tidy(() => {
        const options = {dropout: {seed: 1, step: 2}};
        const loss = () => pretrainingLoss(params, tinyBatch, config, options);
        const {gradients} = lossAndGradients(params, loss);
        return Object.fromEntries(gradients);
      });
      const data = await downloadParameters(new Map(Object.entries(found)));
      tf.dispose(found);
      return data;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(tf.memory().numTensors).toBe(before);
    disposeParameters(params);
  });

  test("with dropout is the gradient of the loss with those very masks", () => {
    const config = tinyConfig({hiddenDropoutProb: 0.3, attentionProbsDropoutProb: 0.3});
    const params = uploadParameters(tinyParameters(config));
    const name = storageOf(config, 0, "ffn.weight");
    const old = params.get(name)!;
    const options = {dropout: {seed: 5, step: 1}};
    tf.tidy(() => {
      const loss = () => pretrainingLoss(params, tinyBatch, config, options).loss;
      const gradient = gradients(params, loss).get(name)!;
      // Along the gradient the loss rises by its squared length.
      const along = (t: number) => {
        params.set(name, tf.add(old, tf.mul(gradient, t)));
        return loss().dataSync()[0]!;
      };
      const length = tf.sum(tf.square(gradient)).dataSync()[0]!;
      const rise = (along(1e-3) - along(-1e-3)) / 2e-3;
      expect(rise / length).toBeCloseTo(1, 1);
      params.set(name, old);
    });
    disposeParameters(params);
  });
});
