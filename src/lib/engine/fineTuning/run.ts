/** One fine-tuning run: data, rows, head and optimizer, stepped one at a time; the best weights are kept. */
import * as tf from "@tensorflow/tfjs-core";
import {writeModelFolder} from "../../albert/checkpoint/write.js";
import type {AlbertConfig} from "../../albert/config.js";
import {learningRateAt} from "../../albert/optimizers/schedule.js";
import {countParameters, type ParameterData} from "../../albert/specs.js";
import {partsOf} from "../../albert/stepper.js";
import {baselinesOf, type BaselineScore} from "../../finetune/baselines/baselines.js";
import type {Dataset} from "../../finetune/dataset.js";
import {featuresOf} from "../../finetune/features.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import {predict, type Predictions} from "../../finetune/score.js";
import {batchesPerStep, batchOfStep} from "../../recipe/accumulation.js";
import {Pace} from "../pace.js";
import type {PhaseProgress} from "../trainingCalls.js";
import type {FineTuneEvaluation, FineTuneStep} from "./protocol.js";
import type {StartModel} from "./headModel.js";
import {prepareRun, type FineTuningParts} from "./prepareRun.js";
import {logitsOf, scoreRows, type Scored} from "./scorer.js";

/** Evaluations of a run whose recipe names no interval. */
const usualEvaluations = 12;

export class FineTuningRun {
  readonly #parts: FineTuningParts;
  readonly #pace = new Pace();
  #step = 0;
  #rows: FineTuneStep[] = [];
  #evaluations: FineTuneEvaluation[] = [];
  #best: {evaluation: FineTuneEvaluation; parameters: ParameterData; scored: Scored} | null = null;
  #last: Scored | null = null;

  private constructor(parts: FineTuningParts) {
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
    return new FineTuningRun(await prepareRun(recipe, start, train, dev, onProgress));
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
    return this.#parts.batches.perEpoch / batchesPerStep(this.#parts.recipe);
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
    const batch = batchOfStep(recipe, (i) => batches.at(i), this.#step);
    const result = await stepper.step(batch, this.#step, learningRate);
    if ("diverged" in result) return result;
    this.#step += 1;
    const tokens = partsOf(batch)
      .flatMap(({attentionMask}) => Array.from(attentionMask))
      .reduce((sum, x) => sum + x, 0);
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

/** An undefined score is worse than any. */
const rank = (score: number) => (Number.isNaN(score) ? -Infinity : score);
