import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import {
  countParameters,
  disposeParameters,
  downloadParameters,
  initParameters,
  parameterSpecs,
  uploadParameters
} from "../../../src/lib/albert/params.js";

beforeAll(() => tf.setBackend("cpu"));

const sizes: Record<string, Partial<AlbertConfig>> = {
  base: {},
  large: {numHiddenLayers: 24, hiddenSize: 1024, numAttentionHeads: 16, intermediateSize: 4096},
  xlarge: {numHiddenLayers: 24, hiddenSize: 2048, numAttentionHeads: 16, intermediateSize: 8192},
  xxlarge: {hiddenSize: 4096, numAttentionHeads: 64, intermediateSize: 16384}
};

describe("countParameters(config)", () => {
  // Exact counts of the released architectures; the paper's Table 1 rounds the totals.
  test.each([
    ["base", 3906048, 99072, 7087872, 590592, 11683584, 11221680, 11813810],
    ["large", 3906048, 132096, 12596224, 1049600, 17683968, 16795824, 17847474],
    ["xlarge", 3906048, 264192, 50358272, 4196352, 58724864, 54821040, 59021490],
    ["xxlarge", 3906048, 528384, 201379840, 16781312, 222595584, 206368944, 223158450]
  ])("%s", (size, embeddings, factorisation, encoder, pooler, model, maskedLm, pretraining) => {
    const count = (architecture: AlbertConfig["architecture"]) =>
      countParameters(makeConfig({...sizes[size], architecture}));
    expect(count("AlbertModel")).toMatchObject({
      embeddings,
      factorisation,
      encoder,
      pooler,
      total: model
    });
    expect(count("AlbertForMaskedLM").total).toBe(maskedLm);
    expect(count("AlbertForPreTraining").total).toBe(pretraining);
  });

  test("does not depend on depth when every layer is shared, and does when none is", () => {
    const total = (sharing: AlbertConfig["sharing"], numHiddenLayers: number) =>
      countParameters(makeConfig({sharing, numHiddenLayers})).encoder;
    expect(total("all", 3)).toBe(total("all", 24));
    expect(total("none", 6)).toBe(2 * total("none", 3));
    expect(total("attention", 3) + total("ffn", 3)).toBe(total("all", 3) + total("none", 3));
    expect(total({groups: 2, inner: 3}, 4)).toBe(6 * total("all", 4));
  });
});

describe("parameterSpecs(config)", () => {
  test("has the 32 tensors of a released pretraining checkpoint", () => {
    const specs = parameterSpecs(makeConfig());
    // Weight and bias of the tied decoder are not stored.
    expect(specs).toHaveLength(32);
    expect(new Set(specs.map((s) => s.name)).size).toBe(32);
    const shapes = new Map(specs.map((s) => [s.name, s.shape]));
    expect(shapes.get("albert.encoder.embedding_hidden_mapping_in.weight")).toEqual([768, 128]);
    expect(shapes.get("predictions.dense.weight")).toEqual([128, 768]);
    expect(shapes.get("sop_classifier.classifier.weight")).toEqual([2, 768]);
  });

  test("an untied decoder is its own weight and bias", () => {
    const names = parameterSpecs(makeConfig({tieWordEmbeddings: false})).map((s) => s.name);
    expect(names).toContain("predictions.decoder.weight");
    expect(names).toContain("predictions.decoder.bias");
    expect(names).not.toContain("predictions.bias");
  });
});

describe("initParameters(config, seed)", () => {
  const config = makeConfig({
    vocabSize: 290,
    embeddingSize: 40,
    hiddenSize: 60,
    numHiddenLayers: 5,
    numAttentionHeads: 2,
    intermediateSize: 11,
    sharing: "none"
  });

  test("is truncated normal, zero and one", () => {
    const data = initParameters(config, 7);
    const {data: words} = data.get("albert.embeddings.word_embeddings.weight")!;
    const mean = words.reduce((a, b) => a + b, 0) / words.length;
    const deviation = Math.sqrt(words.reduce((a, b) => a + (b - mean) ** 2, 0) / words.length);
    expect(Math.abs(mean)).toBeLessThan(1e-3);
    // Truncation at two standard deviations leaves 0.8796 of one.
    expect(deviation / 0.02).toBeCloseTo(0.8796, 1);
    expect(Math.max(...words.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.04));
    expect(data.get("albert.pooler.bias")!.data.every((x) => x === 0)).toBe(true);
    expect(data.get("albert.embeddings.LayerNorm.weight")!.data.every((x) => x === 1)).toBe(true);
  });

  test("is a function of the seed and of the tensor's name only", () => {
    const other = makeConfig({...config, sharing: "all", architecture: "AlbertModel"});
    const a = initParameters(config, 7);
    const b = initParameters(other, 7);
    const c = initParameters(config, 8);
    for (const [name, {data}] of b) expect(data).toEqual(a.get(`albert.${name}`)!.data);
    const name = "albert.pooler.weight";
    expect(c.get(name)!.data).not.toEqual(a.get(name)!.data);
  });

  test("goes to the backend and back without loss or leak", async () => {
    const before = tf.memory().numTensors;
    const data = initParameters(config, 7);
    const params = uploadParameters(data);
    expect(await downloadParameters(params)).toEqual(data);
    disposeParameters(params);
    expect(tf.memory().numTensors).toBe(before);
  });
});
