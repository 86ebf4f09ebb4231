/** One pretraining run: text, vocabulary, batches, parameters and optimizer, stepped one at a time. */
import * as tf from "@tensorflow/tfjs-core";
import {readState, writeState} from "../albert/checkpoint/state.js";
import {writeModelFolder} from "../albert/checkpoint/write.js";
import type {AlbertConfig} from "../albert/config.js";
import {studentFrom} from "../albert/distillation.js";
import {averageLosses} from "../albert/evaluation.js";
import type {Batch} from "../albert/objectives/batch.js";
import type {Batches} from "../albert/objectives/batches.js";
import {predictionCount} from "../albert/objectives/masking.js";
import {learningRateAt, type Schedule} from "../albert/optimizers/schedule.js";
import {countParameters, initParameters, type ParameterData} from "../albert/specs.js";
import type {StepRequest, StepResult, Stepper} from "../albert/stepper.js";
import type {Corpus} from "../corpus/types.js";
import {InputError} from "../errors.js";
import {configOfRecipe} from "../recipe/config.js";
import {canonicalJson, recipeHash} from "../recipe/hash.js";
import {optimizerOfRecipe} from "../recipe/optimizer.js";
import {batchOfStep, rowsPerStep} from "../recipe/accumulation.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {continuedParameters, type StartWeights} from "./continueFrom.js";
import {batchesOf, heldOutOf} from "./batchesOf.js";
import {frequencyBaseline, wilsonInterval, type Baseline} from "./baseline.js";
import {describeBlanks} from "./blanks.js";
import {checkFits, makeStepper, predictStepBytes} from "./makeStepper.js";
import {Pace} from "./pace.js";
import type {
  Evaluation,
  PhaseProgress,
  RunSummary,
  SentencePrediction,
  StepMetrics
} from "./trainingCalls.js";
import {teach, teacherRecipe, type TrainedTeacher} from "./teacher.js";
import {dataDigest, encodeDocuments, trainTokenizerFor} from "./tokenization.js";
import {Turns} from "./turns.js";

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
}

/** Held-out rows whose blanks are shown. */
const shownRows = 4;

interface Parts {
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

/** A state that is whole, but of another recipe or another text: an older one would not fit either. */
export class OtherRunError extends InputError {}

export class PretrainingRun {
  readonly #parts: Parts;
  /** Whoever asks while a step is under way gets the model before it or after it, never between. */
  readonly #turns = new Turns();
  readonly #pace = new Pace();
  #step = 0;
  #metrics: StepMetrics[] = [];
  #evaluations: Evaluation[] = [];

  private constructor(parts: Parts) {
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
    {id, tokenizer: given, start, taught, onProgress = () => {}, signal}: PrepareOptions = {}
  ): Promise<PretrainingRun> {
    const tokenizer = given ?? (await trainTokenizerFor(recipe, corpus, onProgress, signal));
    onProgress({phase: "encoding the text", fraction: null});
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
    const documents = encodeDocuments(tokenizer, corpus);
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
    return new PretrainingRun({
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
    });
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
   */
  takeSteps(count: number): Promise<(StepMetrics | {diverged: string})[]> {
    return this.#turns.take(async () => {
      const {stepper} = this.#parts;
      if (!stepper.steps || count === 1) return [await this.#takeStep()];
      const start = performance.now();
      const requests = Array.from({length: count}, (_, i) => this.#request(this.#step + i));
      const results = await stepper.steps(requests);
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
  async saveState(): Promise<Uint8Array> {
    const {stepper, recipe, data} = this.#parts;
    const moment = await this.#turns.take(async () => ({
      step: this.#step,
      parameters: await stepper.parameters(),
      optimizer: await stepper.optimizerData()
    }));
    for (const [name, {data: values}] of moment.parameters)
      if (!values.every(Number.isFinite))
        throw new InputError(`${name} is not finite after step ${moment.step}`);
    return writeState({
      ...moment,
      recipe,
      versions: this.versions,
      extra: {data}
    });
  }

  /**
   * Goes on from a saved state.
   *
   * @param file named in the errors
   * @throws OtherRunError when it belongs to another recipe or text, InputError when it is damaged
   */
  async restoreState(bytes: Uint8Array, file: string): Promise<void> {
    const {stepper, recipe, corpus, data} = this.#parts;
    const state = await readState(bytes, file);
    if (canonicalJson(state.recipe) !== canonicalJson(recipe))
      throw new OtherRunError(`${file}: belongs to another recipe than ${this.hash}`);
    if ((state.extra as {data?: unknown} | null)?.data !== data)
      throw new OtherRunError(
        `${file}: was trained on another text or vocabulary than ${corpus.name} as it is now`
      );
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
