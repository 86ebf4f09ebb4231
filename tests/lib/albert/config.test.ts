import {describe, expect, test} from "vitest";
import {configFromHf, configToHf, makeConfig} from "../../../src/lib/albert/config.js";
import {InputError} from "../../../src/lib/errors.js";

const tiny = {
  vocab_size: 29,
  embedding_size: 4,
  hidden_size: 6,
  num_hidden_layers: 5,
  num_attention_heads: 2,
  intermediate_size: 11
};

describe("configFromHf(json, file)", () => {
  test("fills absent keys with Hugging Face's defaults", () => {
    const config = configFromHf({model_type: "albert"});
    expect(config).toMatchObject({
      hiddenSize: 4096,
      numAttentionHeads: 64,
      intermediateSize: 16384,
      embeddingSize: 128,
      hiddenAct: "gelu_new",
      sharing: "all",
      architecture: "AlbertModel",
      id2label: ["LABEL_0", "LABEL_1"],
      tieWordEmbeddings: true
    });
  });

  test("reads groups and inner layers", () => {
    expect(configFromHf(tiny).sharing).toBe("all");
    expect(configFromHf({...tiny, num_hidden_groups: 5}).sharing).toBe("none");
    expect(configFromHf({...tiny, num_hidden_groups: 2}).sharing).toEqual({groups: 2, inner: 1});
    expect(configFromHf({...tiny, inner_group_num: 2}).sharing).toEqual({groups: 1, inner: 2});
  });

  test("takes the number of labels from id2label", () => {
    expect(configFromHf({...tiny, id2label: {0: "O", 1: "B", 2: "I"}}).id2label).toEqual([
      "O",
      "B",
      "I"
    ]);
    expect(configFromHf({...tiny, num_labels: 3}).id2label).toHaveLength(3);
  });

  test.each([
    [{hidden_size: 7}, "hidden_size is 7, expected a multiple of num_attention_heads 2"],
    [{num_attention_heads: 0}, "num_attention_heads is 0"],
    [{hidden_size: "6"}, 'hidden_size is "6"'],
    [{hidden_size: 2e9}, "hidden_size is 2000000000"],
    [{num_hidden_layers: -2}, "num_hidden_layers is -2"],
    [{num_hidden_groups: 6}, "num_hidden_groups is 6, expected at most num_hidden_layers 5"],
    [{hidden_act: "swiglu_7"}, 'hidden_act is "swiglu_7"'],
    [{layer_norm_eps: -1}, "layer_norm_eps is -1"],
    [{hidden_dropout_prob: 1}, "hidden_dropout_prob is 1"],
    [{position_embedding_type: "relative_key"}, 'position_embedding_type is "relative_key"'],
    [{model_type: "gpt2"}, 'model_type is "gpt2"'],
    [{architectures: ["AlbertForDreams"]}, 'architectures is "AlbertForDreams"'],
    [{id2label: {1: "a"}}, "id2label has no label 0"],
    [{sharing: "some"}, 'sharing is "some"']
  ])("refuses %j", (change, message) => {
    const read = () => configFromHf({...tiny, ...change}, "config.json");
    expect(read).toThrow(InputError);
    expect(read).toThrow(`config.json: ${message}`);
  });

  test.each([[null], [[1]], ["x"]])("refuses %j as a whole", (json) => {
    expect(() => configFromHf(json, "config.json")).toThrow(
      /^config\.json: expected a JSON object/
    );
  });
});

describe("configToHf(config)", () => {
  test.each(["none", "attention", "ffn", "all", {groups: 2, inner: 3}] as const)(
    "is read back unchanged with sharing %j",
    (sharing) => {
      const config = makeConfig({
        vocabSize: 29,
        embeddingSize: 4,
        hiddenSize: 6,
        numHiddenLayers: 5,
        numAttentionHeads: 2,
        intermediateSize: 11,
        sharing,
        hiddenAct: "gelu",
        problemType: "regression",
        id2label: ["score"],
        architecture: "AlbertForSequenceClassification"
      });
      const json = JSON.parse(JSON.stringify(configToHf(config))) as unknown;
      expect(configFromHf(json)).toEqual(config);
    }
  );

  test("uses Hugging Face's keys", () => {
    expect(configToHf(makeConfig({sharing: {groups: 3, inner: 2}}))).toMatchObject({
      model_type: "albert",
      architectures: ["AlbertForPreTraining"],
      num_hidden_groups: 3,
      inner_group_num: 2,
      layer_norm_eps: 1e-12
    });
  });
});
