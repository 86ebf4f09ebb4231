/** What a sweep measures of a trained model beyond its held-out losses. */
import type {AlbertConfig} from "../albert/config.js";
import {measureDepths} from "../albert/depths.js";
import type {Batch} from "../albert/objectives/batch.js";
import {bodyPrefix} from "../albert/sharing.js";
import type {ParameterData} from "../albert/specs.js";
import type {Corpus} from "../corpus/types.js";
import type {
  DownstreamMeasure,
  Measures,
  ReshareArm,
  ResharePlan,
  SpectrumMeasure,
  TasksMeasure
} from "../experiments/measures.js";
import type {Cell, DownstreamPlan, Sweep} from "../experiments/sweep.js";
import {effectiveRank, productTransposed, svd, truncate} from "../experiments/svd.js";
import {generatedSplit} from "../finetune/generated.js";
import {parseFineTuneRecipe} from "../finetune/recipe.js";
import {batchOfStep} from "../recipe/accumulation.js";
import type {Recipe} from "../recipe/recipe.js";
import {batchesOf, heldOutOf} from "./batchesOf.js";
import {modelEvaluator} from "./evaluateModel.js";
import {FineTuningRun} from "./fineTuning/run.js";
import {changesFor, goOn} from "./resharing.js";
import type {PretrainingRun} from "./run.js";
import {encodeDocuments} from "./tokenization.js";

/** Ranks at which the learned word table is cut, those below its width. */
const cutRanks = [2, 4, 8, 16, 32, 64, 128];

/** Held-out rows that each pretraining task is scored on: enough to tell 50 % from 55 %. */
const taskRows = 512;

/** What a sweep says of measuring. */
export type SweepMeasuring = Pick<Sweep, "measures" | "downstream" | "resharing">;

/** Everything that a sweep asks of one of its models. */
export async function measureRun(
  {measures, downstream, resharing}: SweepMeasuring,
  run: PretrainingRun,
  corpus: Corpus,
  cell: Cell
): Promise<Measures> {
  const results: Measures = {};
  if (measures.length === 0) return results;
  const data = await run.parameters();
  const documents = encodeDocuments(run.tokenizer, corpus);
  const heldOut = heldOutOf(batchesOf(run.recipe, run.tokenizer, documents), run.recipe);
  if (measures.includes("spectrum"))
    results.spectrum = await measureSpectrum(run.config, data, heldOut);
  if (measures.includes("depths")) results.depths = await measureDepths(run.config, data, heldOut);
  if (measures.includes("tasks")) results.tasks = await measureTasks(run, data, documents);
  if (measures.includes("downstream"))
    results.downstream = await measureDownstream(downstream!, run, data, cell);
  if (measures.includes("resharing"))
    results.resharing = await measureResharing(resharing!, run, data, documents);
  return results;
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
    const model = modelEvaluator(
      config,
      new Map([...data, [name, {shape: words.shape, data: cut}]])
    );
    const {mlmLoss} = await model.evaluate(heldOut);
    model.dispose();
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
 * A model on every pretraining task: masked pieces, single and in runs, on rows that are the same
 * whatever it was trained on, and both sentence tasks. Next sentence and sentence order both call the
 * wrong pair 1, so the head's answer means the same in both.
 *
 * @see paper Table 5
 */
export async function measureTasks(
  run: PretrainingRun,
  data: ParameterData,
  documents: Int32Array[][]
): Promise<TasksMeasure> {
  const {recipe, tokenizer, config} = run;
  const model = modelEvaluator(config, data);
  const score = (objective: Partial<Recipe["objective"]>) => {
    const asked = {...recipe, objective: {...recipe.objective, ...objective}};
    const rows = heldOutOf(batchesOf(asked, tokenizer, documents), recipe, taskRows);
    return model.evaluate(rows);
  };
  const masked = async (max_ngram: number) => {
    const masking = {max_ngram, probability: 0.15, mask: 0.8, random: 0.1};
    const {mlmLoss, mlmAccuracy, mlmCount} = await score({sentence: "none", masking});
    return {loss: mlmLoss, accuracy: mlmAccuracy, count: mlmCount};
  };
  const pairs = async (sentence: "nsp" | "sop") => {
    if (recipe.objective.sentence === "none") return null;
    const {sentenceLoss, sentenceAccuracy, sentenceCount} = await score({sentence});
    return {loss: sentenceLoss!, accuracy: sentenceAccuracy!, count: sentenceCount};
  };
  try {
    return {
      mlm: await masked(1),
      ngram: await masked(3),
      nsp: await pairs("nsp"),
      sop: await pairs("sop")
    };
  } finally {
    model.dispose();
  }
}

/**
 * Fine-tunes a copy of a model on generated rows, with the seed of its run, and scores it on others.
 * Where the plan lists learning rates it does so once for each and gives the one of the lowest loss.
 *
 * @param cell where the plan has a learning rate for each case: names the case
 */
export async function measureDownstream(
  {task, rows, dev, recipe, learning_rates, rate_of}: DownstreamPlan,
  run: PretrainingRun,
  data: ParameterData,
  cell: Cell = {}
): Promise<DownstreamMeasure> {
  const {seed} = run.recipe;
  const plan = parseFineTuneRecipe({...recipe, seed}, "downstream.recipe").recipe;
  const split = generatedSplit(task, {train: rows, dev, seed});
  const start = {name: run.hash, config: run.config, data, tokenizer: run.tokenizer};
  const scoreAt = async (learning_rate: number) => {
    const optimizer = {...plan.optimizer, learning_rate};
    const tuned = await FineTuningRun.prepare({...plan, optimizer}, start, split.train, split.dev);
    try {
      while (tuned.step < tuned.steps) {
        const step = await tuned.takeStep();
        if ("diverged" in step) break;
      }
      const {score, loss} = (await tuned.evaluate()).dev;
      return {learning_rate, score, loss};
    } finally {
      tuned.dispose();
    }
  };
  const own = rate_of?.[`${cell.case}`];
  const tried = [];
  for (const rate of learning_rates ?? [own ?? plan.optimizer.learning_rate])
    tried.push(await scoreAt(rate));
  const {score, loss} = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  return {task, score, loss, rows, dev, ...(learning_rates && {tried})};
}

/** Every change that says something of a model, each trained on with the rows that come next. */
export async function measureResharing(
  plan: ResharePlan,
  run: PretrainingRun,
  data: ParameterData,
  documents: Int32Array[][]
): Promise<ReshareArm[]> {
  const {recipe, tokenizer, config} = run;
  const made = batchesOf(recipe, tokenizer, documents);
  const settings = {
    ...plan,
    recipe,
    batchAt: (step: number) => batchOfStep(recipe, (i) => made.at(i), recipe.steps + step),
    heldOut: heldOutOf(made, recipe)
  };
  const arms: ReshareArm[] = [];
  for (const change of changesFor(config))
    arms.push((await goOn({config, parameters: data}, change, settings))!);
  return arms;
}
