/** Random recipes at odd sizes, trained by their plan and in the plain form. */
import * as tf from "@tensorflow/tfjs-core";
import {expect} from "vitest";
import type {ParameterData} from "../../../../src/lib/albert/specs.js";
import {generateCorpus} from "../../../../src/lib/corpus/generate.js";
import {PretrainingRun} from "../../../../src/lib/engine/run.js";
import {trainTokenizerFor} from "../../../../src/lib/engine/tokenization.js";
import {Random} from "../../../../src/lib/random.js";
import {decays, optimizerNames} from "../../../../src/lib/recipe/fields.js";
import {parseRecipe, type Recipe} from "../../../../src/lib/recipe/recipe.js";
import type {Tokenizer} from "../../../../src/lib/tokenizer/tokenizer.js";
import {useBackend} from "../backends.js";

const steps = 4;
const generate = {documents: 40, seed: 5};
const corpus = generateCorpus(generate);
const tokenizers = new Map<number, Tokenizer>();

/**
 * A random recipe: model, sharing, activation, dropout, masking, sentence task, optimizer, clipping,
 * schedule and shape of the batch.
 */
function randomRecipe(seed: number): Recipe {
  const random = new Random(seed, "splits");
  const heads = 1 + random.int(3);
  const layers = 1 + random.int(3);
  const dropout = random.pick([0, 0, 0.1]);
  const factorisation = random.int(5) > 0;
  const hidden = heads * (4 + random.int(7));
  const sentence = random.pick(["none", "nsp", "sop"] as const);
  return parseRecipe({
    model: {
      embedding_size: factorisation ? 5 + random.int(9) : hidden,
      ...(!factorisation && {factorisation}),
      hidden_size: hidden,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: 5 + random.int(23),
      sharing: random.pick<Recipe["model"]["sharing"]>([
        "none",
        "attention",
        "ffn",
        "all",
        {groups: 1 + random.int(layers), inner: 1 + random.int(2)}
      ]),
      hidden_act: random.pick(["gelu", "gelu_new", "relu"] as const),
      hidden_dropout_prob: dropout,
      attention_probs_dropout_prob: random.pick([0, dropout]),
      type_vocab_size: sentence === "none" ? random.pick([1, 2]) : 2,
      layer_norm_eps: random.pick([1e-12, 1e-5])
    },
    tokenizer: {vocab_size: random.pick([67, 101])},
    corpus: {generate},
    objective: {
      masking: {max_ngram: 1 + random.int(3), probability: random.pick([0.15, 0.3])},
      sentence
    },
    optimizer: {
      name: random.pick(optimizerNames),
      learning_rate: random.pick([0.001, 0.003]),
      weight_decay: random.pick([0, 0.01]),
      max_grad_norm: random.pick([0, 0.3, 1])
    },
    schedule: {decay: random.pick(decays), warmup_steps: random.int(3)},
    batch: {size: 1 + random.int(5), sequence_length: 9 + random.int(12)},
    steps,
    seed
  });
}

/** What two trainings of one recipe differ by. */
export interface RecipeErrors {
  /** Largest difference of a step's loss, relative to the loss where that is over 1. */
  loss: number;
  /** Largest difference of a gradient's norm, relative to it where it is over 1. */
  gradientNorm: number;
  /**
   * The largest, over tensors, of the root of mean squares of the final parameters' difference,
   * relative to that of what training moved in the tensor.
   */
  parameters: number;
}

/** Recipes to compare; `ALBERT_RECIPES` says how many where it is set. */
export const recipeCount = Number(process.env.ALBERT_RECIPES ?? 6);

/** The largest errors of the first recipes, which are also printed with their quantiles. */
export async function largestErrors(count: number): Promise<RecipeErrors> {
  const all: RecipeErrors[] = [];
  for (let seed = 0; seed < count; ++seed) all.push(await compareTrainings(randomRecipe(seed)));
  const sorted = (key: keyof RecipeErrors) => all.map((e) => e[key]).sort((a, b) => a - b);
  const at = (key: keyof RecipeErrors, share: number) =>
    sorted(key)[Math.floor(share * (count - 1))]!.toExponential(1);
  for (const key of ["loss", "gradientNorm", "parameters"] as const)
    console.log(
      `${key}: median ${at(key, 0.5)}, 95 % ${at(key, 0.95)}, largest ${at(key, 1)} of ${count} recipes`
    );
  return {
    loss: sorted("loss").at(-1)!,
    gradientNorm: sorted("gradientNorm").at(-1)!,
    parameters: sorted("parameters").at(-1)!
  };
}

/** Trains a recipe on its plan and in the plain form on the processor. */
async function compareTrainings(recipe: Recipe): Promise<RecipeErrors> {
  const plan = await trained(recipe, "wasm");
  const plain = await trained(recipe, "cpu");
  expect(plan.executor).toMatch(/^plan on WebAssembly/);
  expect(plain.executor).toBe("plain operations on tfjs cpu");
  const errors: RecipeErrors = {loss: 0, gradientNorm: 0, parameters: 0};
  plain.steps.forEach(({loss, gradientNorm}, i) => {
    const got = plan.steps[i]!;
    const off = (a: number, b: number) => Math.abs(a - b) / Math.max(1, b);
    errors.loss = Math.max(errors.loss, off(got.loss, loss));
    errors.gradientNorm = Math.max(errors.gradientNorm, off(got.gradientNorm, gradientNorm));
  });
  for (const [name, {data}] of plain.parameters) {
    // Softmax does not see the keys' bias: its gradient is rounding, which Adam makes steps of.
    if (name.endsWith("attention.key.bias")) continue;
    const got = plan.parameters.get(name)!.data;
    const before = plain.initial.get(name)!.data;
    const moved = meanSquare((i) => data[i]! - before[i]!, data.length);
    const apart = meanSquare((i) => got[i]! - data[i]!, data.length);
    if (moved > 0) errors.parameters = Math.max(errors.parameters, Math.sqrt(apart / moved));
    else expect(apart, `${name} moved on its plan alone`).toBe(0);
  }
  return errors;
}

function meanSquare(of: (i: number) => number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; ++i) sum += of(i) ** 2;
  return sum / size;
}

async function trained(recipe: Recipe, backend: "wasm" | "cpu") {
  await useBackend(backend);
  const before = tf.memory().numTensors;
  const {vocab_size: size} = recipe.tokenizer;
  const tokenizer =
    tokenizers.get(size) ??
    (await trainTokenizerFor(recipe, {...corpus, name: "generated"}, () => {}));
  tokenizers.set(size, tokenizer);
  const run = await PretrainingRun.prepare(recipe, {...corpus, name: "generated"}, {tokenizer});
  const initial: ParameterData = await run.parameters();
  const taken = [];
  while (run.step < recipe.steps) {
    const step = await run.takeStep();
    if ("diverged" in step) throw new Error(step.diverged);
    taken.push(step);
  }
  const result = {
    executor: run.executor,
    initial,
    parameters: await run.parameters(),
    steps: taken
  };
  const {predictedBytes} = run.summary();
  await run.dispose();
  expect(tf.memory().numTensors).toBe(before);
  if (backend === "wasm")
    for (const {memoryBytes} of taken) expect(memoryBytes).toBe(predictedBytes);
  return result;
}
