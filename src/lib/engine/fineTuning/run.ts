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
import type {Tokenizer} from "../../tokenizer/tokenizer.js";
import {Pace} from "../pace.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {readRunState, writeRunState} from "../runState.js";
import type {FineTuneEvaluation, FineTuneStep} from "./protocol.js";
import type {StartModel} from "./headModel.js";
import {prepareRun, type FineTuningParts} from "./prepareRun.js";
import {logitsOf, scoreRows, type Scored} from "./scorer.js";

/** What a run has measured, oldest first. */
export interface FineTuneHistory {
  rows: readonly FineTuneStep[];
  evaluations: readonly FineTuneEvaluation[];
}

/** Evaluations of a run whose recipe names no interval. */
const usualEvaluations = 12;

export class FineTuningRun {
  readonly #parts: FineTuningParts;
  readonly #pace = new Pace();
  #step = 0;
  #rows: FineTuneStep[] = [];
  #evaluations: FineTuneEvaluation[] = [];
  #best: {
    evaluation: FineTuneEvaluation;
    parameters: ParameterData;
    /** Null where the run was brought back since. */
    scored: Scored | null;
  } | null = null;
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

  get tokenizer(): Tokenizer {
    return this.#parts.tokenizer;
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

  /** What the best weights say of the dev rows; null before the first evaluation. */
  async bestScored(): Promise<Scored | null> {
    const best = this.#best;
    if (!best) return null;
    if (best.scored) return best.scored;
    const {stepper} = this.#parts;
    const present = {parameters: await stepper.parameters(), slots: await stepper.optimizerData()};
    stepper.restore(best.parameters, present.slots);
    best.scored = await this.#scoreDev();
    stepper.restore(present.parameters, present.slots);
    return best.scored;
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
  async evaluate(onScored: (fraction: number) => void = () => {}): Promise<FineTuneEvaluation> {
    const {stepper, devRows, trainPart} = this.#parts;
    const all = devRows.length + trainPart.rows.length;
    const scored = await this.#scoreDev((rows) => onScored(rows / all));
    const part = await this.#score(trainPart, (rows) => onScored((devRows.length + rows) / all));
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

  #scoreDev(onRows?: (rows: number) => void): Promise<Scored> {
    const {dev, devRows} = this.#parts;
    return this.#score({data: dev, rows: devRows}, onRows);
  }

  #score(
    {data, rows}: FineTuningParts["trainPart"],
    onRows?: (rows: number) => void
  ): Promise<Scored> {
    const {stepper, config, options, recipe} = this.#parts;
    const {null_threshold} = recipe.answers;
    return scoreRows(stepper, data, rows, config, options, null_threshold, onRows);
  }

  /**
   * Parameters, optimizer and step as one file. Rows and dropout follow from the step.
   *
   * @throws InputError when a weight is not finite
   */
  saveState(): Promise<Uint8Array> {
    const {stepper, recipe, rowsDigest: data} = this.#parts;
    return writeRunState({step: this.#step, stepper, recipe, versions: this.versions(), data});
  }

  /** The best weights as a file of the same kind; null where they are those of the present step. */
  async saveBest(): Promise<Uint8Array | null> {
    const {recipe, rowsDigest: data} = this.#parts;
    if (!this.#best || this.#best.evaluation.step === this.#step) return null;
    const {evaluation, parameters} = this.#best;
    const stepper = {
      parameters: async () => parameters,
      optimizerData: async () => ({step: 0, first: new Map(), second: new Map()})
    };
    return writeRunState({step: evaluation.step, stepper, recipe, versions: this.versions(), data});
  }

  /**
   * Goes on from a saved state.
   *
   * @param history what was measured, at least to the step of the state; what is of later steps is forgotten
   * @param readBest gives the file of the best weights at a step
   * @throws OtherRunError when it belongs to another recipe or other rows, InputError when it or the
   *   best weights are damaged or not there
   */
  async restore(
    bytes: Uint8Array,
    file: string,
    history: FineTuneHistory,
    readBest: (step: number) => Promise<{bytes: Uint8Array; name: string}>
  ): Promise<void> {
    const {stepper, recipe, train, rowsDigest: data} = this.#parts;
    const expected = {
      recipe,
      name: "that of this run",
      data,
      other: `other rows or pieces than those of ${train.name} as they are now`
    };
    const state = await readRunState(bytes, file, expected);
    const evaluations = history.evaluations.filter(({step}) => step <= state.step);
    const evaluation = evaluations.filter(({isBest}) => isBest).at(-1);
    let best: ParameterData | null = null;
    if (evaluation?.step === state.step) best = state.parameters;
    else if (evaluation) {
      const kept = await readBest(evaluation.step);
      best = (await readRunState(kept.bytes, kept.name, expected)).parameters;
    }
    stepper.restore(state.parameters, state.optimizer);
    this.#step = state.step;
    this.#rows = history.rows.filter(({step}) => step <= state.step);
    this.#evaluations = evaluations;
    this.#best = evaluation && best ? {evaluation, parameters: best, scored: null} : null;
    this.#last = null;
  }

  /** What the present weights say of the dev rows. */
  scorePresent(): Promise<Scored> {
    return this.#scoreDev();
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
