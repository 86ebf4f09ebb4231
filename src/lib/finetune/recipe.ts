/** The recipe of a fine-tuning run: what a pretraining recipe has that still applies, and a little more. */
import * as v from "valibot";
import {errorMessage, InputError} from "../errors.js";
import {readJson} from "../json.js";
import {taskDefaults} from "./taskDefaults.js";
import type {FineTuneTask} from "./tasks.js";
import {
  batchFields,
  between,
  choice,
  count,
  optimizerFields,
  positive,
  scheduleFields,
  validated,
  withDefaults
} from "../recipe/fields.js";

const dropout = v.optional(between(0, 0.9));

/** Of the model only dropout may change; its sizes are those of the weights. */
const model = v.looseObject({
  hidden_dropout_prob: dropout,
  attention_probs_dropout_prob: dropout,
  classifier_dropout_prob: dropout
});

/** How much each class weighs in the loss: all alike, or `n / (classes · count)`, or the root of that. */
export const classWeightings = ["none", "root", "balanced"] as const;

/**
 * How two texts are read: in one row, each piece attending to both (a cross-encoder), or each on its own
 * and then compared piece by piece, see `textPairLogits`.
 */
export const pairReadings = ["joint", "late_interaction"] as const;

/** What a pretraining recipe says of its text: kept out of the way, so that one file serves both. */
const ofPretraining = v.optional(v.unknown());

const schema = v.strictObject({
  model: v.optional(model, {}),
  optimizer: v.optional(optimizerFields({learningRate: 0.001, beta2: 0.999}), {}),
  schedule: v.optional(scheduleFields, {}),
  batch: v.optional(batchFields(32, 64), {}),
  epochs: v.optional(between(0.01, 10_000), 4),
  steps: v.optional(positive(10_000_000)),
  seed: v.optional(count(4294967295), 1),
  class_weights: v.optional(choice(classWeightings), "none"),
  text_pairs: v.optional(choice(pairReadings)),
  early_stopping: v.optional(v.strictObject({patience: v.optional(count(10_000), 0)}), {}),
  answers: v.optional(
    v.strictObject({
      stride: v.optional(count(4096), 16),
      null_threshold: v.optional(between(-1e6, 1e6), 0)
    }),
    {}
  ),
  capture: v.optional(v.looseObject({evaluate_every: v.optional(count(1_000_000))}), {}),
  tokenizer: ofPretraining,
  corpus: ofPretraining,
  objective: ofPretraining
});

type Checked = v.InferOutput<typeof schema>;

/** A fine-tuning recipe as a person writes it: anything left out has a default. */
export type FineTuneRecipeInput = v.InferInput<typeof schema>;

/** Every number that a fine-tuning run depends on besides its data and the model it starts from. */
export interface FineTuneRecipe {
  /** Dropout while training; what is absent is the model's own. */
  model: {
    hidden_dropout_prob?: number;
    attention_probs_dropout_prob?: number;
    classifier_dropout_prob?: number;
  };
  optimizer: Checked["optimizer"];
  /** Without `warmup_steps`, a tenth of all steps. */
  schedule: Checked["schedule"];
  batch: Checked["batch"];
  /** Passes over the training rows; ignored where `steps` is given. */
  epochs: number;
  steps?: number;
  seed: number;
  /** Weight of the classes in the loss: all alike, or so that rare ones count more. */
  class_weights: (typeof classWeightings)[number];
  /** How two texts are read; absent: in one row. Tasks of one text take no notice. */
  text_pairs?: "late_interaction";
  /** Evaluations without a better score after which the run ends; 0 for never. */
  early_stopping: {patience: number};
  /** Long contexts: pieces that windows share, and how far "no answer" must lead (SQuAD 2.0). */
  answers: {stride: number; null_threshold: number};
  /** Steps between evaluations; absent: about twelve in all. */
  capture: {evaluate_every?: number};
}

/** Keys of a pretraining recipe that say nothing here. */
const unused = ["tokenizer", "corpus", "objective"] as const;

/**
 * Reads a fine-tuning recipe. A pretraining recipe is one too: its text and vocabulary are left out,
 * which the notes say.
 *
 * @param task whose own defaults fill in what the recipe leaves out, see {@link taskDefaults}; without
 *   one, defaults are the same for all tasks
 * @throws InputError that names the file, the field, the value and what was expected
 */
export function parseFineTuneRecipe(
  json: unknown,
  file = "recipe",
  task?: FineTuneTask
): {recipe: FineTuneRecipe; notes: string[]} {
  const read = validated(schema, task ? withDefaults(json, taskDefaults(task)) : json, file);
  const {warmup_steps} = read.schedule;
  if (read.steps !== undefined && warmup_steps !== undefined && warmup_steps > read.steps)
    throw new InputError(
      `${file}: invalid schedule.warmup_steps: ${warmup_steps} (steps is ${read.steps})`
    );
  const ignored: string[] = unused.filter((key) => read[key] !== undefined);
  const {hidden_dropout_prob, attention_probs_dropout_prob, classifier_dropout_prob, ...sizes} =
    read.model;
  if (Object.keys(sizes).length > 0) ignored.unshift("the sizes of model");
  const recipe: FineTuneRecipe = {
    model: defined({hidden_dropout_prob, attention_probs_dropout_prob, classifier_dropout_prob}),
    optimizer: read.optimizer,
    schedule: read.schedule,
    batch: read.batch,
    epochs: read.epochs,
    ...(read.steps !== undefined && {steps: read.steps}),
    seed: read.seed,
    class_weights: read.class_weights,
    ...(read.text_pairs === "late_interaction" && {text_pairs: read.text_pairs}),
    early_stopping: read.early_stopping,
    answers: read.answers,
    capture: defined({evaluate_every: read.capture.evaluate_every})
  };
  const notes =
    ignored.length > 0 ? [`${ignored.join(", ")}: of pretraining, not used in fine-tuning`] : [];
  return {recipe, notes};
}

/** The same from JSON text. */
export function parseFineTuneRecipeText(text: string, file: string, task?: FineTuneTask) {
  return parseFineTuneRecipe(readJson(text, file), file, task);
}

/** What is wrong with a recipe as one sentence, or null. */
export function fineTuneRecipeProblem(recipe: unknown): string | null {
  try {
    parseFineTuneRecipe(recipe);
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined)
  ) as T;
}
