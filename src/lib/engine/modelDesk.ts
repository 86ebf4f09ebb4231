/** A desk at which a page asks a model: which model, what it is doing, and one question at a time. */
import {errorMessage} from "../errors.js";
import {EngineLostError} from "./calls.js";
import type {Engine} from "./client.js";
import type {DeviceReport} from "./deviceCalls.js";
import type {ModelSummary} from "./modelCalls.js";
import {HeldEngine, type MakeEngine} from "./heldEngine.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {Watched} from "../watched.js";

/** The models that a reader can choose between. */
export type ModelChoice =
  | {kind: "stored"}
  /** The run that this browser stored last. */
  | {kind: "run"}
  | {kind: "files"; name: string; files: Map<string, Uint8Array>}
  | {kind: "address"; url: string};

/** What the page shows of the desk. */
export interface DeskState {
  phase: "idle" | "starting" | "loading" | "asking";
  /** The model that answered last; null before the first. */
  model: ModelSummary | null;
  /** The choice that `model` came from. */
  choice: ModelChoice;
  device: DeviceReport | null;
  /** How far a model is loaded, while it is. */
  progress: PhaseProgress | null;
  /** What went wrong, in a sentence, until something goes right. */
  message: string | null;
}

export interface DeskOptions {
  makeEngine: MakeEngine<Engine>;
  /** The input of `loadModel` for the model that ships with the site. */
  stored(): Promise<{name: string; files: Map<string, Uint8Array>}>;
  /** Default the stored model. */
  choice?: ModelChoice;
}

/**
 * Loads the chosen model when it is first asked, and puts one question after another; of several about
 * one thing only the newest counts. A model that cannot be loaded leaves the one before in use.
 */
export class ModelDesk extends Watched<DeskState> {
  readonly #options: DeskOptions;
  readonly #engine: HeldEngine<Engine>;
  #wanted: ModelChoice;
  #loading: AbortController | null = null;
  /** The device of an engine that was lost while it answered. */
  #lostDevice: DeviceReport | null = null;
  #isClosed = false;
  /** How many questions were asked about each thing. */
  readonly #asked = new Map<string, number>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: DeskOptions) {
    const choice = options.choice ?? {kind: "stored"};
    super({phase: "idle", model: null, choice, device: null, progress: null, message: null});
    this.#options = options;
    this.#engine = new HeldEngine(options.makeEngine);
    this.#wanted = choice;
  }

  /** Sets the model of the next question, and stops loading another. */
  choose(choice: ModelChoice): void {
    if (choice !== this.#wanted) this.#loading?.abort();
    this.#wanted = choice;
  }

  /** Stops loading; the model before stays in use. */
  cancel(): void {
    this.#loading?.abort();
  }

  /**
   * Puts a question to the chosen model.
   *
   * @param options.about the thing that is asked about: a newer question about it takes the place of an
   *   older one, but of none about another thing
   * @param options.needsModel false where the engine is to answer without a model
   * @param options.onLost told when the worker or its device was lost on the way
   * @returns its answer; null where a newer question took its place, or where it failed, which
   *   `state.message` tells
   */
  ask<T>(
    question: (engine: Engine) => Promise<T>,
    {
      about = "",
      needsModel = true,
      onLost
    }: {about?: string; needsModel?: boolean; onLost?: (lost: EngineLostError) => void} = {}
  ): Promise<T | null> {
    const turn = (this.#asked.get(about) ?? 0) + 1;
    this.#asked.set(about, turn);
    const isNewest = () => turn === this.#asked.get(about);
    const answer = this.#work.then(async () => {
      if (!isNewest()) return null;
      try {
        const engine = await this.#ready(needsModel);
        this.set({phase: "asking"});
        const result = await question(engine);
        this.set({phase: "idle", message: null});
        return isNewest() ? result : null;
      } catch (error) {
        this.#fail(error);
        if (error instanceof EngineLostError) onLost?.(error);
        return null;
      }
    });
    this.#work = answer;
    return answer;
  }

  /**
   * Counts the loss of the engine, of which whoever trains with it heard; the next question gets a new one.
   *
   * @returns what to tell the reader
   * @throws Error when no backend is left to try
   */
  recover(lost: EngineLostError): string {
    if (this.#isClosed) throw new Error("the page is closed");
    const device = this.state.device ?? this.#lostDevice;
    this.#drop();
    this.#lostDevice = null;
    return this.#engine.lose(lost, device);
  }

  /** Tells that training went on well: losses before count no more. */
  forgetLosses(): void {
    this.#engine.forgetLosses();
  }

  /** Ends the worker. */
  close(): void {
    this.#isClosed = true;
    this.unsubscribeAll();
    this.#engine.drop();
  }

  /** An engine with the chosen model in use. */
  async #ready(needsModel: boolean): Promise<Engine> {
    const {engine} = this.#engine;
    if (!this.state.device) {
      this.set({phase: "starting"});
      this.set({device: await engine.start()});
    }
    if (!needsModel) return engine;
    const choice = this.#wanted;
    if (this.state.model && this.state.choice === choice) return engine;
    this.set({phase: "loading", progress: null});
    this.#loading = new AbortController();
    const {signal} = this.#loading;
    try {
      const model = await this.#load(engine, choice, signal);
      this.set({model, choice, progress: null});
      return engine;
    } catch (error) {
      // What was in use before is still there: nothing is lost by a model that cannot be read.
      if (this.#wanted === choice) this.#wanted = this.state.choice;
      throw signal.aborted ? new Error("loading was cancelled; the model before is kept") : error;
    } finally {
      this.#loading = null;
    }
  }

  async #load(engine: Engine, choice: ModelChoice, signal: AbortSignal): Promise<ModelSummary> {
    const options = {signal, onProgress: (progress: PhaseProgress) => this.set({progress})};
    switch (choice.kind) {
      case "stored":
        return engine.call("loadModel", await this.#options.stored(), options);
      case "files":
        return engine.call("loadModel", {name: choice.name, files: choice.files}, options);
      case "address":
        return engine.call("loadModelFromUrl", {url: choice.url}, options);
      case "run": {
        const run = await engine.call("restore", {id: null, access: "read"}, options);
        const model = run && (await engine.call("model", {}));
        if (!model) throw new Error("this browser keeps no run any more: train one first");
        return model;
      }
    }
  }

  #fail(error: unknown): void {
    if (error instanceof EngineLostError) {
      this.#lostDevice = this.state.device;
      this.#drop();
    }
    this.set({phase: "idle", progress: null, message: errorMessage(error)});
  }

  #drop(): void {
    this.#engine.drop();
    this.set({device: null, model: null});
  }
}
