/** What a worker does for each call: holds the run and the loaded model, one of each at most. */
import * as tf from "@tensorflow/tfjs-core";
import {releaseForwardPlans} from "../albert/plan/modelArena.js";
import {InputError} from "../errors.js";
import type {StoreRoot} from "../store/files.js";
import {runArena} from "./arena.js";
import {attend, fillMasks} from "./ask.js";
import {bench, profile} from "./benchCalls.js";
import {FineTuningHost} from "./fineTuning/host.js";
import {chooseBackend, DeviceLostError, type BackendOptions} from "./backend.js";
import {readCorpus} from "./corpusSource.js";
import {watchDevice} from "./deviceLoss.js";
import {holdLifeline} from "./lifeline.js";
import {compareMethods} from "./compareMethods.js";
import {measureEffect} from "./effect.js";
import {expectations} from "./expectations.js";
import {studyHeads} from "./headStudy.js";
import type {CallContext, EngineHandlers} from "./listen.js";
import {loadModelFiles, loadModelUrl, summarizeModel, type LoadedModel} from "./loadedModel.js";
import type {WasmPaths} from "./deviceCalls.js";
import type {EngineCalls} from "./protocol.js";
import type {TrainingOutcome} from "./trainingCalls.js";
import {keptMoment} from "./moment.js";
import {ProbingHost} from "./probing/host.js";
import {queryKey} from "./queryKey.js";
import {PretrainingRun} from "./run.js";
import {ResharingHost} from "./resharingHost.js";
import {branchRun} from "./branchRun.js";
import {exportRuns, importRuns} from "./runArchive.js";
import {webLock, type LockRun, type RunLock} from "./runLock.js";
import {RunStore} from "./runStore.js";
import {describeTokenization, describeVocabulary, trainTokenizerFor} from "./tokenization.js";
import {SweepRunner} from "./sweepRunner.js";
import {timeModels, timeSteps} from "./timing.js";
import {trainLoop} from "./trainLoop.js";
import {yieldToMessages} from "./yield.js";
import type {TimedRecord} from "../experiments/record.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";

export interface HostOptions {
  /** The rungs of this platform, once the addresses of the .wasm files are known. */
  backends(wasmPaths: WasmPaths): BackendOptions;
  openStore(): Promise<StoreRoot>;
  /** Default the browser's own. */
  lockRun?: LockRun;
  /** Called after a run was kept, with its id. */
  onSaved?: (id: string) => void;
  /** Called once when the device is lost: nothing that is computed after it can be trusted. */
  onLost?: (reason: string) => void;
}

type Input<Name extends keyof EngineCalls> = EngineCalls[Name]["input"];

export class EngineHost implements EngineHandlers {
  readonly #options: HostOptions;
  #run: PretrainingRun | null = null;
  /** The right to write the run; null where it is only read. */
  #lock: RunLock | null = null;
  #isDeviceLost: () => boolean = () => false;
  #loaded: LoadedModel | null = null;
  #tokenizer: Tokenizer | null = null;
  readonly #sweepRunner = new SweepRunner({
    corpus: (recipe) => readCorpus(recipe, {kind: "recipe"}, () => {}),
    tokenizer: async () => undefined
  });
  #store: Promise<RunStore> | null = null;
  /** The train call under way: how to stop it and when it has stopped. */
  #training: {stop: AbortController; ended: Promise<unknown>} | null = null;

  bench = bench;
  profile = profile;

  readonly #fineTuning = new FineTuningHost(() => this.#needModel());
  prepareFineTuning = this.#fineTuning.prepareFineTuning;
  fineTune = this.#fineTuning.fineTune;
  evaluateFineTuning = this.#fineTuning.evaluateFineTuning;
  askFineTuned = this.#fineTuning.askFineTuned;
  columnsOf = this.#fineTuning.columnsOf;
  compareLanguages = this.#fineTuning.compareLanguages;
  continueOnDomain = this.#fineTuning.continueOnDomain;
  resetFineTuning = this.#fineTuning.resetFineTuning;
  exportFineTuned = this.#fineTuning.exportFineTuned;

  readonly #probing = new ProbingHost(() => this.#needModel());
  lens = this.#probing.lens;
  probe = this.#probing.probe;
  patch = this.#probing.patch;
  patchMany = this.#probing.patchMany;
  attribute = this.#probing.attribute;
  similarity = this.#probing.similarity;

  readonly #resharing = new ResharingHost({
    runInUse: () => this.#run,
    prepare: async (recipe) =>
      PretrainingRun.prepare(recipe, await readCorpus(recipe, {kind: "recipe"}, () => {}))
  });
  goOn = this.#resharing.goOn;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  start = async (
    {backend, without, passed, wasmPaths, lifeline}: Input<"start">,
    {report}: CallContext<"start">
  ): Promise<EngineCalls["start"]["output"]> => {
    await holdLifeline(lifeline);
    const options = this.#options.backends(wasmPaths);
    const onLost = this.#options.onLost ?? (() => {});
    const asked = {forced: backend, without, passed, onTrial: report};
    const device = await chooseBackend(options, asked).catch((error: Error) => {
      if (error instanceof DeviceLostError) onLost(error.message);
      throw error;
    });
    this.#isDeviceLost = watchDevice(onLost);
    return device;
  };

  prepare = async (
    {recipe: asked, source}: Input<"prepare">,
    {report, signal}: CallContext<"prepare">
  ) => {
    const corpus = await readCorpus(asked, source, report, signal);
    // A file stands in for whatever text the recipe names, and the recipe must say so.
    const recipe = source.kind === "file" ? {...asked, corpus: {path: source.name}} : asked;
    const run = await PretrainingRun.prepare(recipe, corpus, {onProgress: report, signal});
    await this.#replaceRun(run, await this.#lockRun(run.id, false));
    (await this.#runStore()).begin(run, source);
    return run.summary();
  };

  train = async (
    {until}: Input<"train">,
    {report, signal}: CallContext<"train">
  ): Promise<TrainingOutcome> => {
    const run = this.#needRun();
    const lock = this.#lock;
    if (!lock) throw new InputError(`run ${run.id} is open in another tab: take it over first`);
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort(), {once: true});
    if (signal.aborted) stop.abort();
    const before = this.#stopTraining();
    const work = (async () => {
      await before;
      const store = await this.#runStore();
      return trainLoop(run, {
        until,
        report,
        signal: stop.signal,
        save: async (r) => {
          await store.save(r);
          this.#options.onSaved?.(r.id);
        },
        isMine: () => lock.isHeld,
        isDeviceLost: this.#isDeviceLost
      });
    })();
    // Registered before anything is waited for: of several calls at once each stops the one before.
    const training = {stop, ended: work.catch(() => null)};
    this.#training = training;
    try {
      return await work;
    } finally {
      if (this.#training === training) this.#training = null;
    }
  };

  evaluate = async () => {
    const run = this.#needRun();
    return {evaluation: await run.evaluate(), predictions: await run.predictions()};
  };

  reset = async () => {
    await this.#replaceRun(null);
    return null;
  };

  restore = async (
    {id, access}: Input<"restore">,
    {report, signal}: CallContext<"restore">
  ): Promise<EngineCalls["restore"]["output"]> => {
    const stored = await (await this.#runStore()).load(id, report, signal);
    if (!stored) return null;
    const {run, savedAt, notes} = stored;
    await this.#replaceRun(run);
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
    return {id: await branchRun((await this.#runStore()).root, id, step, changes)};
  };

  exportRuns = async ({ids}: Input<"exportRuns">, {report}: CallContext<"exportRuns">) => ({
    zip: await exportRuns((await this.#runStore()).root, ids, report)
  });

  importRuns = async ({files}: Input<"importRuns">, {report}: CallContext<"importRuns">) =>
    importRuns((await this.#runStore()).root, files, report);

  loadModel = async ({name, files}: Input<"loadModel">, {report}: CallContext<"loadModel">) =>
    this.#useLoaded(await loadModelFiles(name, files, report));

  loadModelFromUrl = async (
    {url}: Input<"loadModelFromUrl">,
    {report, signal}: CallContext<"loadModelFromUrl">
  ) => this.#useLoaded(await loadModelUrl(url, report, signal));

  model = async () => {
    const model = await this.#modelInUse();
    return model && summarizeModel(model);
  };

  exportModel = async () => {
    if (!this.#run) throw new InputError("no run to export: train one first");
    return this.#run.exportFolder();
  };

  attend = async ({text, pair}: Input<"attend">) => attend(await this.#needModel(), text, pair);

  fill = async ({text, pair}: Input<"fill">) => fillMasks(await this.#needModel(), text, pair);

  effect = async ({text, pair, change}: Input<"effect">) =>
    measureEffect(await this.#needModel(), text, pair, change);

  queryKey = async (input: Input<"queryKey">) => queryKey(await this.#needModel(), input);

  moment = async (input: Input<"moment">) => keptMoment((await this.#runStore()).root, input);

  expect = async ({text, pair}: Input<"expect">) =>
    expectations(await this.#needModel(), text, pair);

  arena = async (input: Input<"arena">, {report}: CallContext<"arena">) => runArena(input, report);

  studyHeads = async (input: Input<"studyHeads">, {report, signal}: CallContext<"studyHeads">) =>
    studyHeads(await this.#needModel(), input, report, signal);

  compareMethods = async (
    {text, pair}: Input<"compareMethods">,
    {report}: CallContext<"compareMethods">
  ) => compareMethods(await this.#needModel(), text, pair, report);

  trainTokenizer = async (
    {recipe, source}: Input<"trainTokenizer">,
    {report, signal}: CallContext<"trainTokenizer">
  ) => {
    const corpus = await readCorpus(recipe, source, report, signal);
    this.#tokenizer = await trainTokenizerFor(recipe, corpus, report, signal);
    return describeVocabulary(this.#tokenizer, corpus, recipe);
  };

  tokenize = async ({text}: Input<"tokenize">) => {
    const tokenizer = this.#tokenizer ?? this.#run?.tokenizer ?? this.#loaded?.tokenizer;
    if (!tokenizer) throw new InputError("no vocabulary yet: train one first");
    return describeTokenization(tokenizer, text);
  };

  timeModels = async (
    {models, sequence, rounds}: Input<"timeModels">,
    {report, signal}: CallContext<"timeModels">
  ) => timeModels(models, {sequence, rounds}, report, signal);

  timeSteps = async (
    {models, ...sizes}: Input<"timeSteps">,
    {report, signal}: CallContext<"timeSteps">
  ) => timeSteps(models, sizes, report, signal);

  sweepRun = async (
    {sweep, run}: Input<"sweepRun">,
    {report, signal}: CallContext<"sweepRun">
  ): Promise<TimedRecord | null> => {
    let told = 0;
    return this.#sweepRunner.run(sweep, run, {
      signal,
      breathe: yieldToMessages,
      onStep: (step) => {
        if (performance.now() - told < 100 && step < run.recipe.steps) return;
        told = performance.now();
        report({step});
      }
    });
  };

  /** The run's model as it stands while there is one, else the loaded one. */
  async #modelInUse(): Promise<LoadedModel | null> {
    const run = this.#run;
    if (!run) return this.#loaded;
    return {
      name: `run ${run.hash}, step ${run.step}`,
      config: run.config,
      tokenizer: run.tokenizer,
      notes: [],
      data: await run.parameters()
    };
  }

  async #needModel(): Promise<LoadedModel> {
    const model = await this.#modelInUse();
    if (!model) throw new InputError("no model yet: train one or load one first");
    return model;
  }

  #needRun(): PretrainingRun {
    if (!this.#run) throw new InputError("no run yet: prepare one first");
    return this.#run;
  }

  async #useLoaded(model: LoadedModel) {
    await this.#replaceRun(null);
    this.#loaded = model;
    return summarizeModel(model);
  }

  async #replaceRun(run: PretrainingRun | null, lock: RunLock | null = null): Promise<void> {
    await this.#stopTraining();
    const before = this.#run;
    releaseForwardPlans();
    this.#lock?.release();
    this.#run = run;
    this.#lock = lock;
    await before?.dispose();
  }

  /** Takes the right to write a run, and stops training when another tab takes it away. */
  async #lockRun(id: string, steal: boolean): Promise<RunLock | null> {
    const lock = await (this.#options.lockRun ?? webLock)(id, steal);
    if (lock)
      lock.onLost = () => {
        if (this.#lock !== lock) return;
        this.#lock = null;
        this.#training?.stop.abort();
      };
    return lock;
  }

  async #stopTraining(): Promise<void> {
    this.#training?.stop.abort();
    await this.#training?.ended;
  }

  #runStore(): Promise<RunStore> {
    return (this.#store ??= this.#options.openStore().then((root) => new RunStore(root)));
  }

  /** Bytes of tensors alive, for tests of leaks. */
  get memoryBytes(): number {
    return tf.memory().numBytes;
  }
}
