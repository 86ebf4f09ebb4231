/** Runs of a sweep, one after the other, each from its recipe to its record. */
import {flopsPerToken} from "../albert/flops.js";
import type {Corpus} from "../corpus/types.js";
import type {TimedRecord} from "../experiments/record.js";
import type {Sweep, SweepRun} from "../experiments/sweep.js";
import {canonicalJson} from "../recipe/hash.js";
import {rowsPerStep} from "../recipe/accumulation.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {PretrainingRun} from "./run.js";
import {measureRun, type SweepMeasuring} from "./sweepMeasures.js";
import type {TrainedTeacher} from "./teacher.js";
import {trainTokenizerFor} from "./tokenization.js";

/** How the text and the vocabulary of a recipe are come by. */
export interface SweepSources {
  corpus(recipe: Recipe): Promise<Corpus>;
  /** A given vocabulary; undefined where the recipe trains its own. */
  tokenizer(recipe: Recipe): Promise<Tokenizer | undefined>;
}

export interface RunOptions {
  /** Told after every step. */
  onStep?: (step: number) => void;
  /** Stops the run between two steps; `run` then gives null. */
  signal?: AbortSignal;
  /** Called between steps, so that a page's worker can hear messages. */
  breathe?: () => Promise<void>;
}

/** Texts with their vocabularies that are kept: as many as a sweep usually has seeds. */
const mostTexts = 16;

interface Text {
  corpus: Corpus;
  tokenizer: Tokenizer;
}

/** Keeps text and vocabulary between runs that share them: a vocabulary is trained once a seed. */
export class SweepRunner {
  readonly #sources: SweepSources;
  readonly #texts = new Map<string, Text>();
  readonly #taught = new Map<string, TrainedTeacher>();

  constructor(sources: SweepSources) {
    this.#sources = sources;
  }

  /** One run, from nothing to its record; null where it was stopped. */
  async run(
    sweep: Pick<Sweep, "name"> & SweepMeasuring,
    {cell, seed, recipe, hash}: SweepRun,
    {onStep = () => {}, signal, breathe}: RunOptions = {}
  ): Promise<TimedRecord | null> {
    const {corpus, tokenizer} = await this.#textOf(recipe);
    const run = await PretrainingRun.prepare(recipe, corpus, {
      tokenizer,
      taught: this.#taught
    });
    try {
      const every = recipe.capture.evaluate_every;
      let diverged: string | null = null;
      let seconds = 0;
      if (every > 0) await run.evaluate();
      while (run.step < recipe.steps && diverged === null) {
        if (signal?.aborted) return null;
        const start = performance.now();
        const result = await run.takeStep();
        seconds += (performance.now() - start) / 1000;
        if ("diverged" in result) diverged = result.diverged;
        else {
          if (every > 0 && run.step % every === 0) await run.evaluate();
          onStep(run.step);
        }
        await breathe?.();
      }
      if (run.lastEvaluation?.step !== run.step) await run.evaluate();
      const {sequence_length} = recipe.batch;
      const summary = run.summary();
      return {
        hash,
        sweep: sweep.name,
        cell,
        seed,
        steps: run.step,
        parameters: summary.parameters,
        flops_per_token: flopsPerToken(run.config, sequence_length),
        vocab_size: tokenizer.vocabSize,
        masked_count: run.lastEvaluation!.maskedCount,
        diverged,
        evaluations: run.evaluations.map((e) => ({
          step: e.step,
          mlm_loss: e.mlmLoss,
          mlm_accuracy: e.mlmAccuracy,
          sentence_loss: e.sentenceLoss,
          sentence_accuracy: e.sentenceAccuracy
        })),
        measures: diverged === null ? await measureRun(sweep, run, corpus, cell) : {},
        executor: run.executor,
        timing: {
          seconds,
          tokens_per_second: (run.step * rowsPerStep(recipe) * sequence_length) / seconds
        }
      };
    } finally {
      run.dispose();
    }
  }

  async #textOf(recipe: Recipe): Promise<Text> {
    const key = canonicalJson([recipe.corpus, recipe.tokenizer, recipe.seed]);
    const known = this.#texts.get(key);
    if (known) return known;
    const corpus = await this.#sources.corpus(recipe);
    const given = await this.#sources.tokenizer(recipe);
    const tokenizer = given ?? (await trainTokenizerFor(recipe, corpus, () => {}));
    if (this.#texts.size >= mostTexts) this.#texts.delete(this.#texts.keys().next().value!);
    this.#texts.set(key, {corpus, tokenizer});
    return {corpus, tokenizer};
  }
}
