import type {Field} from "./configFields.js";
import {accumulationField} from "./recipeFields.js";

/** The knobs of a fine-tuning recipe, under its own keys. */
export const fineTuneFields: readonly Field[] = [
  {
    key: "optimizer.learning_rate",
    label: "learning rate",
    group: "training",
    kind: "number",
    min: 0,
    max: 1,
    stops: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01],
    prominent: true,
    help: "greatest step size, reached after warm-up; too high a rate forgets what was pretrained"
  },
  {
    key: "epochs",
    label: "epochs",
    group: "training",
    kind: "number",
    min: 0.01,
    max: 10_000,
    stops: [1, 2, 3, 4, 5, 8, 12, 20],
    prominent: true,
    help: "passes over the training rows"
  },
  {
    key: "batch.size",
    label: "batch",
    group: "training",
    kind: "integer",
    unit: "rows",
    min: 1,
    max: 1024,
    stops: [4, 8, 16, 32, 64, 128],
    help: "rows per step"
  },
  {...accumulationField, group: "training"},
  {
    key: "batch.sequence_length",
    label: "longest row",
    group: "training",
    kind: "integer",
    unit: "pieces",
    min: 8,
    max: 4096,
    stops: [16, 32, 48, 64, 96, 128, 256],
    help: "longer texts lose their end; contexts of questions are cut into windows that overlap"
  },
  {
    key: "model.hidden_dropout_prob",
    label: "dropout",
    group: "training",
    kind: "number",
    min: 0,
    max: 0.9,
    stops: [0, 0.05, 0.1, 0.2, 0.3],
    help: "share of hidden values set to zero while training"
  },
  {
    key: "model.classifier_dropout_prob",
    label: "dropout before the head",
    group: "training",
    kind: "number",
    min: 0,
    max: 0.9,
    stops: [0, 0.05, 0.1, 0.2, 0.3],
    help: "the same in front of the classifier"
  },
  {
    key: "text_pairs",
    label: "two texts",
    group: "training",
    kind: "choice",
    choices: [
      {value: undefined, label: "read together"},
      {value: "late_interaction", label: "read apart, compared piece by piece"}
    ],
    help: "similarity and paraphrase only: apart, a small model needs not learn first how to compare (late interaction)"
  },
  {
    key: "class_weights",
    label: "class weights",
    group: "training",
    kind: "choice",
    choices: [
      {value: "none", label: "none"},
      {value: "root", label: "halfway (square roots)"},
      {value: "balanced", label: "balanced"}
    ],
    help: "balanced: rare classes weigh more in the loss, so that every class counts alike"
  },
  {
    key: "early_stopping.patience",
    label: "early stopping",
    group: "training",
    kind: "integer",
    unit: "evaluations",
    min: 0,
    max: 10_000,
    stops: [0, 2, 3, 5, 8],
    help: "ends the run after so many evaluations without a better score; 0 never does"
  },
  {
    key: "optimizer.weight_decay",
    label: "weight decay",
    group: "training",
    kind: "number",
    min: 0,
    max: 1,
    stops: [0, 0.001, 0.01, 0.05, 0.1],
    help: "pull of the weights towards zero"
  },
  {
    key: "answers.stride",
    label: "window overlap",
    group: "training",
    kind: "integer",
    unit: "pieces",
    min: 0,
    max: 4096,
    stops: [0, 8, 16, 32, 64],
    help: "questions only: pieces that consecutive windows of a long context share"
  },
  {
    key: "seed",
    label: "seed",
    group: "training",
    kind: "integer",
    min: 0,
    max: 4294967295,
    help: "of the new head, the order of the rows and dropout"
  }
];
