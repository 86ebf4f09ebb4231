/** The worker's half of fine-tuning: holds one run at most. */
import {initParameters} from "../../albert/specs.js";
import {readText} from "../../corpus/readText.js";
import {InputError} from "../../errors.js";
import {columnNames} from "../../finetune/columnNames.js";
import {parseFineTuneRecipe} from "../../finetune/recipe.js";
import type {CallContext, EngineHandlers} from "../listen.js";
import type {LoadedModel} from "../loadedModel.js";
import {compareLanguages} from "../languages.js";
import type {EngineCalls} from "../protocol.js";
import {OneTraining} from "../oneTraining.js";
import {freeLock, type LockRun, type RunLock} from "../runLock.js";
import {refuseLost} from "../runState.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {yieldToMessages} from "../yield.js";
import {askFineTuned} from "./ask.js";
import {continueOnDomain, generalText, type DomainTask} from "./domain.js";
import type {FineTuneCalls, FineTuneReport, FineTuneSummary, StoredFineTuning} from "./protocol.js";
import {fetchFile, fetchSource, readSource} from "./readSource.js";
import {reportOf} from "./report.js";
import {FineTuningRun} from "./run.js";
import type {FineTuningStore} from "./store.js";
import {slowerBranch} from "./slowerBranch.js";
import {summaryOf} from "./summary.js";
import {fineTuneLoop} from "./trainLoop.js";

type Input<Name extends keyof FineTuneCalls> = EngineCalls[Name]["input"];

/** What it needs of the worker. */
export interface FineTuningHostOptions {
  /** Gives the model in use. */
  model(): Promise<LoadedModel>;
  /** Default: nothing is kept. */
  store?(): Promise<FineTuningStore>;
  /** Default: everybody may write. */
  lockRun?: LockRun;
  isDeviceLost?(): boolean;
}

export class FineTuningHost implements Pick<EngineHandlers, keyof FineTuneCalls> {
  readonly #options: FineTuningHostOptions;
  #run: FineTuningRun | null = null;
  /** The right to write the run. */
  #lock: RunLock | null = null;
  /** Of the last evaluation. */
  #report: FineTuneReport | null = null;
  readonly #training = new OneTraining();

  constructor(options: FineTuningHostOptions) {
    this.#options = options;
  }

  prepareFineTuning = async (
    {task, recipe: given, start, source}: Input<"prepareFineTuning">,
    {report, signal}: CallContext<"prepareFineTuning">
  ): Promise<FineTuneSummary> => {
    const {recipe} = parseFineTuneRecipe(given);
    report({phase: "reading the rows", fraction: null});
    await yieldToMessages();
    const rows = await fetchSource(source, report, signal);
    const {train, dev} = await readSource(task, rows, recipe.seed);
    const model = await this.#options.model();
    const isRandom = start === "random";
    const data = isRandom ? initParameters(model.config, recipe.seed) : model.data;
    const from = {...model, data};
    const run = await FineTuningRun.prepare(recipe, from, train, dev, report);
    const id = crypto.randomUUID();
    await this.#replace(run, await this.#lockRun(id, false));
    report({phase: "computing the baselines", fraction: null});
    await yieldToMessages();
    const createdAt = new Date().toISOString();
    const summary = {...summaryOf(run, start), id, createdAt};
    const store = await this.#options.store?.();
    store?.begin(run, {id, start: model, source: rows, summary, createdAt});
    return summary;
  };

  fineTune = async (
    {until}: Input<"fineTune">,
    {report, signal}: CallContext<"fineTune">
  ): Promise<EngineCalls["fineTune"]["output"]> => {
    const run = this.#needRun();
    const lock = this.#lock;
    if (!lock) throw new InputError("this run is open in another tab");
    const isDeviceLost = this.#options.isDeviceLost ?? (() => false);
    return this.#training.run(signal, async (signal) => {
      const store = await this.#options.store?.();
      return fineTuneLoop(run, {
        until,
        report,
        signal,
        save: async (r, last) => {
          this.#report = last;
          await store?.save(r, last, () => refuseLost(isDeviceLost, r.step));
        },
        before: this.#report,
        isMine: () => lock.isHeld,
        isDeviceLost
      });
    });
  };

  restoreFineTuning = async (
    {id, access}: Input<"restoreFineTuning">,
    {report}: CallContext<"restoreFineTuning">
  ): Promise<StoredFineTuning | null> => {
    const store = await this.#options.store?.();
    const loaded = await store?.load(id, report);
    if (!loaded) return null;
    const {run, summary} = loaded;
    const lock = await this.#lockRun(summary.id!, access === "takeOver");
    if (!lock) {
      run.dispose();
      throw new InputError("this run is open in another tab: close it there, then reload");
    }
    await this.#replace(run, lock);
    this.#report = loaded.report ?? reportOf(run.dev, await run.scorePresent(), run.step);
    const {step, rows, evaluations} = run;
    return {summary, step, rows: [...rows], evaluations: [...evaluations], report: this.#report};
  };

  slowFineTuning = async ({id}: Input<"slowFineTuning">) => {
    const store = await this.#options.store?.();
    if (!store) throw new InputError("nothing is kept of this run");
    return {id: await slowerBranch(store.root, id)};
  };

  evaluateFineTuning = async () => {
    const run = this.#needRun();
    const evaluation = await run.evaluate();
    this.#report = reportOf(run.dev, run.last!, run.step);
    return {evaluation, report: this.#report};
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
      const source = await fetchSource(task.source, tell, signal);
      learned = {recipe, ...(await readSource(task.task, source, recipe.seed))};
    }
    return continueOnDomain(await this.#options.model(), texts, plan, learned, report, signal);
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

  async #replace(run: FineTuningRun | null, lock: RunLock | null = null): Promise<void> {
    await this.#training.end();
    this.#lock?.release();
    this.#run?.dispose();
    this.#run = run;
    this.#lock = lock;
    this.#report = null;
  }

  /** Takes the right to write a run, and stops training when another tab takes it away. */
  async #lockRun(id: string, steal: boolean): Promise<RunLock | null> {
    const lock = await (this.#options.lockRun ?? freeLock)(id, steal);
    if (lock) lock.onLost = () => this.#lock === lock && this.#training.stop();
    return lock;
  }
}
