import type {AlbertConfig} from "./config.js";
import {parameterSpecs} from "./specs.js";

type Rule = readonly [RegExp, string];

/** What BERT, RoBERTa and ELECTRA call the tensors of a layer. */
const layerRules: Rule[] = [
  [/\.attention\.(query|key|value)\./, ".attention.self.$1."],
  [/\.attention\.(dense|LayerNorm)\./, ".attention.output.$1."],
  [/\.ffn\./, ".intermediate.dense."],
  [/\.ffn_output\./, ".output.dense."],
  [/\.full_layer_layer_norm\./, ".output.LayerNorm."]
];

const distilbertLayerRules: Rule[] = [
  [/\.attention\.(query|key|value|dense)\./, ".attention.$1_lin."],
  [/\.query_lin\./, ".q_lin."],
  [/\.key_lin\./, ".k_lin."],
  [/\.value_lin\./, ".v_lin."],
  [/\.dense_lin\./, ".out_lin."],
  [/\.attention\.LayerNorm\./, ".sa_layer_norm."],
  [/\.ffn\./, ".ffn.lin1."],
  [/\.ffn_output\./, ".ffn.lin2."],
  [/\.full_layer_layer_norm\./, ".output_layer_norm."]
];

const headRules: Record<Exclude<AlbertConfig["modelType"], "albert">, Rule[]> = {
  bert: [
    [/^predictions\.(dense|LayerNorm)\./, "cls.predictions.transform.$1."],
    [/^predictions\./, "cls.predictions."],
    [/^sop_classifier\.classifier\./, "cls.seq_relationship."]
  ],
  roberta: [
    [/^predictions\.LayerNorm\./, "lm_head.layer_norm."],
    [/^predictions\./, "lm_head."]
  ],
  distilbert: [
    [/^predictions\.dense\./, "vocab_transform."],
    [/^predictions\.LayerNorm\./, "vocab_layer_norm."],
    [/^predictions\.(decoder\.)?/, "vocab_projector."]
  ],
  electra: [
    [/^predictions\.(dense|LayerNorm)\./, "generator_predictions.$1."],
    [/^predictions\.(decoder\.)?/, "generator_lm_head."]
  ]
};

/**
 * What a family's Hugging Face files call one of our parameters.
 *
 * Example: for BERT `albert.encoder.albert_layer_groups.3.albert_layers.0.ffn.weight` is
 * `bert.encoder.layer.3.intermediate.dense.weight`. RoBERTa's and DistilBERT's sequence classifiers
 * hold the pooler: `classifier.dense` and `pre_classifier`.
 */
export function familyName(config: AlbertConfig, name: string): string {
  const family = config.modelType;
  if (family === "albert") return name;
  const isDistilbert = family === "distilbert";
  const layers = isDistilbert ? "transformer.layer" : "encoder.layer";
  const rules: Rule[] = [
    [/encoder\.albert_layer_groups\.(\d+)\.albert_layers\.0\./, `${layers}.$1.`],
    ...(name.includes("albert_layer_groups")
      ? isDistilbert
        ? distilbertLayerRules
        : layerRules
      : []),
    [/encoder\.embedding_hidden_mapping_in\./, "embeddings_project."],
    ...poolerRules(config),
    ...headRules[family],
    [/^albert\./, `${family}.`]
  ];
  return rules.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    name
  );
}

function poolerRules({modelType, architecture}: AlbertConfig): Rule[] {
  if (modelType === "distilbert") return [[/^(albert\.)?pooler\./, "pre_classifier."]];
  if (modelType === "roberta" && architecture === "AlbertForSequenceClassification")
    return [
      [/^classifier\./, "classifier.out_proj."],
      [/^albert\.pooler\./, "classifier.dense."]
    ];
  return [[/pooler\./, "pooler.dense."]];
}

/**
 * Every parameter by the name its family's files use: family name → ours. Files may further hold a
 * copy of a tied decoder and buffers, which are not parameters.
 */
export function familyNames(config: AlbertConfig): Map<string, string> {
  return new Map(parameterSpecs(config).map(({name}) => [familyName(config, name), name]));
}

const inverses = new WeakMap<AlbertConfig, Map<string, string>>();

/**
 * Our name of a tensor that a family's files hold: one of the model's own parameters, of the bare
 * encoder with or without the family's prefix, or the copy of a tied decoder. Other names stay.
 *
 * Example: for RoBERTa `lm_head.layer_norm.bias` → `predictions.LayerNorm.bias`.
 */
export function oursFromFamily(name: string, config: AlbertConfig): string {
  if (config.modelType === "albert") return name;
  let ours = inverses.get(config);
  if (!ours) {
    const bare: AlbertConfig = {...config, architecture: "AlbertModel"};
    ours = new Map([
      ...["predictions.decoder.weight", "predictions.decoder.bias"].map((own): [string, string] => [
        familyName(config, own),
        own
      ]),
      ...familyNames(bare),
      ...familyNames(config)
    ]);
    inverses.set(config, ours);
  }
  const prefix = `${config.modelType}.`;
  return (
    ours.get(name) ??
    ours.get(name.startsWith(prefix) ? name.slice(prefix.length) : prefix + name) ??
    name
  );
}
