/** Pretraining that goes on with text of one domain: what it does to losses there and elsewhere, and to a task. */
import type {Batch} from "../../albert/objectives/batch.js";
import type {Batches} from "../../albert/objectives/batches.js";
import type {AlbertConfig} from "../../albert/config.js";
import type {ParameterData} from "../../albert/specs.js";
import type {Stepper} from "../../albert/stepper.js";
import {generateCorpus} from "../../corpus/generate.js";
import type {Corpus} from "../../corpus/types.js";
import {InputError} from "../../errors.js";
import {bootstrapMean, mean, type Interval} from "../../experiments/statistics.js";
import type {Dataset} from "../../finetune/dataset.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import {optimizerOfRecipe} from "../../recipe/optimizer.js";
import {parseRecipe, type Recipe} from "../../recipe/recipe.js";
import type {Tokenizer} from "../../tokenizer/tokenizer.js";
import {batchesOf} from "../batchesOf.js";
import {modelOfRecipe} from "../continueFrom.js";
import {makeStepper} from "../makeStepper.js";
import {PretrainingRun} from "../run.js";
import {encodeDocuments} from "../tokenization.js";
import {yieldToMessages} from "../yield.js";
import {tokenizerFor, type StartModel} from "./headModel.js";
import {FineTuningRun} from "./run.js";

/** How long pretraining goes on, and how often the task is learned from either start. */
export interface DomainPlan {
  steps: number;
  learning_rate: number;
  /** Of pretraining; the runs of the task have the seeds 1, 2, … */
  seed: number;
  /** Runs of the task from each start. */
  seeds: number;
}

/** Masked-LM losses at one step, in nats per masked piece. */
export interface DomainPoint {
  step: number;
  domain: number;
  general: number;
}

/** A number before and after, and the mean of the paired differences with its interval. */
export interface DomainChange {
  before: number;
  after: number;
  /** `n` pairs: batches of held-out rows, or seeds. */
  change: Interval;
}

/** What going on changed. */
export interface DomainResult {
  plan: DomainPlan;
  /** Names of the model and of both texts. */
  model: string;
  domain: string;
  general: string;
  points: DomainPoint[];
  losses: {domain: DomainChange; general: DomainChange};
  /** The task's watched metric on dev after the last step; null where no task was given. */
  score:
    (DomainChange & {task: string; metric: string; runs: {before: number; after: number}[]}) | null;
}

/** What is told on the way. */
export type DomainProgress =
  {kind: "phase"; phase: string} | {kind: "points"; points: DomainPoint[]};

/** What the task is learned from. */
export interface DomainTask {
  recipe: FineTuneRecipe;
  train: Dataset;
  dev: Dataset;
}

/** Rows of a batch of losses, and batches of each text at most: what intervals are made of. */
const [scoredRows, mostBatches] = [4, 48];
/** Points of the curves beside the first. */
const pointsOfRun = 6;

/** What stands for any other text where none is given: documents that no stored model was trained on. */
export function generalText(): Corpus {
  return {...generateCorpus({documents: 60, seed: 2_000_000_003}), name: "the generated language"};
}

/**
 * Goes on pretraining a model on one text, and compares it with what it was: on rows of that text that
 * are held out, on a general text, none of which is trained on, and, fine-tuned from either, on a task.
 *
 * @param texts of the domain, a tenth of which is held out, and of anything else
 * @returns the comparison, and the model as a Hugging Face folder
 * @throws InputError where a text is too short or a loss no number any more
 */
export async function continueOnDomain(
  model: StartModel,
  texts: {domain: Corpus; general: Corpus},
  plan: DomainPlan,
  task: DomainTask | null,
  onProgress: (progress: DomainProgress) => void = () => {},
  signal?: AbortSignal
): Promise<{result: DomainResult; files: Map<string, Uint8Array>}> {
  const tokenizer = tokenizerFor(model);
  const recipe = domainRecipe(model.config, texts.domain.name, plan);
  const run = await PretrainingRun.prepare(recipe, texts.domain, {
    tokenizer,
    start: model,
    signal,
    onProgress: ({phase}) => onProgress({kind: "phase", phase})
  });
  try {
    const settings = {recipe, config: run.config};
    const rows = {
      domain: heldOutBatches(smallBatches(recipe, tokenizer, texts.domain), texts.domain.name),
      general: allBatches(smallBatches(recipe, tokenizer, texts.general), texts.general.name)
    };
    const first = await run.parameters();
    const before = await lossesOf(first, rows, settings);
    const points = [pointOf(0, before)];
    onProgress({kind: "points", points: [...points]});
    const every = Math.ceil(plan.steps / pointsOfRun);
    let after = before;
    while (run.step < plan.steps) {
      signal?.throwIfAborted();
      const result = await run.takeStep();
      if ("diverged" in result) throw new InputError(result.diverged);
      await yieldToMessages();
      if (run.step % every !== 0 && run.step !== plan.steps) continue;
      after = await lossesOf(await run.parameters(), rows, settings);
      points.push(pointOf(run.step, after));
      onProgress({kind: "points", points: [...points]});
    }
    const continued: StartModel = {
      name: `${model.name}, after ${texts.domain.name}`,
      config: run.config,
      data: await run.parameters(),
      tokenizer
    };
    const score = task && (await compareOn(task, model, continued, plan.seeds, onProgress, signal));
    const result: DomainResult = {
      plan,
      model: model.name,
      domain: texts.domain.name,
      general: texts.general.name,
      points,
      losses: {
        domain: changeOf(before.domain, after.domain),
        general: changeOf(before.general, after.general)
      },
      score
    };
    return {result, files: await run.exportFolder()};
  } finally {
    await run.dispose();
  }
}

/** The recipe of going on: the model's own sizes, rows without a sentence task. */
function domainRecipe(config: AlbertConfig, path: string, plan: DomainPlan): Recipe {
  return parseRecipe({
    model: modelOfRecipe(config),
    corpus: {path},
    objective: {sentence: "none"},
    optimizer: {learning_rate: plan.learning_rate},
    batch: {size: 16, sequence_length: Math.min(64, config.maxPositionEmbeddings)},
    steps: plan.steps,
    seed: plan.seed
  });
}

function smallBatches(recipe: Recipe, tokenizer: Tokenizer, corpus: Corpus): Batches {
  const small = {...recipe, batch: {...recipe.batch, size: scoredRows}};
  return batchesOf(small, tokenizer, encodeDocuments(tokenizer, corpus));
}

/** The rows of a text that a run never trains on, each once. */
function heldOutBatches(made: Batches, name: string): Batch[] {
  return made.heldOut(countOf(made.heldOutRows, name));
}

/** Rows of a text that no run trains on. */
function allBatches(made: Batches, name: string): Batch[] {
  return Array.from({length: countOf(made.rowsPerEpoch, name)}, (_, i) => made.at(i));
}

function countOf(rows: number, name: string): number {
  const count = Math.min(mostBatches, Math.floor(rows / scoredRows));
  if (count < 2)
    throw new InputError(
      `${name}: ${rows} rows to be scored on are too few for an interval (expected at least ${2 * scoredRows}: a longer text)`
    );
  return count;
}

/** Masked-LM loss of every batch of both texts. */
async function lossesOf(
  parameters: ParameterData,
  rows: {domain: Batch[]; general: Batch[]},
  {recipe, config}: {recipe: Recipe; config: AlbertConfig}
): Promise<{domain: number[]; general: number[]}> {
  const {name, options} = optimizerOfRecipe(recipe);
  const {max_grad_norm: maxGradientNorm} = recipe.optimizer;
  const settings = {optimizer: name, options, maxGradientNorm, seed: recipe.seed};
  const stepper = makeStepper(config, parameters, settings);
  try {
    return {
      domain: await each(stepper, rows.domain),
      general: await each(stepper, rows.general)
    };
  } finally {
    stepper.dispose();
  }
}

async function each(stepper: Stepper, batches: readonly Batch[]): Promise<number[]> {
  const losses: number[] = [];
  for (const batch of batches) losses.push((await stepper.evaluate(batch)).mlmLoss);
  return losses;
}

const pointOf = (step: number, losses: {domain: number[]; general: number[]}): DomainPoint => ({
  step,
  domain: mean(losses.domain),
  general: mean(losses.general)
});

function changeOf(before: readonly number[], after: readonly number[]): DomainChange {
  const change = bootstrapMean(after.map((value, i) => value - before[i]!));
  return {before: mean(before), after: mean(after), change};
}

/** The task's score after the last step, from either start, by the same seeds. */
async function compareOn(
  task: DomainTask,
  before: StartModel,
  after: StartModel,
  seeds: number,
  onProgress: (progress: DomainProgress) => void,
  signal?: AbortSignal
): Promise<NonNullable<DomainResult["score"]>> {
  const runs: {before: number; after: number}[] = [];
  for (let seed = 1; seed <= seeds; ++seed) {
    const scoreFrom = async (start: StartModel, which: string) => {
      const phase = `${task.train.task.name} from the model ${which}, seed ${seed} of ${seeds}`;
      onProgress({kind: "phase", phase});
      return scoreAfter({...task, recipe: {...task.recipe, seed}}, start, signal);
    };
    runs.push({
      before: await scoreFrom(before, "as it was"),
      after: await scoreFrom(after, "that went on")
    });
  }
  const {name, score} = task.train.task;
  const [first, second] = [runs.map((run) => run.before), runs.map((run) => run.after)];
  return {...changeOf(first, second), task: name, metric: score, runs};
}

async function scoreAfter(
  {recipe, train, dev}: DomainTask,
  start: StartModel,
  signal?: AbortSignal
): Promise<number> {
  const run = await FineTuningRun.prepare(recipe, start, train, dev);
  try {
    while (run.step < run.steps) {
      signal?.throwIfAborted();
      const result = await run.takeStep();
      if ("diverged" in result) throw new InputError(result.diverged);
      await yieldToMessages();
    }
    return (await run.evaluate()).dev.score;
  } finally {
    run.dispose();
  }
}
