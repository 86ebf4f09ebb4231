/** One fine-tuning run: data, rows, head and optimizer, stepped one at a time; the best weights are kept. */
import * as tf from "@tensorflow/tfjs-core";
import {writeModelFolder} from "../../albert/checkpoint/write.js";
import type {AlbertConfig} from "../../albert/config.js";
import type {HeadStepper} from "../../albert/headStepper.js";
import {learningRateAt, type Schedule} from "../../albert/optimizers/schedule.js";
import {bodyPrefix} from "../../albert/sharing.js";
import {countParameters, type ParameterData} from "../../albert/specs.js";
import {InputError} from "../../errors.js";
import {baselinesOf, type BaselineScore} from "../../finetune/baselines/baselines.js";
import {balancedWeights, TrainingBatches, type BatchOptions} from "../../finetune/batches.js";
import {isTextDataset, type Dataset} from "../../finetune/dataset.js";
import {featuresOf, type FeatureRow} from "../../finetune/features.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import {predict, truthOf, type Predictions} from "../../finetune/score.js";
import {optimizerOfRecipe} from "../../recipe/optimizer.js";
import type {Tokenizer} from "../../tokenizer/tokenizer.js";
import {makeHeadStepper} from "../makeStepper.js";
import {Pace} from "../pace.js";
import type {PhaseProgress} from "../protocol.js";
import type {FineTuneEvaluation, FineTuneStep} from "./protocol.js";
import {headConfig, longestRow, tokenizerFor, withHead, type StartModel} from "./headModel.js";
import {logitsOf, scoreRows, type Scored} from "./scorer.js";

/** Training rows that an evaluation scores, at most. */
const mostTrainRows = 256;
/** Evaluations of a run whose recipe names no interval. */
const usualEvaluations = 12;

interface Parts {
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
  notes: string[];
}

export class FineTuningRun {
  readonly #parts: Parts;
  readonly #pace = new Pace();
  #step = 0;
  #rows: FineTuneStep[] = [];
  #evaluations: FineTuneEvaluation[] = [];
  #best: {evaluation: FineTuneEvaluation; parameters: ParameterData; scored: Scored} | null = null;
  #last: Scored | null = null;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Everything before the first step. The same recipe, data and model give the same run to the last bit.
   *
   * @throws InputError when data and model do not fit
   */
  static async prepare(
    recipe: FineTuneRecipe,
    start: StartModel,
    train: Dataset,
    dev: Dataset,
    onProgress: (progress: PhaseProgress) => void = () => {}
  ): Promise<FineTuningRun> {
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
    const steps = recipe.steps ?? Math.max(1, Math.ceil(recipe.epochs * batches.perEpoch));
    const warmup_steps = recipe.schedule.warmup_steps ?? Math.floor(steps / 10);
    const made = optimizerOfRecipe({
      ...recipe,
      schedule: {...recipe.schedule, warmup_steps: Math.min(warmup_steps, steps)},
      steps
    });
    const stepper = makeHeadStepper(config, parameters, {
      optimizer: made.name,
      options: made.options,
      maxGradientNorm: recipe.optimizer.max_grad_norm,
      seed: recipe.seed
    });
    return new FineTuningRun({
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
      notes
    });
  }

  get recipe(): FineTuneRecipe {
    return this.#parts.recipe;
  }

  get config(): AlbertConfig {
    return this.#parts.config;
  }

  get dev(): Dataset {
    return this.#parts.dev;
  }

  get train(): Dataset {
    return this.#parts.train;
  }

  /** Name of the model that it started from. */
  get startName(): string {
    return this.#parts.start.name;
  }

  get notes(): readonly string[] {
    return this.#parts.notes;
  }

  get executor(): string {
    return this.#parts.stepper.executor;
  }

  /** Steps taken, and of the whole run. */
  get step(): number {
    return this.#step;
  }

  get steps(): number {
    return this.#parts.steps;
  }

  get stepsPerEpoch(): number {
    return this.#parts.batches.perEpoch;
  }

  get parameterCount(): number {
    return countParameters(this.#parts.config).total;
  }

  get rows(): readonly FineTuneStep[] {
    return this.#rows;
  }

  get evaluations(): readonly FineTuneEvaluation[] {
    return this.#evaluations;
  }

  /** The best evaluation so far. */
  get best(): FineTuneEvaluation | null {
    return this.#best?.evaluation ?? null;
  }

  /** What the best weights said of the dev rows; null before the first evaluation. */
  get bestScored(): Scored | null {
    return this.#best?.scored ?? null;
  }

  /** What the weights of the last evaluation said of the dev rows. */
  get last(): Scored | null {
    return this.#last;
  }

  /** Steps between evaluations. */
  get evaluateEvery(): number {
    const {recipe, steps} = this.#parts;
    return recipe.capture.evaluate_every || Math.max(1, Math.ceil(steps / usualEvaluations));
  }

  /** Whether the last evaluations were no better than the best, as often as the recipe allows. */
  get isStopped(): boolean {
    const {patience} = this.#parts.recipe.early_stopping;
    if (patience === 0 || !this.#best) return false;
    const since = this.#evaluations.length - 1 - this.#evaluations.indexOf(this.#best.evaluation);
    return since >= patience;
  }

  /** Scores of guesses that need no network. */
  baselines(): BaselineScore[] {
    return baselinesOf(this.#parts.train, this.#parts.dev);
  }

  /** One update; after a divergence the weights are those before it. */
  async takeStep(): Promise<FineTuneStep | {diverged: string}> {
    const {recipe, batches, stepper, schedule} = this.#parts;
    const started = performance.now();
    const learningRate = learningRateAt(schedule, recipe.optimizer.learning_rate, this.#step);
    const batch = batches.at(this.#step);
    const result = await stepper.step(batch, this.#step, learningRate);
    if ("diverged" in result) return result;
    this.#step += 1;
    const tokens = batch.attentionMask.reduce((sum, x) => sum + x, 0);
    const row: FineTuneStep = {
      step: this.#step,
      ...result,
      learningRate,
      tokensPerSecond: this.#pace.after(tokens, performance.now() - started)
    };
    this.#rows.push(row);
    return row;
  }

  /** Scores dev and part of train; keeps the weights where dev is better than ever. */
  async evaluate(): Promise<FineTuneEvaluation> {
    const {stepper, dev, devRows, trainPart, config, options, recipe} = this.#parts;
    const {null_threshold} = recipe.answers;
    const scored = await scoreRows(stepper, dev, devRows, config, options, null_threshold);
    const part = await scoreRows(
      stepper,
      trainPart.data,
      trainPart.rows,
      config,
      options,
      null_threshold
    );
    this.#last = scored;
    const before = this.#best?.evaluation.dev;
    const isBest =
      !before ||
      rank(scored.score.score) > rank(before.score) ||
      (rank(scored.score.score) === rank(before.score) && scored.score.loss < before.loss);
    const evaluation = {step: this.#step, dev: scored.score, train: part.score, isBest};
    if (isBest) this.#best = {evaluation, scored, parameters: await stepper.parameters()};
    this.#evaluations.push(evaluation);
    return evaluation;
  }

  /** What the present weights say of examples of the reader's own; labels do not matter. */
  async predict(data: Dataset): Promise<Predictions> {
    const {stepper, tokenizer, config, options, recipe, maxLength} = this.#parts;
    const {rows} = featuresOf(data, tokenizer, {
      maxLength,
      stride: recipe.answers.stride,
      isApart: config.architecture === "AlbertForTextPairs"
    });
    const size = Math.min(options.size, rows.length);
    const logits = await logitsOf(stepper, rows, config, {...options, size});
    return predict(data, rows, logits, recipe.answers.null_threshold);
  }

  /** The best weights, or the present ones before the first evaluation. */
  async bestParameters(): Promise<ParameterData> {
    return this.#best?.parameters ?? this.#parts.stepper.parameters();
  }

  /** The best model as a Hugging Face folder. */
  async exportFolder(): Promise<Map<string, Uint8Array>> {
    const {config, tokenizer, train, start} = this.#parts;
    const best = this.best;
    const about =
      `${start.name}, fine-tuned on ${train.name} (${train.task.name}, ${train.examples.length} examples)` +
      (best ? `; the weights of step ${best.step}, the best on the dev rows.` : ".");
    return writeModelFolder({config, parameters: await this.bestParameters(), tokenizer, about});
  }

  /** Bytes of the model's numbers that are alive. */
  memoryBytes(): number {
    return this.#parts.stepper.memoryBytes();
  }

  /** What computes, for a record of the run. */
  versions(): Record<string, string> {
    return {tfjs: tf.version_core, backend: tf.getBackend(), executor: this.executor};
  }

  dispose(): void {
    this.#parts.stepper.dispose();
  }
}

/** Whether the recipe has two texts read apart, and the task has two. */
function readsApart({text_pairs}: FineTuneRecipe, data: Dataset): boolean {
  return (
    text_pairs === "late_interaction" && isTextDataset(data) && data.examples[0]!.pair !== null
  );
}

/** An undefined score is worse than any. */
const rank = (score: number) => (Number.isNaN(score) ? -Infinity : score);

/** @throws InputError if an example has no label */
function checkLabels(data: Dataset): void {
  if (!isTextDataset(data)) return;
  const without = data.examples.find(({label}) => label === null);
  if (without)
    throw new InputError(`${data.name}: line ${without.line}: no label (training needs them all)`);
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
function someExamples(data: Dataset, rows: readonly FeatureRow[]): Parts["trainPart"] {
  const {length} = data.examples;
  const count = Math.min(length, mostTrainRows);
  const chosen = Array.from({length: count}, (_, i) => Math.floor((i * length) / count));
  const places = new Map(chosen.map((example, i) => [example, i]));
  const examples = chosen.map((i) => data.examples[i]!);
  return {
    data: {...data, examples} as Dataset,
    rows: rows
      .filter(({example}) => places.has(example))
      .map((row) => ({...row, example: places.get(row.example)!}))
  };
}
