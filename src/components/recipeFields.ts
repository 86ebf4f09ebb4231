import {readPath} from "./configFields.js";
import type {Choice, Field} from "./configFields.js";

const choices = (entries: Record<string, string>): Choice[] =>
  Object.entries(entries).map(([value, label]) => ({value, label}));

/** How many batches make a step, in pretraining and in fine-tuning; its group is the recipe's. */
export const accumulationField: Omit<Field, "group"> = {
  key: "batch.gradient_accumulation_steps",
  label: "batches per step",
  kind: "integer",
  unit: "batches",
  min: 1,
  max: 1024,
  stops: [1, 2, 4, 8, 16, 32],
  absent: 1,
  help: "gradients averaged into one step: a larger batch in the memory of one"
};

/** The knobs of a pretraining recipe, under its own keys. */
export const recipeFields: readonly Field[] = [
  {
    key: "model.sharing",
    label: "sharing across layers",
    group: "model",
    kind: "choice",
    prominent: true,
    help: "which weights every layer uses in common: ALBERT shares all, BERT none",
    choices: [
      ...choices({all: "all", attention: "attention", ffn: "feed-forward", none: "none"}),
      {label: "groups", value: {groups: 2, inner: 1}}
    ]
  },
  {
    key: "model.sharing.groups",
    label: "groups",
    group: "model",
    kind: "integer",
    min: 1,
    max: 64,
    prominent: true,
    help: "sets of weights; layers are split among them in order",
    when: (value) => typeof readPath(value, "model.sharing") === "object"
  },
  {
    key: "model.sharing.inner",
    label: "blocks in a group",
    group: "model",
    kind: "integer",
    min: 1,
    max: 8,
    prominent: true,
    help: "different blocks run in turn each time a group is used",
    when: (value) => typeof readPath(value, "model.sharing") === "object"
  },
  {
    key: "model.embedding_size",
    label: "embedding size E",
    group: "model",
    kind: "integer",
    min: 1,
    max: 4096,
    stops: [4, 8, 16, 32, 48, 64, 96, 128, 192, 256],
    prominent: true,
    help: "width of a piece's vector before it is projected to the hidden size"
  },
  {
    key: "model.hidden_size",
    label: "hidden size H",
    group: "model",
    kind: "integer",
    min: 1,
    max: 4096,
    stops: [16, 32, 64, 96, 128, 192, 256, 384, 512],
    help: "width of every layer; a multiple of the heads"
  },
  {
    key: "model.num_hidden_layers",
    label: "layers L",
    group: "model",
    kind: "integer",
    min: 1,
    max: 48,
    stops: [1, 2, 3, 4, 6, 8, 12],
    help: "times a block is applied; with sharing it costs time but no parameters"
  },
  {
    key: "model.num_attention_heads",
    label: "attention heads",
    group: "model",
    kind: "integer",
    min: 1,
    max: 64,
    stops: [1, 2, 4, 8, 12],
    help: "heads per layer; each has H / heads dimensions"
  },
  {
    key: "model.intermediate_size",
    label: "feed-forward size",
    group: "model",
    kind: "integer",
    min: 1,
    max: 16384,
    stops: [32, 64, 128, 256, 512, 1024, 2048],
    help: "width inside the feed-forward block, usually 4 H"
  },
  {
    key: "model.hidden_dropout_prob",
    label: "dropout",
    group: "model",
    kind: "number",
    min: 0,
    max: 0.9,
    stops: [0, 0.05, 0.1, 0.2, 0.3],
    help: "share of hidden values set to zero while training"
  },
  {
    key: "objective.sentence",
    label: "sentence objective",
    group: "objective",
    kind: "choice",
    choices: choices({sop: "order (SOP)", nsp: "next (NSP)", none: "none"}),
    help: "sentence order: are two neighbours swapped? next: do they come from one document?"
  },
  {
    key: "objective.masking.probability",
    label: "masked share",
    group: "objective",
    kind: "number",
    min: 0.01,
    max: 0.9,
    stops: [0.05, 0.1, 0.15, 0.2, 0.3, 0.4],
    help: "share of pieces hidden and to be guessed"
  },
  {
    key: "objective.masking.max_ngram",
    label: "longest masked run",
    group: "objective",
    kind: "integer",
    unit: "words",
    min: 1,
    max: 5,
    stops: [1, 2, 3, 4, 5],
    help: "runs of n words are hidden together, n with weight 1/n"
  },
  {
    key: "optimizer.name",
    label: "optimizer",
    group: "optimizer",
    kind: "choice",
    choices: choices({
      adamw: "AdamW",
      adam: "Adam",
      adamw_google: "AdamW (Google)",
      lamb: "LAMB",
      lamb_paper: "LAMB (paper)"
    }),
    help: "the rule that turns gradients into updates"
  },
  {
    key: "optimizer.learning_rate",
    label: "learning rate",
    group: "optimizer",
    kind: "number",
    min: 0,
    max: 1,
    stops: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02],
    help: "greatest step size, reached after warm-up"
  },
  {
    key: "schedule.warmup_steps",
    label: "warm-up",
    group: "optimizer",
    kind: "integer",
    unit: "steps",
    min: 0,
    max: 1_000_000,
    stops: [0, 10, 20, 50, 100, 200, 500],
    help: "steps over which the learning rate rises from 0"
  },
  {
    key: "schedule.decay",
    label: "decay",
    group: "optimizer",
    kind: "choice",
    choices: choices({
      linear: "linear",
      polynomial: "polynomial",
      cosine: "cosine",
      constant: "constant"
    }),
    help: "how the learning rate falls after warm-up"
  },
  {
    key: "optimizer.weight_decay",
    label: "weight decay",
    group: "optimizer",
    kind: "number",
    min: 0,
    max: 1,
    stops: [0, 0.001, 0.01, 0.05, 0.1],
    help: "pull of the weights towards zero"
  },
  {
    key: "optimizer.max_grad_norm",
    label: "gradient clipping",
    group: "optimizer",
    kind: "number",
    min: 0,
    max: 1e6,
    stops: [0, 0.5, 1, 2, 5],
    help: "longer gradients are scaled to this length; 0 clips nothing"
  },
  {
    key: "steps",
    label: "steps",
    group: "optimizer",
    kind: "integer",
    min: 1,
    max: 10_000_000,
    stops: [100, 200, 500, 1000, 2000, 4000, 8000, 16_000],
    help: "updates of the whole run"
  },
  {
    key: "seed",
    label: "seed",
    group: "optimizer",
    kind: "integer",
    min: 0,
    max: 4294967295,
    help: "same seed, recipe, browser and machine: the same losses to the last bit"
  },
  {
    key: "corpus.generate.documents",
    label: "generated documents",
    group: "data",
    kind: "integer",
    min: 1,
    max: 100_000,
    stops: [50, 100, 200, 400, 600, 1000, 2000, 5000],
    help: "texts written by the grammar",
    when: (value) => readPath(value, "corpus.generate") != null
  },
  {
    key: "tokenizer.vocab_size",
    label: "vocabulary V",
    group: "data",
    kind: "integer",
    unit: "pieces",
    min: 1,
    max: 100_000,
    stops: [200, 500, 1000, 2000, 4000, 8000, 16_000, 30_000],
    help: "pieces the tokenizer learns from the text"
  },
  {
    key: "batch.size",
    label: "batch",
    group: "data",
    kind: "integer",
    unit: "sequences",
    min: 1,
    max: 1024,
    stops: [4, 8, 16, 20, 32, 64, 128],
    help: "sequences per step"
  },
  {
    ...accumulationField,
    group: "data",
    when: (value) => readPath(value, "distillation") == null
  },
  {
    key: "batch.sequence_length",
    label: "sequence length",
    group: "data",
    kind: "integer",
    unit: "pieces",
    min: 8,
    max: 4096,
    stops: [16, 24, 28, 32, 48, 64, 128, 256, 512],
    help: "pieces in a sequence, [CLS] and [SEP] included"
  }
];
