/** Runs of a sweep, one after the other, each from its recipe to its record. */
import {measureDepths} from "../albert/depths.js";
import {flopsPerToken} from "../albert/flops.js";
import type {AlbertConfig} from "../albert/config.js";
import type {Batch} from "../albert/objectives/batch.js";
import {disposeParameters, uploadParameters} from "../albert/params.js";
import {bodyPrefix} from "../albert/sharing.js";
import type {ParameterData} from "../albert/specs.js";
import {evaluatePretraining} from "../albert/train.js";
import type {Corpus} from "../corpus/types.js";
import type {Measures, PairsMeasure, SpectrumMeasure} from "../experiments/measures.js";
import type {TimedRecord} from "../experiments/record.js";
import {effectiveRank, productTransposed, svd, truncate} from "../experiments/svd.js";
import type {Sweep, SweepRun} from "../experiments/sweep.js";
import {canonicalJson} from "../recipe/hash.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import {batchesOf, heldOutOf} from "./batchesOf.js";
import {PretrainingRun} from "./run.js";
import {encodeDocuments, trainTokenizerFor} from "./tokenization.js";

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

/** Ranks at which the learned word table is cut, those below its width. */
const cutRanks = [2, 4, 8, 16, 32, 64, 128];

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

  constructor(sources: SweepSources) {
    this.#sources = sources;
  }

  /** One run, from nothing to its record; null where it was stopped. */
  async run(
    sweep: Pick<Sweep, "name" | "measures">,
    {cell, seed, recipe, hash}: SweepRun,
    {onStep = () => {}, signal, breathe}: RunOptions = {}
  ): Promise<TimedRecord | null> {
    const {corpus, tokenizer} = await this.#textOf(recipe);
    const run = await PretrainingRun.prepare(recipe, corpus, {tokenizer});
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
      const {size, sequence_length} = recipe.batch;
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
        measures: diverged === null ? await this.#measure(sweep, run, corpus) : {},
        executor: run.executor,
        timing: {seconds, tokens_per_second: (run.step * size * sequence_length) / seconds}
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

  async #measure(
    {measures}: Pick<Sweep, "measures">,
    run: PretrainingRun,
    corpus: Corpus
  ): Promise<Measures> {
    const results: Measures = {};
    if (measures.length === 0) return results;
    const data = await run.parameters();
    const documents = encodeDocuments(run.tokenizer, corpus);
    const heldOut = heldOutOf(batchesOf(run.recipe, run.tokenizer, documents), run.recipe);
    if (measures.includes("spectrum"))
      results.spectrum = await measureSpectrum(run.config, data, heldOut);
    if (measures.includes("depths"))
      results.depths = await measureDepths(run.config, data, heldOut);
    if (measures.includes("pairs")) results.pairs = await measurePairs(run, data, documents);
    return results;
  }
}

/**
 * Singular values of the learned word table and of its product with the mapping, and the held-out
 * loss with the table replaced by its nearest one of a lower rank: what is lost when a wide embedding
 * is made narrow after training instead of before.
 */
export async function measureSpectrum(
  config: AlbertConfig,
  data: ParameterData,
  heldOut: readonly Batch[]
): Promise<SpectrumMeasure> {
  const prefix = bodyPrefix(config);
  const name = `${prefix}embeddings.word_embeddings.weight`;
  const words = data.get(name)!;
  const mapping = data.get(`${prefix}encoder.embedding_hidden_mapping_in.weight`);
  const [rows, columns] = words.shape as [number, number];
  const table = {rows, columns, data: words.data};
  const parts = svd(table);
  const product = mapping
    ? productTransposed(table, {rows: config.hiddenSize, columns, data: mapping.data})
    : table;
  const spectrum = Array.from(svd(product).s).slice(0, columns);
  const truncated: SpectrumMeasure["truncated"] = [];
  for (const rank of [...cutRanks.filter((r) => r < columns), columns]) {
    const cut = truncate(parts, rows, columns, rank);
    let errorSquared = 0;
    for (let i = 0; i < cut.length; ++i) errorSquared += (cut[i]! - words.data[i]!) ** 2;
    const discarded = parts.s.slice(rank).reduce((sum, s) => sum + s * s, 0);
    const params = uploadParameters(new Map([...data, [name, {shape: words.shape, data: cut}]]));
    const {mlmLoss} = await evaluatePretraining(params, heldOut, config);
    disposeParameters(params);
    truncated.push({rank, mlmLoss, errorSquared, discardedSquared: discarded});
  }
  return {
    table: Array.from(parts.s),
    product: spectrum,
    effectiveRank: effectiveRank(spectrum),
    truncated
  };
}

/**
 * Accuracy of the sentence head on next-sentence and on sentence-order rows, whichever it was trained
 * for. Both call the wrong pair 1, so the head's answer means the same in both.
 *
 * @see paper Table 5
 */
async function measurePairs(
  run: PretrainingRun,
  data: ParameterData,
  documents: Int32Array[][]
): Promise<PairsMeasure> {
  if (run.recipe.objective.sentence === "none") return {nsp: null, sop: null, count: 0};
  const params = uploadParameters(data);
  const score = async (sentence: "nsp" | "sop") => {
    const made = batchesOf(run.recipe, run.tokenizer, documents, sentence);
    return evaluatePretraining(params, heldOutOf(made, run.recipe), run.config);
  };
  const [nsp, sop] = [await score("nsp"), await score("sop")];
  disposeParameters(params);
  return {nsp: nsp.sentenceAccuracy, sop: sop.sentenceAccuracy, count: sop.sentenceCount};
}
