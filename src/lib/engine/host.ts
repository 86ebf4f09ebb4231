/** What a worker does for each call: holds the run and the loaded model, one of each at most. */
import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import type {FileStore} from "../store/files.js";
import {attend, fillMasks} from "./ask.js";
import {FineTuningHost} from "./fineTuning/host.js";
import {chooseBackend, type BackendOptions} from "./backend.js";
import {readCorpus} from "./corpusSource.js";
import type {CallContext, EngineHandlers} from "./listen.js";
import {loadModelFiles, loadModelUrl, summarizeModel, type LoadedModel} from "./loadedModel.js";
import type {EngineCalls, TrainingOutcome, WasmPaths} from "./protocol.js";
import {PretrainingRun} from "./run.js";
import {RunStore} from "./runStore.js";
import {describeTokenization, describeVocabulary, trainTokenizerFor} from "./tokenization.js";
import {trainLoop} from "./trainLoop.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";

export interface HostOptions {
  /** The rungs of this platform, once the addresses of the .wasm files are known. */
  backends(wasmPaths: WasmPaths): BackendOptions;
  openStore(): Promise<FileStore>;
}

type Input<Name extends keyof EngineCalls> = EngineCalls[Name]["input"];

export class EngineHost implements EngineHandlers {
  readonly #options: HostOptions;
  #run: PretrainingRun | null = null;
  #loaded: LoadedModel | null = null;
  #tokenizer: Tokenizer | null = null;
  #store: Promise<RunStore> | null = null;
  /** The train call under way: how to stop it and when it has stopped. */
  #training: {stop: AbortController; ended: Promise<unknown>} | null = null;

  readonly #fineTuning = new FineTuningHost(() => this.#needModel());
  prepareFineTuning = this.#fineTuning.prepareFineTuning;
  fineTune = this.#fineTuning.fineTune;
  evaluateFineTuning = this.#fineTuning.evaluateFineTuning;
  askFineTuned = this.#fineTuning.askFineTuned;
  resetFineTuning = this.#fineTuning.resetFineTuning;
  exportFineTuned = this.#fineTuning.exportFineTuned;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  start = async (
    {backend, wasmPaths}: Input<"start">,
    {report}: CallContext<"start">
  ): Promise<EngineCalls["start"]["output"]> =>
    chooseBackend(this.#options.backends(wasmPaths), {forced: backend, onTrial: report});

  prepare = async (
    {recipe, source}: Input<"prepare">,
    {report, signal}: CallContext<"prepare">
  ) => {
    const corpus = await readCorpus(recipe, source, report, signal);
    const run = await PretrainingRun.prepare(recipe, corpus, {onProgress: report, signal});
    await this.#replaceRun(run);
    (await this.#runStore()).keepText(source);
    return run.summary();
  };

  train = async (
    {until}: Input<"train">,
    {report, signal}: CallContext<"train">
  ): Promise<TrainingOutcome> => {
    const run = this.#needRun();
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort(), {once: true});
    if (signal.aborted) stop.abort();
    const before = this.#stopTraining();
    const work = (async () => {
      await before;
      const store = await this.#runStore();
      return trainLoop(run, {until, report, signal: stop.signal, save: (r) => store.save(r)});
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
    await (await this.#runStore()).clear();
    return null;
  };

  restore = async (_: Input<"restore">, {report, signal}: CallContext<"restore">) => {
    const stored = await (await this.#runStore()).load(report, signal);
    if (!stored) return null;
    await this.#replaceRun(stored.run);
    const {run, savedAt} = stored;
    return {
      summary: run.summary(),
      metrics: [...run.metrics],
      evaluations: [...run.evaluations],
      savedAt
    };
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

  exportModel = async () => {
    if (!this.#run) throw new InputError("no run to export: train one first");
    return this.#run.exportFolder();
  };

  attend = async ({text, pair}: Input<"attend">) => attend(await this.#needModel(), text, pair);

  fill = async ({text, pair}: Input<"fill">) => fillMasks(await this.#needModel(), text, pair);

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

  async #replaceRun(run: PretrainingRun | null): Promise<void> {
    await this.#stopTraining();
    const before = this.#run;
    this.#run = run;
    await before?.dispose();
  }

  async #stopTraining(): Promise<void> {
    this.#training?.stop.abort();
    await this.#training?.ended;
  }

  #runStore(): Promise<RunStore> {
    return (this.#store ??= this.#options.openStore().then((files) => new RunStore(files)));
  }

  /** Bytes of tensors alive, for tests of leaks. */
  get memoryBytes(): number {
    return tf.memory().numBytes;
  }
}
