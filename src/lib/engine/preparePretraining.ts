/** What a pretraining run is made of before its first step: text, vocabulary, batches, parameters, optimizer. */
import type {AlbertConfig} from "../albert/config.js";
import {studentFrom} from "../albert/distillation.js";
import type {Batch} from "../albert/objectives/batch.js";
import type {Batches} from "../albert/objectives/batches.js";
import {predictionCount} from "../albert/objectives/masking.js";
import type {Schedule} from "../albert/optimizers/schedule.js";
import {initParameters} from "../albert/specs.js";
import type {Stepper} from "../albert/stepper.js";
import type {Corpus} from "../corpus/types.js";
import {configOfRecipe} from "../recipe/config.js";
import {recipeHash} from "../recipe/hash.js";
import {optimizerOfRecipe} from "../recipe/optimizer.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {continuedParameters, type StartWeights} from "./continueFrom.js";
import {batchesOf, heldOutOf} from "./batchesOf.js";
import {frequencyBaseline, type Baseline} from "./baseline.js";
import {checkFits, makeStepper, predictStepBytes} from "./makeStepper.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {teach, teacherRecipe, type TrainedTeacher} from "./teacher.js";
import {dataDigest, encodeDocuments, trainTokenizerFor} from "./tokenization.js";

export interface PrepareOptions {
  /** Name among the runs that are kept; default a new one. */
  id?: string;
  /** A vocabulary to use instead of training one. */
  tokenizer?: Tokenizer;
  /** Weights to go on from instead of random ones; needs their vocabulary. */
  start?: StartWeights;
  /** Teachers that are trained already, by their recipe's hash; one that is missing is added. */
  taught?: Map<string, TrainedTeacher>;
  onProgress?: (progress: PhaseProgress) => void;
  signal?: AbortSignal;
  /** Ends when the backend is chosen; the text is made ready meanwhile. Default: it is by now. */
  ready?: Promise<unknown>;
}

/** The parts of a run. */
export interface PretrainingParts {
  id: string;
  recipe: Recipe;
  hash: string;
  corpus: Corpus;
  /** SHA-256 of vocabulary and encoded text. */
  data: string;
  tokenizer: Tokenizer;
  config: AlbertConfig;
  batches: Batches;
  heldOut: Batch[];
  baseline: Baseline;
  stepper: Stepper;
  schedule: Schedule;
  predictedBytes: number;
}

/** A name for a new run: the recipe's hash and six random digits. */
export function newRunId(hash: string): string {
  return `${hash}-${crypto.randomUUID().slice(0, 6)}`;
}

/**
 * Everything before the first step. The same recipe and text give the same parts to the last bit.
 *
 * @throws InputError when the text cannot be trained on or the model would not fit
 */
export async function preparePretraining(
  recipe: Recipe,
  corpus: Corpus,
  {id, tokenizer: given, start, taught, onProgress = () => {}, signal, ready}: PrepareOptions = {}
): Promise<PretrainingParts> {
  const tokenizer = given ?? (await trainTokenizerFor(recipe, corpus, onProgress, signal));
  onProgress({phase: "encoding the text", fraction: null});
  const documents = encodeDocuments(tokenizer, corpus);
  await ready;
  const config = configOfRecipe(recipe, tokenizer.vocabSize);
  const {size, sequence_length} = recipe.batch;
  const {name, options, schedule} = optimizerOfRecipe(recipe);
  const {max_grad_norm: maxGradientNorm} = recipe.optimizer;
  const settings = {optimizer: name, options, maxGradientNorm, seed: recipe.seed};
  const slots = size * predictionCount(sequence_length, recipe.objective.masking.probability);
  const predicted = predictStepBytes(
    config,
    {batch: size, sequence: sequence_length, slots},
    settings,
    recipe.distillation ? configOfRecipe(teacherRecipe(recipe), tokenizer.vocabSize) : null
  );
  checkFits(predicted);
  const made = batchesOf(recipe, tokenizer, documents);
  const heldOut = heldOutOf(made, recipe);
  const baseline = frequencyBaseline(documents, tokenizer.vocabSize, heldOut);
  onProgress({phase: "making the first weights", fraction: null});
  const teacher =
    recipe.distillation && (await teach(recipe, corpus, tokenizer, taught, onProgress, signal));
  const fresh = start
    ? continuedParameters(config, start, recipe.seed).parameters
    : initParameters(config, recipe.seed);
  const stepper = makeStepper(config, teacher ? studentFrom(teacher, config, fresh) : fresh, {
    ...settings,
    teacher
  });
  await stepper.prepare?.(made.at(0), (fraction) =>
    onProgress({phase: "compiling for the graphics card", fraction})
  );
  const hash = await recipeHash(recipe);
  return {
    id: id ?? newRunId(hash),
    recipe,
    hash,
    corpus,
    data: await dataDigest(tokenizer, documents),
    tokenizer,
    config,
    batches: made,
    heldOut,
    baseline,
    stepper,
    schedule,
    predictedBytes: predicted
  };
}
