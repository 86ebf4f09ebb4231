/** Small models that tasks begin from: what they read, and what they practise before the task. */
import {InputError} from "../errors.js";
import {readJson} from "../json.js";
import {withDefaults} from "../recipe/fields.js";
import {parseRecipe, type RecipeInput} from "../recipe/recipe.js";
import {fineTuneTask, type FineTuneTask} from "./tasks.js";
import {parseFineTuneRecipe, type FineTuneRecipeInput} from "./recipe.js";

/**
 * A model that reads texts in lower case, one that keeps case for names, one that has compared texts, and
 * one whose vocabulary and text are those of several languages.
 */
export type StartName = "words" | "names" | "pairs" | "languages";

/** What `tasks` does: two recipes of pretraining, the practice on pairs, and recipes by task. */
export interface TasksPlan {
  /** Without a corpus, which is the text of the tasks that begin from it. */
  words: RecipeInput;
  names: RecipeInput;
  languages: RecipeInput;
  /** From "words": scores of generated pairs by the words they share. */
  pairs: {rows: number; recipe: FineTuneRecipeInput};
  /** By the id of a task; what is left out has the task's defaults. */
  recipes: Record<string, FineTuneRecipeInput>;
}

const model = {
  embedding_size: 64,
  hidden_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 256,
  max_position_embeddings: 128
};

/**
 * Sentences of tasks stand in no order, so there is no sentence objective. Few pieces for names: an
 * unseen one is cut into letters, of which the first shows that it is written large.
 */
const usual: TasksPlan = {
  words: {
    model,
    tokenizer: {vocab_size: 6000},
    objective: {sentence: "none"},
    optimizer: {learning_rate: 0.002},
    batch: {size: 32, sequence_length: 40},
    steps: 1500,
    capture: {evaluate_every: 500, checkpoint_every: 500}
  },
  names: {
    model,
    tokenizer: {vocab_size: 1500, lower_case: false},
    objective: {sentence: "none"},
    optimizer: {learning_rate: 0.002},
    batch: {size: 32, sequence_length: 40},
    steps: 3000,
    capture: {evaluate_every: 1000, checkpoint_every: 1000}
  },
  languages: {
    model,
    tokenizer: {vocab_size: 8000},
    objective: {sentence: "none"},
    optimizer: {learning_rate: 0.002},
    batch: {size: 32, sequence_length: 40},
    steps: 1500,
    capture: {evaluate_every: 500, checkpoint_every: 500}
  },
  pairs: {
    rows: 40_000,
    recipe: {
      text_pairs: "joint",
      model: {hidden_dropout_prob: 0, classifier_dropout_prob: 0},
      optimizer: {learning_rate: 0.001},
      batch: {size: 32, sequence_length: 64},
      epochs: 1
    }
  },
  recipes: {}
};

/** Documents of the generated language that are read beside the tasks' own text. */
export const generatedDocuments = 300;

/**
 * A plan as a person writes it, over the usual one. Every recipe in it is checked, before anything is
 * trained.
 *
 * @param text JSON, for example `{"words": {"steps": 3000}, "recipes": {"cola": {"epochs": 8}}}`
 * @throws InputError for what is no JSON object, an unknown part or task, or a recipe that is none
 */
export function parseTasksPlan(text: string, file: string): TasksPlan {
  const plan = withDefaults(readJson(text, file), usual) as TasksPlan;
  if (typeof plan !== "object" || plan === null || Array.isArray(plan))
    throw new InputError(`${file}: expected an object of ${Object.keys(usual).join(", ")}`);
  const unknown = Object.keys(plan).find((key) => !(key in usual));
  if (unknown !== undefined)
    throw new InputError(
      `${file}: unknown field ${unknown} (expected ${Object.keys(usual).join(", ")})`
    );
  for (const [key, part] of Object.entries(plan))
    if (typeof part !== "object" || part === null || Array.isArray(part))
      throw new InputError(`${file}: invalid ${key} (expected an object)`);
  if (!Number.isSafeInteger(plan.pairs.rows) || plan.pairs.rows < 2)
    throw new InputError(`${file}: invalid pairs.rows (expected a whole number of at least 2)`);
  parseRecipe(plan.words, `${file}: words`);
  parseRecipe(plan.names, `${file}: names`);
  parseRecipe(plan.languages, `${file}: languages`);
  parseFineTuneRecipe(plan.pairs.recipe, `${file}: pairs.recipe`, fineTuneTask("stsb"));
  for (const [id, recipe] of Object.entries(plan.recipes))
    parseFineTuneRecipe(recipe, `${file}: recipes.${id}`, fineTuneTask(id));
  return plan;
}

/**
 * The model that a task begins from. Where two texts are read apart there is no practice on pairs.
 *
 * @param recipe of the task, as the plan has it
 */
export function startOf(task: FineTuneTask, recipe: FineTuneRecipeInput = {}): StartName {
  const {kind, textColumns} = task;
  if (kind === "tags") return "names";
  const isPair = kind !== "answers" && textColumns.every(({length}) => length === 2);
  const {text_pairs} = parseFineTuneRecipe(recipe, "recipe", task).recipe;
  return isPair && text_pairs !== "late_interaction" ? "pairs" : "words";
}
