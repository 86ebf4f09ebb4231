/** One pretraining run: text, vocabulary, batches, parameters and optimizer, stepped one at a time. */
import * as tf from "@tensorflow/tfjs-core";
import {writeModelFolder} from "../albert/checkpoint/write.js";
import type {AlbertConfig} from "../albert/config.js";
import {averageLosses} from "../albert/evaluation.js";
import type {Batches} from "../albert/objectives/batches.js";
import {learningRateAt} from "../albert/optimizers/schedule.js";
import {countParameters, type ParameterData} from "../albert/specs.js";
import type {GoOn, StepRequest, StepResult} from "../albert/stepper.js";
import type {Corpus} from "../corpus/types.js";
import {batchOfStep, rowsPerStep} from "../recipe/accumulation.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {wilsonInterval} from "./baseline.js";
import {describeBlanks} from "./blanks.js";
import {Pace} from "./pace.js";
import {
  preparePretraining,
  type PrepareOptions,
  type PretrainingParts
} from "./preparePretraining.js";
import type {Evaluation, RunSummary, SentencePrediction, StepMetrics} from "./trainingCalls.js";
import {readRunState, writeRunState} from "./runState.js";
import {Turns} from "../turns.js";

/** Held-out rows whose blanks are shown. */
const shownRows = 4;

export class PretrainingRun {
  readonly #parts: PretrainingParts;
  /** Whoever asks while a step is under way gets the model before it or after it, never between. */
  readonly #turns = new Turns();
  readonly #pace = new Pace();
  #step = 0;
  #metrics: StepMetrics[] = [];
  #evaluations: Evaluation[] = [];

  private constructor(parts: PretrainingParts) {
    this.#parts = parts;
  }

  /**
   * Everything before the first step. The same recipe and text give the same run to the last bit.
   *
   * @throws InputError when the text cannot be trained on or the model would not fit
   */
  static async prepare(
    recipe: Recipe,
    corpus: Corpus,
    options: PrepareOptions = {}
  ): Promise<PretrainingRun> {
    return new PretrainingRun(await preparePretraining(recipe, corpus, options));
  }

  get id(): string {
    return this.#parts.id;
  }

  get recipe(): Recipe {
    return this.#parts.recipe;
  }

  get tokenizer(): Tokenizer {
    return this.#parts.tokenizer;
  }

  get config(): AlbertConfig {
    return this.#parts.config;
  }

  /** The rows that it trains on and is scored on. */
  get batches(): Batches {
    return this.#parts.batches;
  }

  get hash(): string {
    return this.#parts.hash;
  }

  /** Steps taken. */
  get step(): number {
    return this.#step;
  }

  /** Every step so far. */
  get metrics(): readonly StepMetrics[] {
    return this.#metrics;
  }

  get evaluations(): readonly Evaluation[] {
    return this.#evaluations;
  }

  get lastEvaluation(): Evaluation | undefined {
    return this.#evaluations.at(-1);
  }

  get executor(): string {
    return this.#parts.stepper.executor;
  }

  summary(): RunSummary {
    const {id, recipe, hash, corpus, tokenizer, config, batches: made, baseline} = this.#parts;
    const notes = [...(corpus.notes ?? []), ...made.notes];
    if (tokenizer.vocabSize < recipe.tokenizer.vocab_size)
      notes.push(`the text holds only ${tokenizer.vocabSize} different pieces`);
    return {
      id,
      recipe,
      hash,
      corpus: corpus.name,
      executor: this.executor,
      documents: corpus.documents.length,
      sentences: corpus.documents.reduce((sum, sentences) => sum + sentences.length, 0),
      tokens: made.tokens,
      vocabSize: tokenizer.vocabSize,
      parameters: countParameters(config).total,
      sequences: made.rowsPerEpoch,
      majorityAccuracy: baseline.majorityAccuracy,
      majorityPiece: tokenizer.pieces[baseline.majorityId]!,
      unigramEntropy: baseline.unigramEntropy,
      predictedBytes: this.#parts.predictedBytes,
      step: this.#step,
      notes
    };
  }

  /** One update; after a divergence the weights are those before it. */
  takeStep(): Promise<StepMetrics | {diverged: string}> {
    return this.#turns.take(() => this.#takeStep());
  }

  async #takeStep(): Promise<StepMetrics | {diverged: string}> {
    const start = performance.now();
    const {batch, step, learningRate} = this.#request(this.#step);
    const result = await this.#parts.stepper.step(batch, step, learningRate);
    return "diverged" in result
      ? result
      : this.#measured(result, learningRate, performance.now() - start);
  }

  /**
   * Several updates, their losses read back at the end; ends with the first that diverges. One
   * where that would not be faster.
   *
   * @param count the most, at least 1
   * @param goOn asked while they are under way; once it says no, no more are begun
   */
  takeSteps(count: number, goOn?: GoOn): Promise<(StepMetrics | {diverged: string})[]> {
    return this.#turns.take(async () => {
      const {stepper} = this.#parts;
      if (!stepper.steps || count === 1) return [await this.#takeStep()];
      const start = performance.now();
      const requests = Array.from({length: count}, (_, i) => this.#request(this.#step + i));
      const results = await stepper.steps(requests, goOn);
      const elapsedMs = (performance.now() - start) / results.length;
      return results.map((result, i) =>
        "diverged" in result ? result : this.#measured(result, requests[i]!.learningRate, elapsedMs)
      );
    });
  }

  #request(step: number): StepRequest {
    const {recipe, batches: made, schedule} = this.#parts;
    const learningRate = learningRateAt(schedule, recipe.optimizer.learning_rate, step);
    const batch = batchOfStep(recipe, (i) => made.at(i), step);
    return {batch, step, learningRate};
  }

  /** Counts a step that was taken. */
  #measured(
    result: Exclude<StepResult, {diverged: string}>,
    learningRate: number,
    elapsedMs: number
  ): StepMetrics {
    const {recipe, stepper} = this.#parts;
    const rows = rowsPerStep(recipe);
    this.#step += 1;
    const metrics: StepMetrics = {
      step: this.#step,
      loss: result.loss,
      mlmLoss: result.mlmLoss,
      sentenceLoss: result.sentenceLoss,
      mlmAccuracy: result.mlmCount > 0 ? result.mlmCorrect / result.mlmCount : 0,
      sentenceAccuracy: result.sentenceCorrect === null ? null : result.sentenceCorrect / rows,
      learningRate,
      gradientNorm: result.gradientNorm,
      tokensPerSecond: this.#pace.after(rows * recipe.batch.sequence_length, elapsedMs),
      memoryBytes: stepper.memoryBytes()
    };
    this.#metrics.push(metrics);
    return metrics;
  }

  /** Scores the held-out rows at the present step. */
  evaluate(): Promise<Evaluation> {
    return this.#turns.take(() => this.#evaluate());
  }

  async #evaluate(): Promise<Evaluation> {
    const {heldOut, stepper} = this.#parts;
    const scores = await averageLosses(heldOut, (batch) => stepper.evaluate(batch));
    const evaluation: Evaluation = {
      step: this.#step,
      mlmLoss: scores.mlmLoss,
      mlmAccuracy: scores.mlmAccuracy,
      mlmAccuracyInterval: wilsonInterval(scores.mlmCorrect, scores.mlmCount),
      maskedCount: scores.mlmCount,
      sentenceLoss: scores.sentenceLoss,
      sentenceAccuracy: scores.sentenceAccuracy,
      sentenceCount: scores.sentenceCount
    };
    this.#evaluations = [
      ...this.#evaluations.filter(({step}) => step !== evaluation.step),
      evaluation
    ];
    return evaluation;
  }

  /** The guesses for the first held-out rows. */
  async predictions(): Promise<SentencePrediction[]> {
    const {heldOut, stepper, tokenizer} = this.#parts;
    const batch = heldOut[0]!;
    const logits = await this.#turns.take(() => stepper.logits(batch));
    return describeBlanks(batch, logits, tokenizer, shownRows);
  }

  /** What computes, with the versions of its parts. */
  get versions(): Record<string, string> {
    return {tfjs: tf.version_core, backend: tf.getBackend(), executor: this.executor};
  }

  /**
   * Parameters, optimizer and step as one file.
   *
   * @throws InputError when a weight is not finite: such a run has nothing to go on from
   */
  saveState(): Promise<Uint8Array> {
    const {stepper, recipe, data} = this.#parts;
    const {versions} = this;
    return this.#turns.take(() =>
      writeRunState({step: this.#step, stepper, recipe, versions, data})
    );
  }

  /**
   * Goes on from a saved state.
   *
   * @param file named in the errors
   * @throws OtherRunError when it belongs to another recipe or text, InputError when it is damaged
   */
  async restoreState(bytes: Uint8Array, file: string): Promise<void> {
    const {stepper, recipe, corpus, data} = this.#parts;
    const other = `another text or vocabulary than ${corpus.name} as it is now`;
    const state = await readRunState(bytes, file, {recipe, name: this.hash, data, other});
    await this.#turns.take(() => {
      stepper.restore(state.parameters, state.optimizer);
      this.#step = state.step;
    });
  }

  /** Takes over what was measured up to the present step. */
  restoreHistory(metrics: readonly StepMetrics[], evaluations: readonly Evaluation[]): void {
    this.#metrics = metrics.filter(({step}) => step <= this.#step);
    this.#evaluations = evaluations.filter(({step}) => step <= this.#step);
  }

  /** The model as a Hugging Face folder. */
  async exportFolder(): Promise<Map<string, Uint8Array>> {
    const {config, tokenizer, hash, corpus} = this.#parts;
    return writeModelFolder({
      config,
      parameters: await this.parameters(),
      tokenizer,
      about: `Pretrained for ${this.#step} steps on ${corpus.name} by recipe ${hash}.`
    });
  }

  /** Copies of the parameters. */
  parameters(): Promise<ParameterData> {
    return this.#turns.take(() => this.#parts.stepper.parameters());
  }

  /** Frees everything, after what is under way. */
  dispose(): Promise<void> {
    return this.#turns.take(() => this.#parts.stepper.dispose());
  }
}
