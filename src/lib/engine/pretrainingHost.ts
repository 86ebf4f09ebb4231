/** The worker's half of pretraining: holds one run at most, and keeps it where runs are kept. */
import {releaseForwardPlans} from "../albert/plan/keptArenas.js";
import {InputError} from "../errors.js";
import {readCorpus} from "./corpusSource.js";
import type {CallContext, EngineHandlers} from "./listen.js";
import type {EngineCalls} from "./protocol.js";
import type {TextSource, TrainingOutcome} from "./trainingCalls.js";
import type {Recipe} from "../recipe/recipe.js";
import {PretrainingRun} from "./run.js";
import {RunAhead} from "./runAhead.js";
import {branchRun} from "./branchRun.js";
import {OneTraining} from "./oneTraining.js";
import {exportRuns, importRuns} from "./runArchive.js";
import type {LockRun, RunLock} from "./runLock.js";
import {refuseLost} from "./runState.js";
import type {RunStore} from "./runStore.js";
import {trainLoop} from "./trainLoop.js";

/** The calls that concern a run and what is kept of it. */
type RunCalls =
  | "prepare"
  | "prepareAhead"
  | "train"
  | "evaluate"
  | "reset"
  | "restore"
  | "branch"
  | "exportRuns"
  | "importRuns"
  | "exportModel";

type Input<Name extends RunCalls> = EngineCalls[Name]["input"];

/** What it needs of the worker. */
export interface PretrainingHostOptions {
  store(): Promise<RunStore>;
  lockRun: LockRun;
  /** Called after a run was kept, with its id. */
  onSaved(id: string): void;
  /** Ends when the backend is chosen, where that is under way. */
  started(): Promise<unknown>;
  isDeviceLost(): boolean;
}

export class PretrainingHost implements Pick<EngineHandlers, RunCalls> {
  readonly #options: PretrainingHostOptions;
  #run: PretrainingRun | null = null;
  readonly #ahead = new RunAhead();
  /** The right to write the run; null where it is only read. */
  #lock: RunLock | null = null;
  readonly #training = new OneTraining();

  constructor(options: PretrainingHostOptions) {
    this.#options = options;
  }

  /** The run in use. */
  get run(): PretrainingRun | null {
    return this.#run;
  }

  prepare = async (
    {recipe: asked, source}: Input<"prepare">,
    {report, signal}: CallContext<"prepare">
  ) => {
    const run =
      (await this.#ahead.take(asked, source, report)) ??
      (await this.#makeRun(asked, source, report, signal));
    await this.replaceRun(run, await this.#lockRun(run.id, false));
    (await this.#options.store()).begin(run, source);
    return run.summary();
  };

  prepareAhead = async ({recipe}: Input<"prepareAhead">) => {
    if (!this.#run) await this.#ahead.make(recipe);
    return null;
  };

  train = async (
    {until}: Input<"train">,
    {report, signal}: CallContext<"train">
  ): Promise<TrainingOutcome> => {
    const run = this.#needRun();
    const lock = this.#lock;
    if (!lock) throw new InputError(`run ${run.id} is open in another tab: take it over first`);
    return this.#training.run(signal, async (signal) => {
      const store = await this.#options.store();
      return trainLoop(run, {
        until,
        report,
        signal,
        save: async (r) => {
          await store.save(r, () => refuseLost(this.#options.isDeviceLost, r.step));
          this.#options.onSaved(r.id);
        },
        isMine: () => lock.isHeld,
        isDeviceLost: this.#options.isDeviceLost
      });
    });
  };

  evaluate = async () => {
    const run = this.#needRun();
    return {evaluation: await run.evaluate(), predictions: await run.predictions()};
  };

  reset = async () => {
    await this.replaceRun(null);
    return null;
  };

  restore = async (
    {id, access}: Input<"restore">,
    {report, signal}: CallContext<"restore">
  ): Promise<EngineCalls["restore"]["output"]> => {
    const store = await this.#options.store();
    const stored = await store.load(id, {
      onProgress: report,
      signal,
      ready: this.#options.started()
    });
    if (!stored) return null;
    const {run, savedAt, notes} = stored;
    await this.replaceRun(run);
    if (access !== "read") this.#lock = await this.#lockRun(run.id, access === "takeOver");
    const summary = run.summary();
    return {
      summary: {...summary, notes: [...summary.notes, ...notes]},
      metrics: [...run.metrics],
      evaluations: [...run.evaluations],
      savedAt,
      isWritable: this.#lock !== null
    };
  };

  branch = async (
    {id, step, changes}: Input<"branch">,
    {report}: CallContext<"branch">
  ): Promise<EngineCalls["branch"]["output"]> => {
    report({phase: `branching from step ${step}`, fraction: null});
    return {id: await branchRun((await this.#options.store()).root, id, step, changes)};
  };

  exportRuns = async ({ids}: Input<"exportRuns">, {report}: CallContext<"exportRuns">) => ({
    zip: await exportRuns((await this.#options.store()).root, ids, report)
  });

  importRuns = async ({files}: Input<"importRuns">, {report}: CallContext<"importRuns">) =>
    importRuns((await this.#options.store()).root, files, report);

  exportModel = async () => {
    if (!this.#run) throw new InputError("no run to export: train one first");
    return this.#run.exportFolder();
  };

  async #makeRun(
    asked: Recipe,
    source: TextSource,
    report: CallContext<"prepare">["report"],
    signal: AbortSignal
  ): Promise<PretrainingRun> {
    const corpus = await readCorpus(asked, source, report, signal);
    // A file stands in for whatever text the recipe names, and the recipe must say so.
    const recipe = source.kind === "file" ? {...asked, corpus: {path: source.name}} : asked;
    return PretrainingRun.prepare(recipe, corpus, {onProgress: report, signal});
  }

  #needRun(): PretrainingRun {
    if (!this.#run) throw new InputError("no run yet: prepare one first");
    return this.#run;
  }

  /** Puts another run, or none, in the place of the run in use. */
  async replaceRun(run: PretrainingRun | null, lock: RunLock | null = null): Promise<void> {
    await this.#training.end();
    this.#ahead.drop();
    const before = this.#run;
    releaseForwardPlans();
    this.#lock?.release();
    this.#run = run;
    this.#lock = lock;
    await before?.dispose();
  }

  /** Takes the right to write a run, and stops training when another tab takes it away. */
  async #lockRun(id: string, steal: boolean): Promise<RunLock | null> {
    const lock = await this.#options.lockRun(id, steal);
    if (lock)
      lock.onLost = () => {
        if (this.#lock !== lock) return;
        this.#lock = null;
        this.#training.stop();
      };
    return lock;
  }
}
