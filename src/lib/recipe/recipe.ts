import * as v from "valibot";
import {InputError} from "../errors.js";
import {readJson} from "../json.js";
import {
  batchFields,
  between,
  choice,
  count,
  optimizerFields,
  positive,
  scheduleFields,
  validated
} from "./fields.js";

/** Keys are Hugging Face's where it has one; see the reference page for what each one does. */
const sharingModes = ["none", "attention", "ffn", "all"] as const;
const activations = ["gelu", "gelu_new", "relu"] as const;
const sentenceObjectives = ["none", "nsp", "sop"] as const;

const sharing = v.union(
  [choice(sharingModes), v.strictObject({groups: positive(64), inner: v.optional(positive(8), 1)})],
  `expected one of ${sharingModes.join(", ")}, or {"groups": n, "inner": m}`
);

const model = v.strictObject({
  embedding_size: v.optional(positive(4096), 48),
  hidden_size: v.optional(positive(4096), 64),
  num_hidden_layers: v.optional(positive(48), 2),
  num_attention_heads: v.optional(positive(64), 4),
  intermediate_size: v.optional(positive(16384), 128),
  sharing: v.optional(sharing, "all"),
  /** False: a word table as wide as the encoder and no projection, as BERT's. Absent: true. */
  factorisation: v.optional(v.boolean("expected true or false")),
  hidden_act: v.optional(choice(activations), "gelu_new"),
  hidden_dropout_prob: v.optional(between(0, 0.9), 0),
  attention_probs_dropout_prob: v.optional(between(0, 0.9), 0),
  max_position_embeddings: v.optional(positive(4096)),
  type_vocab_size: v.optional(positive(2), 2),
  initializer_range: v.optional(between(1e-6, 1), 0.12),
  layer_norm_eps: v.optional(between(1e-12, 1), 1e-12)
});

const tokenizer = v.strictObject({
  vocab_size: v.optional(positive(100_000), 1000),
  /** Absent: true, as ALBERT's. Without a default, so that recipes from before keep their hash. */
  lower_case: v.optional(v.boolean("expected true or false")),
  path: v.optional(v.string("expected a path"))
});

const corpusPath = v.strictObject({path: v.pipe(v.string("expected a path"), v.minLength(1))});
const corpusUrl = v.strictObject({
  url: v.pipe(v.string("expected a URL"), v.url("expected a URL"))
});
const corpusGenerate = v.strictObject({
  generate: v.strictObject({
    documents: v.optional(positive(100_000), 600),
    seed: v.optional(count(4294967295)),
    /** Short sentences that only tell events. Absent: false, so that older recipes keep their hash. */
    plain: v.optional(v.boolean("expected true or false")),
    /** How many topics plain documents are about. Absent: all twelve. */
    topics: v.optional(positive(12))
  })
});
const corpusAny = v.union(
  [corpusPath, corpusUrl, corpusGenerate],
  'expected {"path": "FILE"}, {"url": "ADDRESS"} or {"generate": {"documents": n}}'
);
/** Chosen by the key that is there, so that an error names the field inside it. */
const corpus = v.lazy((input) => {
  if (typeof input !== "object" || input === null) return corpusAny;
  if ("generate" in input) return corpusGenerate;
  if ("url" in input) return corpusUrl;
  return "path" in input ? corpusPath : corpusAny;
});

const objective = v.strictObject({
  masking: v.optional(
    v.strictObject({
      max_ngram: v.optional(positive(5), 3),
      probability: v.optional(between(0.01, 0.9), 0.15),
      mask: v.optional(between(0, 1), 0.8),
      random: v.optional(between(0, 1), 0.1),
      /**
       * The text is packed and masked this many times before training, and then seen again and again,
       * as BERT's. Absent: anew in every epoch, as RoBERTa's.
       */
      duplicates: v.optional(positive(1000))
    }),
    {}
  ),
  sentence: v.optional(choice(sentenceObjectives), "sop")
});

/** Absent: learn from the text alone. */
const distillation = v.strictObject({
  /** The teacher is trained first: this recipe's model but for its depth and its sentence task. */
  teacher: v.strictObject({
    num_hidden_layers: positive(48),
    steps: positive(10_000_000),
    sentence: v.optional(choice(sentenceObjectives), "none")
  }),
  temperature: v.optional(between(0.1, 100), 2),
  /** Weights of the three losses; those of DistilBERT. */
  soft: v.optional(between(0, 1000), 5),
  mlm: v.optional(between(0, 1000), 2),
  cosine: v.optional(between(0, 1000), 1)
});

const capture = v.strictObject({
  evaluate_every: v.optional(count(1_000_000), 100),
  checkpoint_every: v.optional(count(1_000_000), 500)
});

const schema = v.strictObject({
  model: v.optional(model, {}),
  tokenizer: v.optional(tokenizer, {}),
  corpus: v.optional(corpus, {generate: {}}),
  objective: v.optional(objective, {}),
  distillation: v.optional(distillation),
  optimizer: v.optional(optimizerFields({learningRate: 0.003, beta2: 0.98}), {}),
  schedule: v.optional(scheduleFields, {}),
  batch: v.optional(batchFields(20, 28), {}),
  steps: v.optional(positive(10_000_000), 8000),
  seed: v.optional(count(4294967295), 1),
  capture: v.optional(capture, {})
});

/** A recipe as a person writes it: anything left out has a default. */
export type RecipeInput = v.InferInput<typeof schema>;

/** A whole recipe: every number a run depends on, in Hugging Face's key names where it has one. */
export type Recipe = v.InferOutput<typeof schema> & {
  model: {max_position_embeddings: number};
  schedule: {warmup_steps: number};
};

/**
 * Reads a recipe: checks every field, refuses unknown ones and fills in the defaults.
 *
 * @param json what JSON.parse gave
 * @param file the name to put into error messages
 * @throws InputError that names the file, the field, the value and what was expected
 */
export function parseRecipe(json: unknown, file = "recipe"): Recipe {
  const recipe = validated(schema, json, file);
  const refuse = (field: string, value: unknown, expected: string): never => {
    throw new InputError(`${file}: invalid ${field}: ${JSON.stringify(value)} (${expected})`);
  };
  const {hidden_size, num_attention_heads, num_hidden_layers, sharing} = recipe.model;
  if (hidden_size % num_attention_heads)
    refuse("model.hidden_size", hidden_size, `must be a multiple of ${num_attention_heads} heads`);
  if (typeof sharing === "object" && sharing.groups > num_hidden_layers)
    refuse("model.sharing.groups", sharing.groups, `must not exceed ${num_hidden_layers} layers`);
  const positions = recipe.model.max_position_embeddings;
  const {sequence_length} = recipe.batch;
  if (positions !== undefined && positions < sequence_length)
    refuse(
      "model.max_position_embeddings",
      positions,
      `must be at least batch.sequence_length ${sequence_length}`
    );
  if (recipe.objective.sentence !== "none" && recipe.model.type_vocab_size < 2)
    refuse("model.type_vocab_size", recipe.model.type_vocab_size, "sentence pairs need 2 types");
  const {embedding_size, factorisation} = recipe.model;
  if (factorisation === false && embedding_size !== hidden_size)
    refuse("model.embedding_size", embedding_size, `without factorisation it is ${hidden_size}`);
  const {distillation} = recipe;
  if (distillation && recipe.objective.sentence !== "none")
    refuse("objective.sentence", recipe.objective.sentence, "a student learns from masks alone");
  const {gradient_accumulation_steps: several = 1} = recipe.batch;
  if (distillation && several > 1)
    refuse("batch.gradient_accumulation_steps", several, "a student learns from one batch a step");
  const {mask, random} = recipe.objective.masking;
  if (mask + random > 1 + 1e-9)
    refuse("objective.masking.random", random, `mask + random must not exceed 1, mask is ${mask}`);
  const warmup = recipe.schedule.warmup_steps ?? Math.min(100, recipe.steps);
  if (warmup > recipe.steps) refuse("schedule.warmup_steps", warmup, `steps is ${recipe.steps}`);
  return {
    ...recipe,
    model: {
      ...recipe.model,
      max_position_embeddings: positions ?? Math.max(128, sequence_length)
    },
    schedule: {...recipe.schedule, warmup_steps: warmup}
  };
}

/** Reads a recipe from JSON text; a syntax error names the line. */
export function parseRecipeText(text: string, file: string): Recipe {
  return parseRecipe(readJson(text, file), file);
}
