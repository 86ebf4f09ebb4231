/** What a worker does for each call, itself or by the halves of it that hold a run; holds the loaded model. */
import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import {memoryRoot, type StoreRoot} from "../store/files.js";
import {runArena} from "./arena.js";
import {attend, fillMasks} from "./ask.js";
import {bench, profile} from "./benchCalls.js";
import {FineTuningHost} from "./fineTuning/host.js";
import {FineTuningStore} from "./fineTuning/store.js";
import {chooseBackend, DeviceLostError, type BackendOptions} from "./backend.js";
import {readCorpus} from "./corpusSource.js";
import {watchDevice} from "./deviceLoss.js";
import {compareMethods} from "./compareMethods.js";
import {measureEffect} from "./effect.js";
import {expectations} from "./expectations.js";
import {studyHeads} from "./headStudy.js";
import type {CallContext, EngineHandlers} from "./listen.js";
import {loadModelFiles, loadModelUrl, summarizeModel, type LoadedModel} from "./loadedModel.js";
import type {WasmPaths} from "./deviceCalls.js";
import {mayBePlain} from "./plainCalls.js";
import {plainFormFault} from "./plainForm.js";
import type {EngineCallName, EngineCalls} from "./protocol.js";
import {keptMoment} from "./moment.js";
import {PretrainingHost} from "./pretrainingHost.js";
import {ProbingHost} from "./probing/host.js";
import {queryKey} from "./queryKey.js";
import {PretrainingRun} from "./run.js";
import {ResharingHost} from "./resharingHost.js";
import {runsInUse, webLock, type LockRun, type RunLock} from "./runLock.js";
import {RunStore} from "./runStore.js";
import {describeTokenization, describeVocabulary, trainTokenizerFor} from "./tokenization.js";
import {SweepRunner} from "./sweepRunner.js";
import {timeModels, timeSteps} from "./timing.js";
import {yieldToMessages} from "./yield.js";
import type {TimedRecord} from "../experiments/record.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";

export interface HostOptions {
  /** The rungs of this platform, once the addresses of the .wasm files are known. */
  backends(wasmPaths: WasmPaths): BackendOptions;
  openStore(): Promise<StoreRoot>;
  /** Where fine-tuning runs are kept; default in memory. */
  openFineTunings?(): Promise<StoreRoot>;
  /** Default the browser's own. */
  lockRun?: LockRun;
  /** Called after a run was kept, with its id. */
  onSaved?: (id: string) => void;
  /** Called once when the device is lost: nothing that is computed after it can be trusted. */
  onLost?: (reason: string) => void;
  /** Called when the backend in use turns out to give wrong numbers. */
  onRefused?: (reason: string) => void;
}

type Input<Name extends keyof EngineCalls> = EngineCalls[Name]["input"];

export class EngineHost implements EngineHandlers {
  readonly #options: HostOptions;
  #loaded: LoadedModel | null = null;
  #tokenizer: Tokenizer | null = null;
  readonly #sweepRunner = new SweepRunner({
    corpus: (recipe) => readCorpus(recipe, {kind: "recipe"}, () => {}),
    tokenizer: async () => undefined
  });
  bench = bench;
  profile = profile;

  #isDeviceLost: () => boolean = () => false;
  /** Ends when the backend is chosen. */
  #started: Promise<unknown> = Promise.resolve();
  #store: Promise<RunStore> | null = null;
  #fineTunings: Promise<FineTuningStore> | null = null;

  readonly #pretraining = new PretrainingHost({
    store: () => this.#runStore(),
    lockRun: (id, steal) => this.#lockRun(id, steal),
    onSaved: (id) => this.#options.onSaved?.(id),
    started: () => this.#started,
    isDeviceLost: () => this.#isDeviceLost()
  });
  prepare = this.#pretraining.prepare;
  prepareAhead = this.#pretraining.prepareAhead;
  train = this.#pretraining.train;
  evaluate = this.#pretraining.evaluate;
  reset = this.#pretraining.reset;
  restore = this.#pretraining.restore;
  branch = this.#pretraining.branch;
  exportRuns = this.#pretraining.exportRuns;
  importRuns = this.#pretraining.importRuns;
  exportModel = this.#pretraining.exportModel;

  readonly #fineTuning = new FineTuningHost({
    model: () => this.#needModel(),
    store: () => this.#fineTuningStore(),
    lockRun: (id, steal) => this.#lockRun(id, steal),
    isDeviceLost: () => this.#isDeviceLost()
  });
  prepareFineTuning = this.#fineTuning.prepareFineTuning;
  fineTune = this.#fineTuning.fineTune;
  evaluateFineTuning = this.#fineTuning.evaluateFineTuning;
  askFineTuned = this.#fineTuning.askFineTuned;
  columnsOf = this.#fineTuning.columnsOf;
  compareLanguages = this.#fineTuning.compareLanguages;
  continueOnDomain = this.#fineTuning.continueOnDomain;
  restoreFineTuning = this.#fineTuning.restoreFineTuning;
  slowFineTuning = this.#fineTuning.slowFineTuning;
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
    runInUse: () => this.#pretraining.run,
    prepare: async (recipe) =>
      PretrainingRun.prepare(recipe, await readCorpus(recipe, {kind: "recipe"}, () => {}))
  });
  goOn = this.#resharing.goOn;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  start = (input: Input<"start">, context: CallContext<"start">) => {
    const started = this.#start(input, context);
    this.#started = started;
    return started;
  };

  async #start(
    {backend, without, passed, wasmPaths}: Input<"start">,
    {report}: CallContext<"start">
  ): Promise<EngineCalls["start"]["output"]> {
    const options = this.#options.backends(wasmPaths);
    const onLost = this.#options.onLost ?? (() => {});
    const asked = {forced: backend, without, passed, onTrial: report};
    const device = await chooseBackend(options, asked).catch((error: Error) => {
      if (error instanceof DeviceLostError) onLost(error.message);
      throw error;
    });
    this.#isDeviceLost = watchDevice(onLost);
    return device;
  }

  /** What comes before a call: the plain form is tried before the first that may need it. */
  trust = async (type: EngineCallName): Promise<void> => {
    if (!mayBePlain[type]) return;
    const fault = await plainFormFault();
    if (!fault || this.#isDeviceLost()) return;
    const reason = `what TensorFlow.js computes on ${tf.getBackend()} is wrong (${fault})`;
    this.#options.onRefused?.(reason);
    throw new Error(reason);
  };

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

  attend = async ({text, pair}: Input<"attend">) => attend(await this.#needModel(), text, pair);

  fill = async ({text, pair}: Input<"fill">) => fillMasks(await this.#needModel(), text, pair);

  effect = async ({text, pair, change}: Input<"effect">) =>
    measureEffect(await this.#needModel(), text, pair, change);

  queryKey = async (input: Input<"queryKey">) => queryKey(await this.#needModel(), input);

  moment = async (input: Input<"moment">) => keptMoment((await this.#runStore()).root, input);

  expect = async ({text, pair}: Input<"expect">) =>
    expectations(await this.#needModel(), text, pair);

  arena = async (input: Input<"arena">, {report, signal}: CallContext<"arena">) =>
    runArena(input, report, signal);

  studyHeads = async (input: Input<"studyHeads">, {report, signal}: CallContext<"studyHeads">) =>
    studyHeads(await this.#needModel(), input, report, signal);

  compareMethods = async (
    {text, pair}: Input<"compareMethods">,
    {report, signal}: CallContext<"compareMethods">
  ) => compareMethods(await this.#needModel(), text, pair, report, signal);

  trainTokenizer = async (
    {recipe, source}: Input<"trainTokenizer">,
    {report, signal}: CallContext<"trainTokenizer">
  ) => {
    const corpus = await readCorpus(recipe, source, report, signal);
    this.#tokenizer = await trainTokenizerFor(recipe, corpus, report, signal);
    return describeVocabulary(this.#tokenizer, corpus, recipe);
  };

  tokenize = async ({text}: Input<"tokenize">) => {
    const tokenizer =
      this.#tokenizer ?? this.#pretraining.run?.tokenizer ?? this.#loaded?.tokenizer;
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
    const {run} = this.#pretraining;
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

  async #useLoaded(model: LoadedModel) {
    await this.#pretraining.replaceRun(null);
    this.#loaded = model;
    return summarizeModel(model);
  }

  #lockRun(id: string, steal: boolean): Promise<RunLock | null> {
    return (this.#options.lockRun ?? webLock)(id, steal);
  }

  #fineTuningStore(): Promise<FineTuningStore> {
    const open = this.#options.openFineTunings ?? (async () => memoryRoot());
    return (this.#fineTunings ??= open().then((root) => new FineTuningStore(root, runsInUse)));
  }

  #runStore(): Promise<RunStore> {
    return (this.#store ??= this.#options.openStore().then((root) => new RunStore(root)));
  }

  /** Bytes of tensors alive, for tests of leaks. */
  get memoryBytes(): number {
    return tf.memory().numBytes;
  }
}
