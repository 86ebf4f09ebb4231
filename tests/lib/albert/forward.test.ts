import * as tf from "@tensorflow/tfjs-core";
import {innerGroupNum} from "../../../src/lib/albert/sharing.js";
import {beforeAll, describe, expect, test} from "vitest";
import {captureSites, siteShape} from "../../../src/lib/albert/capture.js";
import type {AlbertConfig} from "../../../src/lib/albert/config.js";
import {disposeEncoded, encode, type Encoded} from "../../../src/lib/albert/forward.js";
import {
  disposeParameters,
  uploadParameters,
  type ParameterData
} from "../../../src/lib/albert/params.js";
import {InputError} from "../../../src/lib/errors.js";
import {exactBackends, useBackend} from "./backends.js";
import {referenceOf, tinyConfig, tinyInputs, tinyParameters} from "./tiny.js";

const close = {rtol: 1e-5, atol: 3e-6};

function run(
  config: AlbertConfig,
  data: ParameterData,
  inputs: Parameters<typeof encode>[1] = tinyInputs,
  options: Parameters<typeof encode>[3] = {capture: "all"}
): Encoded {
  const params = uploadParameters(data);
  const encoded = encode(params, inputs, config, options);
  disposeParameters(params);
  return encoded;
}

const values = (tensor: tf.Tensor) => tensor.dataSync();

describe.each(exactBackends)("encode(params, inputs, config) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<AlbertConfig>]>([
    ["all shared", {}],
    ["none shared, erf gelu", {sharing: "none", hiddenAct: "gelu"}],
    ["attention shared, relu", {sharing: "attention", hiddenAct: "relu"}],
    ["feed-forward shared", {sharing: "ffn"}],
    ["two groups that do not divide five layers", {sharing: {groups: 2, inner: 1}}],
    ["three groups of two inner layers", {sharing: {groups: 3, inner: 2}, numHiddenLayers: 3}],
    ["E = H", {embeddingSize: 6}],
    ["E = H without projection", {embeddingSize: 6, factorisation: false, sharing: "none"}],
    ["E > H", {embeddingSize: 13}],
    ["one head, large epsilon", {numAttentionHeads: 1, layerNormEps: 0.5}],
    ["no token types", {typeVocabSize: 0}],
    ["bare", {architecture: "AlbertModel"}]
  ])("equals the reference: %s", (_, partial) => {
    const config = tinyConfig(partial);
    const data = tinyParameters(config);
    const encoded = run(config, data);
    const reference = referenceOf(config, data);
    const depth = innerGroupNum(config);
    tinyInputs.inputIds.forEach((ids, row) => {
      const expected = reference.encode(
        ids,
        tinyInputs.attentionMask[row]!,
        tinyInputs.tokenTypeIds[row]!
      );
      const at = (site: string) => {
        const tensor = encoded.captured.get(site)!;
        const size = tensor.size / 3;
        return values(tensor).slice(row * size, (row + 1) * size);
      };
      expect(at("embeddings")).toBeAllClose(expected.embeddings.flat(), close);
      expect(at("embeddings.projected")).toBeAllClose(expected.hidden[0]!.flat(), close);
      for (let d = 0; d < config.numHiddenLayers * depth; ++d) {
        expect(at(`layer.${d}.attention.probs`)).toBeAllClose(
          expected.attentions[d]!.flat(2),
          close
        );
        expect(at(`layer.${d}.output`)).toBeAllClose(expected.hidden[d + 1]!.flat(), close);
      }
      if (expected.pooled) expect(at("pooler")).toBeAllClose(expected.pooled, close);
    });
    disposeEncoded(encoded);
  });

  test("captures every listed site in its listed shape, and only what is asked for", () => {
    const config = tinyConfig({numHiddenLayers: 2});
    const data = tinyParameters(config);
    const all = run(config, data);
    const sites = captureSites(config);
    expect([...all.captured.keys()].sort()).toEqual(sites.map(({site}) => site).sort());
    for (const site of sites)
      expect(all.captured.get(site.site)!.shape).toEqual(siteShape(config, site, 3, 7));
    const some = run(config, data, tinyInputs, {capture: ["layer.*.output", "embeddings"]});
    expect([...some.captured.keys()]).toEqual(["embeddings", "layer.0.output", "layer.1.output"]);
    const none = run(config, data, tinyInputs, {});
    expect(none.captured.size).toBe(0);
    expect(values(none.sequenceOutput)).toEqual(values(all.sequenceOutput));
    for (const encoded of [all, some, none]) disposeEncoded(encoded);
  });

  test("attention rows sum to 1 and give masked pieces nothing", () => {
    const config = tinyConfig();
    const encoded = run(config, tinyParameters(config));
    for (let d = 0; d < 5; ++d) {
      const probs = encoded.captured.get(`layer.${d}.attention.probs`)!;
      tf.tidy(() => {
        expect(values(tf.sum(probs, -1))).toBeAllClose(new Float32Array(3 * 2 * 7).fill(1));
        expect(values(tf.slice(probs, [1, 0, 0, 4], [1, 2, 7, 3]))).toEqual(new Float32Array(42));
      });
    }
    disposeEncoded(encoded);
  });

  test("a row with nothing to attend to gets equal attention", () => {
    const config = tinyConfig();
    const encoded = run(config, tinyParameters(config), {
      inputIds: tinyInputs.inputIds,
      attentionMask: [
        [1, 1, 1, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1, 1]
      ]
    });
    const probs = values(encoded.captured.get("layer.4.attention.probs")!);
    expect(probs.slice(98, 196)).toBeAllClose(new Float32Array(98).fill(1 / 7));
    disposeEncoded(encoded);
  });

  test("padding does not change what is not padded", () => {
    const config = tinyConfig();
    const data = tinyParameters(config);
    const padded = run(config, data, {
      inputIds: [[2, 17, 5, 28, 3, 0, 0, 0, 0]],
      attentionMask: [[1, 1, 1, 1, 1, 0, 0, 0, 0]]
    });
    const bare = run(config, data, {inputIds: [[2, 17, 5, 28, 3]]});
    expect(values(padded.sequenceOutput).slice(0, 30)).toBeAllClose(
      values(bare.sequenceOutput),
      close
    );
    expect(values(padded.pooledOutput!)).toBeAllClose(values(bare.pooledOutput!), close);
    for (const encoded of [padded, bare]) disposeEncoded(encoded);
  });

  test("takes a mask of its own for every piece, and positions", () => {
    const config = tinyConfig();
    const data = tinyParameters(config);
    const causal = Array.from({length: 49}, (_, i) => (i % 7 <= Math.floor(i / 7) ? 1 : 0));
    const ids = tinyInputs.inputIds[0]!;
    const whole = run(config, data, {inputIds: ids, batch: 1, sequence: 7, attentionMask: causal});
    const front = run(config, data, {
      inputIds: ids.slice(0, 3),
      batch: 1,
      sequence: 3,
      attentionMask: [1, 0, 0, 1, 1, 0, 1, 1, 1]
    });
    expect(values(whole.sequenceOutput).slice(0, 18)).toBeAllClose(
      values(front.sequenceOutput),
      close
    );
    const shifted = run(config, data, {inputIds: [[5, 6]], positionIds: [[3, 4]]});
    const counted = run(config, data, {inputIds: [[5, 6]]});
    expect(values(shifted.sequenceOutput)).not.toBeAllClose(values(counted.sequenceOutput), close);
    for (const encoded of [whole, front, shifted, counted]) disposeEncoded(encoded);
  });

  test("counts positions from after the padding's where they are offset", () => {
    const offset = tinyConfig({positionOffset: 2, padTokenId: 1, sharing: "none"});
    const data = tinyParameters(offset);
    const given = run(offset, data, {inputIds: [[1, 7, 8, 1]], positionIds: [[1, 2, 3, 1]]});
    const counted = run(offset, data, {inputIds: [[1, 7, 8, 1]]});
    expect(values(counted.sequenceOutput)).toEqual(values(given.sequenceOutput));
    for (const encoded of [given, counted]) disposeEncoded(encoded);
  });

  test("is the same to the last bit every time and leaves nothing behind", () => {
    const config = tinyConfig({hiddenDropoutProb: 0.3, attentionProbsDropoutProb: 0.2});
    const data = tinyParameters(config);
    const before = tf.memory().numTensors;
    const dropout = {seed: 7, step: 3};
    const first = run(config, data, tinyInputs, {dropout, capture: "all"});
    const second = run(config, data, tinyInputs, {dropout, capture: "all"});
    for (const [site, tensor] of first.captured)
      expect(values(tensor)).toEqual(values(second.captured.get(site)!));
    const other = run(config, data, tinyInputs, {dropout: {seed: 7, step: 4}});
    expect(values(other.sequenceOutput)).not.toEqual(values(first.sequenceOutput));
    const evaluated = run(config, data);
    expect(values(evaluated.sequenceOutput)).not.toEqual(values(first.sequenceOutput));
    for (const encoded of [first, second, other, evaluated]) disposeEncoded(encoded);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, Parameters<typeof encode>[1], RegExp]>([
    ["an id beyond the vocabulary", {inputIds: [[2, 29]]}, /^input_ids: 29 at row 0, position 1/],
    [
      "a negative id",
      {
        inputIds: [
          [2, 3],
          [-1, 3]
        ]
      },
      /^input_ids: -1 at row 1, position 0/
    ],
    ["ragged rows", {inputIds: [[2, 3], [2]]}, /row 1 has 1 pieces, expected 2/],
    ["no rows", {inputIds: []}, /^input_ids: no pieces/],
    [
      "too many pieces",
      {inputIds: [Array<number>(10).fill(5)]},
      /10 pieces in a row, expected at most 9/
    ],
    [
      "a short mask",
      {inputIds: [[2, 3]], attentionMask: [[1]]},
      /^attention_mask: 1 numbers, expected 2/
    ],
    [
      "an unknown type",
      {inputIds: [[2, 3]], tokenTypeIds: [[0, 2]]},
      /^token_type_ids: 2 at row 0/
    ],
    ["a flat batch of no size", {inputIds: [2, 3]}, /^input_ids: 2 pieces do not make/]
  ])("refuses %s", (_, inputs, message) => {
    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    expect(() => encode(params, inputs, config)).toThrow(InputError);
    expect(() => encode(params, inputs, config)).toThrow(message);
    disposeParameters(params);
  });
});
