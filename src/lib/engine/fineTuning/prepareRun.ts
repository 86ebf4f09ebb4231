/** What a fine-tuning run is made of before its first step: rows of pieces, a head, an optimizer, batches. */
import type {AlbertConfig} from "../../albert/config.js";
import type {HeadStepper} from "../../albert/headStepper.js";
import type {Schedule} from "../../albert/optimizers/schedule.js";
import {bodyPrefix} from "../../albert/sharing.js";
import type {ParameterData} from "../../albert/specs.js";
import {InputError} from "../../errors.js";
import {balancedWeights, TrainingBatches, type BatchOptions} from "../../finetune/batches.js";
import {isTextDataset, type Dataset} from "../../finetune/dataset.js";
import {featuresOf, rowsDigest, type FeatureRow} from "../../finetune/features.js";
import {ownTexts} from "../../finetune/ownText.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import {truthOf} from "../../finetune/score.js";
import {batchesPerStep} from "../../recipe/accumulation.js";
import {optimizerOfRecipe} from "../../recipe/optimizer.js";
import {coverageOf, coverageRow} from "../../tokenizer/coverage.js";
import type {Tokenizer} from "../../tokenizer/tokenizer.js";
import {checkFits, makeHeadStepper, predictHeadStepBytes} from "../makeStepper.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {yieldToMessages} from "../yield.js";
import {headConfig, longestRow, tokenizerFor, withHead, type StartModel} from "./headModel.js";

/** Training rows that an evaluation scores, at most. */
const mostTrainRows = 256;
/** Texts of a set that the vocabulary's reach is counted on, at most. */
const mostCoveredTexts = 300;

/** The parts of a run. */
export interface FineTuningParts {
  recipe: FineTuneRecipe;
  start: StartModel;
  train: Dataset;
  dev: Dataset;
  config: AlbertConfig;
  tokenizer: Tokenizer;
  stepper: HeadStepper;
  batches: TrainingBatches;
  devRows: FeatureRow[];
  /** The training rows that evaluations score, and the examples they belong to. */
  trainPart: {data: Dataset; rows: FeatureRow[]};
  options: BatchOptions;
  steps: number;
  schedule: Schedule;
  maxLength: number;
  /** SHA-256 of the rows of pieces and their labels, by which a checkpoint knows its run. */
  rowsDigest: string;
  notes: string[];
}

/**
 * Everything before the first step. The same recipe, data and model give the same run to the last bit.
 *
 * @throws InputError when data and model do not fit
 */
export async function prepareRun(
  recipe: FineTuneRecipe,
  start: StartModel,
  train: Dataset,
  dev: Dataset,
  onProgress: (progress: PhaseProgress) => void
): Promise<FineTuningParts> {
  checkLabels(train);
  checkLabels(dev);
  const tokenizer = tokenizerFor(start);
  const isApart = readsApart(recipe, train);
  const config = headConfig(start.config, train, recipe.model, isApart);
  const notes = [...train.notes, ...dev.notes.filter((note) => !train.notes.includes(note))];
  const maxLength = longestRow(config, recipe.batch.sequence_length);
  if (maxLength < recipe.batch.sequence_length)
    notes.push(`rows have at most ${maxLength} pieces, the positions of ${start.name}`);
  const cut = {maxLength, stride: recipe.answers.stride, isApart};
  onProgress({phase: `cutting ${train.name} into pieces`, fraction: null});
  const features = featuresOf(train, tokenizer, cut);
  const devFeatures = featuresOf(dev, tokenizer, cut);
  notes.push(...features.notes);
  for (const data of train.name === dev.name ? [train] : [train, dev])
    notes.push(await coverageNote(data, tokenizer));
  const {parameters, fresh} = withHead(config, start, recipe.seed);
  if (fresh.length > 0)
    notes.push(`newly initialised with seed ${recipe.seed}: ${fresh.join(", ")}`);
  if (train.kind === "regression") setMean(parameters, truthOf(train));
  if (fresh.includes("alignment.context.bias")) setCentre(parameters, config);
  const isWeighted =
    recipe.class_weights !== "none" && train.kind !== "regression" && train.kind !== "answers";
  const options: BatchOptions = {
    kind: train.kind,
    size: recipe.batch.size,
    maxLength,
    padId: tokenizer.special.pad,
    typeVocabSize: config.typeVocabSize,
    classWeights: isWeighted
      ? balancedWeights(
          features.rows,
          train.labels.length,
          recipe.class_weights === "root" ? 0.5 : 1
        )
      : null
  };
  const batches = new TrainingBatches(features.rows, options, recipe.seed);
  const steps =
    recipe.steps ??
    Math.max(1, Math.ceil((recipe.epochs * batches.perEpoch) / batchesPerStep(recipe)));
  const warmup_steps = recipe.schedule.warmup_steps ?? Math.floor(steps / 10);
  const made = optimizerOfRecipe({
    ...recipe,
    schedule: {...recipe.schedule, warmup_steps: Math.min(warmup_steps, steps)},
    steps
  });
  const settings = {
    optimizer: made.name,
    options: made.options,
    maxGradientNorm: recipe.optimizer.max_grad_norm,
    seed: recipe.seed
  };
  const texts = isApart ? 2 : 1;
  const longest = {batch: texts * recipe.batch.size, sequence: batches.longest};
  checkFits(predictHeadStepBytes(config, longest, settings));
  const stepper = makeHeadStepper(config, parameters, settings);
  return {
    recipe,
    start,
    train,
    dev,
    config,
    tokenizer,
    stepper,
    batches,
    devRows: devFeatures.rows,
    trainPart: someExamples(train, features.rows),
    options,
    steps,
    schedule: made.schedule,
    maxLength,
    rowsDigest: await rowsDigest([features.rows, devFeatures.rows]),
    notes
  };
}

/** Whether the recipe has two texts read apart, and the task has two. */
function readsApart({text_pairs}: FineTuneRecipe, data: Dataset): boolean {
  return (
    text_pairs === "late_interaction" && isTextDataset(data) && data.examples[0]!.pair !== null
  );
}

/** @throws InputError if an example has no label */
function checkLabels(data: Dataset): void {
  if (!isTextDataset(data)) return;
  const without = data.examples.find(({label}) => label === null);
  if (without)
    throw new InputError(`${data.name}: line ${without.line}: no label (training needs them all)`);
}

/** How far the vocabulary reaches in a set's texts. */
async function coverageNote(data: Dataset, tokenizer: Tokenizer): Promise<string> {
  const texts = evenly(ownTexts(data), mostCoveredTexts);
  const row = coverageRow(await coverageOf(tokenizer, data.name, texts, yieldToMessages));
  return `${data.name}: ${row["pieces per word"] ?? 0} pieces per word, ${row["unknown characters, %"] ?? 0}% of the characters unknown to the vocabulary`;
}

/** Some of the items, at most `most`, evenly spaced. */
function evenly<T>(items: readonly T[], most: number): T[] {
  const count = Math.min(items.length, most);
  return Array.from({length: count}, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/** A regression starts from predicting the mean. */
function setMean(parameters: ParameterData, values: readonly number[]): void {
  const bias = parameters.get("classifier.bias")!;
  if (bias.data.every((x) => x === 0))
    bias.data.fill(values.reduce((a, b) => a + b, 0) / values.length);
}

/**
 * Texts that are compared piece by piece start from embeddings around 0: those of a masked LM have a
 * large part in common, which makes any two pieces alike.
 *
 * @see Mu & Viswanath 2018 (All-but-the-Top), section 2
 */
function setCentre(parameters: ParameterData, config: AlbertConfig): void {
  const {embeddingSize, vocabSize} = config;
  const words = parameters.get(`${bodyPrefix(config)}embeddings.word_embeddings.weight`)!.data;
  const bias = parameters.get("alignment.context.bias")!.data;
  for (let i = 0; i < words.length; ++i) bias[i % embeddingSize]! -= words[i]! / vocabSize;
}

/** Some examples of a data set, evenly spaced, with their rows. */
function someExamples(data: Dataset, rows: readonly FeatureRow[]): FineTuningParts["trainPart"] {
  const chosen = evenly(
    data.examples.map((_, i) => i),
    mostTrainRows
  );
  const places = new Map(chosen.map((example, i) => [example, i]));
  const examples = chosen.map((i) => data.examples[i]!);
  return {
    data: {...data, examples} as Dataset,
    rows: rows
      .filter(({example}) => places.has(example))
      .map((row) => ({...row, example: places.get(row.example)!}))
  };
}
