/** The worker's half of fine-tuning: holds one run at most. */
import {initParameters} from "../../albert/specs.js";
import {readText} from "../../corpus/readText.js";
import {InputError} from "../../errors.js";
import {columnNames} from "../../finetune/columnNames.js";
import {generatedSplit} from "../../finetune/generated.js";
import type {Dataset} from "../../finetune/dataset.js";
import {parseFineTuneRecipe} from "../../finetune/recipe.js";
import {readTaskFile} from "../../finetune/readTask.js";
import {splitDataset} from "../../finetune/split.js";
import {fineTuneTask} from "../../finetune/tasks.js";
import type {CallContext, EngineHandlers} from "../listen.js";
import type {LoadedModel} from "../loadedModel.js";
import {compareLanguages} from "../languages.js";
import {fetchBytes} from "../fetchBytes.js";
import type {EngineCalls} from "../protocol.js";
import type {PhaseProgress, TrainingOutcome} from "../trainingCalls.js";
import {yieldToMessages} from "../yield.js";
import {askFineTuned} from "./ask.js";
import {continueOnDomain, generalText, type DomainTask} from "./domain.js";
import type {
  FineTuneCalls,
  FineTuneStep,
  FineTuneSummary,
  GivenAddress,
  GivenFile,
  TaskSource
} from "./protocol.js";
import {reportOf} from "./report.js";
import {FineTuningRun} from "./run.js";
import {summaryOf} from "./summary.js";

type Input<Name extends keyof FineTuneCalls> = EngineCalls[Name]["input"];

/** Milliseconds between reports. */
const reportEveryMs = 100;
/** Share of a single file that is held out. */
const heldOutShare = 0.15;

export class FineTuningHost implements Pick<EngineHandlers, keyof FineTuneCalls> {
  readonly #model: () => Promise<LoadedModel>;
  #run: FineTuningRun | null = null;
  #training: {stop: AbortController; ended: Promise<unknown>} | null = null;

  /** @param model gives the model in use */
  constructor(model: () => Promise<LoadedModel>) {
    this.#model = model;
  }

  prepareFineTuning = async (
    {task: id, recipe: given, start, source}: Input<"prepareFineTuning">,
    {report, signal}: CallContext<"prepareFineTuning">
  ): Promise<FineTuneSummary> => {
    const {recipe} = parseFineTuneRecipe(given);
    report({phase: "reading the rows", fraction: null});
    await yieldToMessages();
    const {train, dev} = await readSource(id, source, recipe.seed, (given) =>
      "url" in given ? fetchFile(given.url, report, signal) : Promise.resolve(given)
    );
    const model = await this.#model();
    const isRandom = start === "random";
    const data = isRandom ? initParameters(model.config, recipe.seed) : model.data;
    const from = {...model, data};
    const run = await FineTuningRun.prepare(recipe, from, train, dev, report);
    await this.#replace(run);
    report({phase: "computing the baselines", fraction: null});
    await yieldToMessages();
    return summaryOf(run, start);
  };

  fineTune = async (
    {until}: Input<"fineTune">,
    {report, signal}: CallContext<"fineTune">
  ): Promise<EngineCalls["fineTune"]["output"]> => {
    const run = this.#needRun();
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort(), {once: true});
    if (signal.aborted) stop.abort();
    const before = this.#stop();
    const work = (async () => {
      await before;
      return loop(run, until, report, stop.signal);
    })();
    const training = {stop, ended: work.catch(() => null)};
    this.#training = training;
    try {
      return await work;
    } finally {
      if (this.#training === training) this.#training = null;
    }
  };

  evaluateFineTuning = async () => {
    const run = this.#needRun();
    const evaluation = await run.evaluate();
    return {evaluation, report: reportOf(run.dev, run.last!, run.step)};
  };

  askFineTuned = async ({text, pair}: Input<"askFineTuned">) =>
    askFineTuned(this.#needRun(), text, pair);

  columnsOf = async (
    {source}: Input<"columnsOf">,
    {report, signal}: CallContext<"columnsOf">
  ): Promise<string[]> =>
    columnNames("url" in source ? await fetchFile(source.url, report, signal) : source);

  compareLanguages = async (
    plan: Input<"compareLanguages">,
    {report, signal}: CallContext<"compareLanguages">
  ) => compareLanguages(plan, report, signal);

  continueOnDomain = async (
    {domain, general, plan, task}: Input<"continueOnDomain">,
    {report, signal}: CallContext<"continueOnDomain">
  ): Promise<EngineCalls["continueOnDomain"]["output"]> => {
    const tell = ({phase}: PhaseProgress) => report({kind: "phase", phase});
    tell({phase: `reading ${domain.name}`, fraction: null});
    await yieldToMessages();
    const texts = {
      domain: readText(domain.bytes, domain.name),
      general: general ? readText(general.bytes, general.name) : generalText()
    };
    let learned: DomainTask | null = null;
    if (task) {
      const {recipe} = parseFineTuneRecipe(task.recipe);
      const rows = await readSource(task.task, task.source, recipe.seed, (given) =>
        "url" in given ? fetchFile(given.url, tell, signal) : Promise.resolve(given)
      );
      learned = {recipe, ...rows};
    }
    return continueOnDomain(await this.#model(), texts, plan, learned, report, signal);
  };

  resetFineTuning = async () => {
    await this.#replace(null);
    return null;
  };

  exportFineTuned = async () => this.#needRun().exportFolder();

  #needRun(): FineTuningRun {
    if (!this.#run) throw new InputError("no fine-tuning run yet: prepare one first");
    return this.#run;
  }

  async #stop(): Promise<void> {
    this.#training?.stop.abort();
    await this.#training?.ended;
  }

  async #replace(run: FineTuningRun | null): Promise<void> {
    await this.#stop();
    this.#run?.dispose();
    this.#run = run;
  }
}

async function readSource(
  id: string,
  source: TaskSource,
  seed: number,
  open: (given: GivenFile | GivenAddress) => Promise<GivenFile>
): Promise<{train: Dataset; dev: Dataset}> {
  if (source.kind === "generated") return generatedSplit(id, source);
  const task = fineTuneTask(id);
  const {columns} = source;
  const file = await open(source.train);
  const train = await readTaskFile(file.bytes, file.name, task, {columns});
  if (!source.dev) return splitDataset(train, heldOutShare, seed);
  const {bytes, name} = await open(source.dev);
  return {train, dev: await readTaskFile(bytes, name, task, {columns, labels: train.labels})};
}

/** The file at an address, under the last part of it, whose ending says how it is read. */
async function fetchFile(
  url: string,
  report: (progress: PhaseProgress) => void,
  signal: AbortSignal
): Promise<GivenFile> {
  const bytes = await fetchBytes(url, report, signal);
  const path = new URL(url).pathname.split("/");
  return {name: decodeURIComponent(path.at(-1)!) || url, bytes};
}

/** Steps a run until it is told to stop, it stops itself, or the steps are done. */
async function loop(
  run: FineTuningRun,
  until: number,
  report: CallContext<"fineTune">["report"],
  signal: AbortSignal
): Promise<TrainingOutcome & {stoppedEarly: boolean}> {
  let rows: FineTuneStep[] = [];
  let reported = performance.now();
  const flush = () => {
    if (rows.length) report({kind: "steps", rows});
    rows = [];
    reported = performance.now();
  };
  const evaluate = async () => {
    flush();
    const evaluation = await run.evaluate();
    report({kind: "evaluation", evaluation, report: reportOf(run.dev, run.last!, run.step)});
  };
  let reason: TrainingOutcome["reason"] = "finished";
  let message: string | null = null;
  while (run.step < until && !run.isStopped) {
    if (signal.aborted) {
      reason = "paused";
      break;
    }
    const result = await run.takeStep();
    if ("diverged" in result) {
      reason = "diverged";
      message = result.diverged;
      break;
    }
    rows.push(result);
    if (performance.now() - reported >= reportEveryMs) flush();
    if (run.step % run.evaluateEvery === 0) await evaluate();
    await yieldToMessages();
  }
  flush();
  if (run.evaluations.at(-1)?.step !== run.step) await evaluate();
  return {step: run.step, reason, message, stoppedEarly: run.isStopped};
}
