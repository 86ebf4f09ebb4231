import {describe, expect, test} from "vitest";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import {flopsPerToken} from "../../../src/lib/albert/flops.js";
import {familyName, familyNames} from "../../../src/lib/albert/variantNames.js";
import {
  anyConfigFromHf,
  bertConfig,
  distilbertConfig,
  electraConfig,
  robertaConfig
} from "../../../src/lib/albert/variants.js";
import {countParameters} from "../../../src/lib/albert/specs.js";
import {zoo} from "../../../src/lib/albert/zoo.js";
import {InputError} from "../../../src/lib/errors.js";

describe("zoo", () => {
  // Embeddings, factorisation, encoder, pooler, total of the bare model; with masked LM head.
  test.each([
    ["albert-base-v1", 3906048, 99072, 7087872, 590592, 11683584, 11221680],
    ["albert-large-v2", 3906048, 132096, 12596224, 1049600, 17683968, 16795824],
    ["albert-xlarge-v2", 3906048, 264192, 50358272, 4196352, 58724864, 54821040],
    ["albert-xxlarge-v1", 3906048, 528384, 201379840, 16781312, 222595584, 206368944],
    ["bert-base-uncased", 23837184, 0, 85054464, 590592, 109482240, 109514298],
    ["bert-base-cased", 22665216, 0, 85054464, 590592, 108310272, 108340804],
    ["bert-large-uncased", 31782912, 0, 302309376, 1049600, 335141888, 335174458],
    ["roberta-base", 39000576, 0, 85054464, 590592, 124645632, 124697433],
    ["roberta-large", 52000768, 0, 302309376, 1049600, 355359744, 355412057],
    ["distilroberta-base", 39000576, 0, 42527232, 590592, 82118400, 82170201],
    ["distilbert-base-uncased", 23835648, 0, 42527232, 0, 66362880, 66985530],
    ["electra-small-disc", 3972864, 33024, 9477120, 0, 13483008, null],
    ["electra-base-disc", 23837184, 0, 85054464, 0, 108891648, null],
    ["electra-large-disc", 31782912, 0, 302309376, 0, 334092288, null],
    ["tinybert-4L-312", 9683856, 0, 4568736, 97656, 14350248, null],
    ["tinybert-6L-768", 23837184, 0, 42527232, 590592, 66955008, null],
    ["bert-tiny", 3972864, 0, 396544, 16512, 4385920, null],
    ["bert-mini", 7945728, 0, 3159040, 65792, 11170560, null],
    ["bert-small", 15891456, 0, 12609536, 262656, 28763648, null],
    ["bert-medium", 15891456, 0, 25219072, 262656, 41373184, null]
  ])("%s has the exact counts", (name, embeddings, factorisation, encoder, pooler, total, lm) => {
    const config = zoo[name]!();
    const bare = countParameters(makeConfig({...config, architecture: "AlbertModel"}));
    expect(bare).toMatchObject({embeddings, factorisation, encoder, pooler, total});
    if (lm !== null)
      expect(
        countParameters(makeConfig({...config, architecture: "AlbertForMaskedLM"})).total
      ).toBe(lm);
  });

  test("holds the four pretraining totals of both versions", () => {
    const totals = ["base", "large", "xlarge", "xxlarge"].map((size) =>
      ["v1", "v2"].map((version) => countParameters(zoo[`albert-${size}-${version}`]!()).total)
    );
    expect(totals).toEqual(
      [11813810, 17847474, 59021490, 223158450].map((total) => [total, total])
    );
  });

  test.each([
    ["bert-base-uncased", 174.59, 188.74],
    ["bert-large-uncased", 616.56, 654.31],
    ["distilbert-base-uncased", 87.29, 94.37],
    ["electra-small-disc", 20.51, 25.23],
    ["tinybert-4L-312", 9.74, 11.66],
    ["bert-tiny", 0.92, 1.31]
  ])("%s costs %f and %f MFLOPs a piece at 128 and 512", (name, short, long) => {
    const config = zoo[name]!();
    expect(flopsPerToken(config, 128) / 1e6).toBeCloseTo(short, 1);
    expect(flopsPerToken(config, 512) / 1e6).toBeCloseTo(long, 1);
  });
});

describe("familyName(config, name)", () => {
  const layer = "albert.encoder.albert_layer_groups.3.albert_layers.0.";
  const as = (architecture: AlbertConfig["architecture"]) => ({architecture});

  test.each([
    [
      bertConfig(),
      `${layer}attention.query.weight`,
      "bert.encoder.layer.3.attention.self.query.weight"
    ],
    [
      bertConfig(),
      `${layer}attention.dense.bias`,
      "bert.encoder.layer.3.attention.output.dense.bias"
    ],
    [
      bertConfig(),
      `${layer}attention.LayerNorm.bias`,
      "bert.encoder.layer.3.attention.output.LayerNorm.bias"
    ],
    [bertConfig(), `${layer}ffn.weight`, "bert.encoder.layer.3.intermediate.dense.weight"],
    [bertConfig(), `${layer}ffn_output.weight`, "bert.encoder.layer.3.output.dense.weight"],
    [
      bertConfig(),
      `${layer}full_layer_layer_norm.bias`,
      "bert.encoder.layer.3.output.LayerNorm.bias"
    ],
    [bertConfig(), "albert.pooler.weight", "bert.pooler.dense.weight"],
    [bertConfig(), "predictions.dense.weight", "cls.predictions.transform.dense.weight"],
    [bertConfig(), "predictions.bias", "cls.predictions.bias"],
    [bertConfig(), "sop_classifier.classifier.bias", "cls.seq_relationship.bias"],
    [bertConfig(as("AlbertModel")), "embeddings.LayerNorm.weight", "embeddings.LayerNorm.weight"],
    [robertaConfig(), "predictions.LayerNorm.bias", "lm_head.layer_norm.bias"],
    [robertaConfig(), "predictions.bias", "lm_head.bias"],
    [
      robertaConfig(as("AlbertForSequenceClassification")),
      "albert.pooler.bias",
      "classifier.dense.bias"
    ],
    [
      robertaConfig(as("AlbertForSequenceClassification")),
      "classifier.weight",
      "classifier.out_proj.weight"
    ],
    [robertaConfig(as("AlbertForTokenClassification")), "classifier.weight", "classifier.weight"],
    [
      distilbertConfig(),
      `${layer}attention.key.weight`,
      "distilbert.transformer.layer.3.attention.k_lin.weight"
    ],
    [
      distilbertConfig(),
      `${layer}attention.dense.weight`,
      "distilbert.transformer.layer.3.attention.out_lin.weight"
    ],
    [
      distilbertConfig(),
      `${layer}attention.LayerNorm.bias`,
      "distilbert.transformer.layer.3.sa_layer_norm.bias"
    ],
    [distilbertConfig(), `${layer}ffn.bias`, "distilbert.transformer.layer.3.ffn.lin1.bias"],
    [distilbertConfig(), `${layer}ffn_output.bias`, "distilbert.transformer.layer.3.ffn.lin2.bias"],
    [distilbertConfig(), "predictions.bias", "vocab_projector.bias"],
    [
      distilbertConfig(as("AlbertForSequenceClassification")),
      "albert.pooler.weight",
      "pre_classifier.weight"
    ],
    [
      electraConfig(),
      "albert.encoder.embedding_hidden_mapping_in.bias",
      "electra.embeddings_project.bias"
    ],
    [makeConfig(), `${layer}ffn.bias`, `${layer}ffn.bias`]
  ])("%#: %s", (config, ours, theirs) => {
    expect(familyName(config, ours)).toBe(theirs);
  });

  test("is one to one", () => {
    for (const make of Object.values(zoo)) {
      const names = familyNames(make());
      expect(names.size).toBe(new Set(names.values()).size);
      expect([...names.keys()].filter((name) => /albert_layer_groups/.test(name)).length).toBe(
        make().modelType === "albert" ? 16 : 0
      );
    }
  });
});

describe("anyConfigFromHf(json, file)", () => {
  test("reads the published configurations", () => {
    expect(anyConfigFromHf({model_type: "bert", architectures: ["BertForMaskedLM"]})).toEqual(
      bertConfig({architecture: "AlbertForMaskedLM"})
    );
    const roberta = {
      model_type: "roberta",
      architectures: ["RobertaForMaskedLM"],
      vocab_size: 50265,
      max_position_embeddings: 514,
      type_vocab_size: 1,
      layer_norm_eps: 1e-5,
      pad_token_id: 1,
      bos_token_id: 0,
      eos_token_id: 2
    };
    expect(anyConfigFromHf(roberta)).toEqual(robertaConfig());
    const distilbert = {
      model_type: "distilbert",
      architectures: ["DistilBertForMaskedLM"],
      dim: 768,
      hidden_dim: 3072,
      n_layers: 6,
      n_heads: 12,
      activation: "gelu",
      dropout: 0.1,
      attention_dropout: 0.1
    };
    expect(anyConfigFromHf(distilbert)).toEqual(distilbertConfig());
    expect(anyConfigFromHf({model_type: "electra"}).factorisation).toBe(true);
    expect(anyConfigFromHf({hidden_size: 8, num_attention_heads: 2}).modelType).toBe("albert");
  });

  test.each([
    [{model_type: "gpt2"}, "model_type"],
    [{model_type: "distilbert", sinusoidal_pos_embds: true}, "sinusoidal_pos_embds"],
    [{model_type: "bert", architectures: ["BertForDreams"]}, "architectures"],
    [{model_type: "toString"}, "model_type"]
  ])("refuses %j", (json, key) => {
    expect(() => anyConfigFromHf(json)).toThrow(InputError);
    expect(() => anyConfigFromHf(json)).toThrow(key);
  });
});
