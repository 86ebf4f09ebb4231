/** One training run as a page sees it: what it is doing, what it has measured, what can be asked. */
import {errorMessage} from "../errors.js";
import type {Recipe} from "../recipe/recipe.js";
import {EngineLostError} from "./calls.js";
import type {Engine} from "./client.js";
import type {
  BackendTrial,
  DeviceReport,
  Evaluation,
  PhaseProgress,
  RunSummary,
  SentencePrediction,
  StepMetrics,
  TextSource,
  TrainingOutcome,
  TrainingProgress
} from "./protocol.js";

export type TrainingPhase =
  | "idle"
  | "starting"
  | "preparing"
  | "ready"
  | "training"
  | "pausing"
  | "paused"
  | "finished"
  | "diverged"
  | "recovering"
  | "failed";

/** Everything the views of a run show. */
export interface TrainingState {
  phase: TrainingPhase;
  recipe: Recipe;
  device: DeviceReport | null;
  trials: BackendTrial[];
  summary: RunSummary | null;
  /** Every step so far, oldest first. */
  rows: readonly StepMetrics[];
  evaluations: readonly Evaluation[];
  /** The guesses at each evaluation, oldest first. */
  predictions: readonly SentencePrediction[][];
  progress: PhaseProgress | null;
  /** What went wrong or what should be known, in a sentence. */
  message: string | null;
  /** Step of the newest checkpoint kept by the browser, or null. */
  savedStep: number | null;
  /** Seconds to the last step at the present pace, or null. */
  secondsLeft: number | null;
}

/** Restarts after a lost worker before the session gives up. */
const mostRecoveries = 3;

/**
 * Drives an engine through prepare, train, pause, step and reset, and tells its subscribers. Calls
 * made while another is under way wait for it, except `pause`.
 */
export class TrainingSession {
  readonly #makeEngine: () => Engine;
  readonly #subscribers = new Set<(state: TrainingState) => void>();
  #engine: Engine | null = null;
  #source: TextSource = {kind: "recipe"};
  #state: TrainingState;
  #training: AbortController | null = null;
  #queue: Promise<void> = Promise.resolve();
  #recoveries = 0;

  constructor(makeEngine: () => Engine, recipe: Recipe) {
    this.#makeEngine = makeEngine;
    this.#state = blank(recipe);
  }

  get state(): TrainingState {
    return this.#state;
  }

  /** The engine that holds the run; started by the first call that needs it. */
  get engine(): Engine {
    return (this.#engine ??= this.#makeEngine());
  }

  /** Tells `subscriber` the state now and at every change; returns the way to stop. */
  subscribe(subscriber: (state: TrainingState) => void): () => void {
    this.#subscribers.add(subscriber);
    subscriber(this.#state);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Sets what the next run will be; a run under way keeps its own recipe until `reset`. */
  configure(recipe: Recipe, source: TextSource): void {
    this.#source = source;
    if (this.#state.summary === null) this.#set({recipe});
  }

  /** Prepares a run if there is none and trains to the recipe's last step. */
  train(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#prepare();
      await this.#trainUntil(this.#state.recipe.steps);
    });
  }

  /** Exactly one step. */
  step(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#prepare();
      await this.#trainUntil(Math.min(this.#currentStep() + 1, this.#state.recipe.steps));
    });
  }

  /** Stops after the step under way. */
  pause(): void {
    if (!this.#training) return;
    this.#set({phase: "pausing"});
    this.#training.abort();
  }

  /** Forgets the run and goes back to the start, with a new recipe if one is given. */
  reset(recipe: Recipe = this.#state.recipe, source: TextSource = this.#source): Promise<void> {
    this.#training?.abort();
    return this.#enqueue(async () => {
      if (this.#engine) await this.#engine.call("reset", {});
      this.#source = source;
      this.#recoveries = 0;
      const {device, trials} = this.#state;
      this.#set({...blank(recipe), device, trials});
    });
  }

  /** Brings back the run that this browser stored; gives false where there is none. */
  restore(): Promise<boolean> {
    let found = false;
    return this.#enqueue(async () => {
      await this.#start();
      found = await this.#restoreStored();
    }).then(() => found);
  }

  /** Ends the worker. */
  close(): void {
    this.#subscribers.clear();
    this.#engine?.terminate();
    this.#engine = null;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(work).catch((error: unknown) => {
      this.#set({phase: "failed", message: errorMessage(error), progress: null});
    });
    this.#queue = run;
    return run;
  }

  async #start(): Promise<void> {
    if (this.#state.device) return;
    this.#set({phase: "starting", trials: []});
    const device = await this.engine.start((trial) =>
      this.#set({trials: [...this.#state.trials, trial]})
    );
    this.#set({device, trials: device.trials});
  }

  async #prepare(): Promise<void> {
    if (this.#state.summary) return;
    await this.#start();
    this.#set({phase: "preparing", message: null});
    const summary = await this.engine.call(
      "prepare",
      {recipe: this.#state.recipe, source: this.#source},
      {onProgress: (progress) => this.#set({progress})}
    );
    this.#set({phase: "ready", summary, progress: null});
    this.#evaluated(await this.engine.call("evaluate", {}));
  }

  async #trainUntil(until: number): Promise<void> {
    this.#training = new AbortController();
    this.#set({phase: "training", message: null});
    let outcome: TrainingOutcome;
    try {
      outcome = await this.engine.call(
        "train",
        {until},
        {signal: this.#training.signal, onProgress: (value) => this.#progressed(value)}
      );
    } catch (error) {
      if (!(error instanceof EngineLostError)) throw error;
      await this.#recover(error, until);
      return;
    } finally {
      this.#training = null;
    }
    const isLast = outcome.step >= this.#state.recipe.steps;
    const phase = outcome.reason === "diverged" ? "diverged" : isLast ? "finished" : "paused";
    this.#set({phase, message: outcome.message, secondsLeft: null});
  }

  /** A worker that died takes its tensors with it: a new one goes on from the last checkpoint. */
  async #recover(error: EngineLostError, until: number): Promise<void> {
    this.#engine?.terminate();
    this.#engine = null;
    if (++this.#recoveries > mostRecoveries) throw error;
    this.#set({
      phase: "recovering",
      device: null,
      message: `${error.message}; going on from the last checkpoint`
    });
    await this.#start();
    if (!(await this.#restoreStored())) {
      const {recipe, device, trials} = this.#state;
      this.#set({...blank(recipe), device, trials});
      await this.#prepare();
    }
    await this.#trainUntil(until);
  }

  async #restoreStored(): Promise<boolean> {
    this.#set({phase: "preparing"});
    const stored = await this.engine.call(
      "restore",
      {},
      {onProgress: (progress) => this.#set({progress})}
    );
    if (!stored) {
      this.#set({phase: this.#state.summary ? "paused" : "idle", progress: null});
      return false;
    }
    const {summary, metrics, evaluations} = stored;
    const {recipe, step} = summary;
    const phase = step >= recipe.steps ? "finished" : "paused";
    this.#set({phase, recipe, summary, rows: metrics, evaluations, progress: null});
    this.#set({savedStep: step, predictions: []});
    this.#evaluated(await this.engine.call("evaluate", {}));
    return true;
  }

  #progressed(value: TrainingProgress): void {
    switch (value.kind) {
      case "steps":
        this.#set({
          rows: [...this.#state.rows, ...value.rows],
          secondsLeft: this.#secondsLeft(value.rows)
        });
        return;
      case "evaluation":
        this.#evaluated(value);
        return;
      case "saved":
        this.#set({savedStep: value.step});
        return;
      case "note":
        this.#set({message: value.message});
        return;
      default:
        value satisfies never;
    }
  }

  #evaluated({
    evaluation,
    predictions
  }: {
    evaluation: Evaluation;
    predictions: SentencePrediction[];
  }): void {
    const before = this.#state.evaluations.filter(({step}) => step !== evaluation.step);
    this.#set({
      evaluations: [...before, evaluation],
      predictions: [...this.#state.predictions, predictions]
    });
  }

  #currentStep(): number {
    return this.#state.rows.at(-1)?.step ?? this.#state.summary?.step ?? 0;
  }

  #secondsLeft(rows: readonly StepMetrics[]): number | null {
    const last = rows.at(-1);
    if (!last) return this.#state.secondsLeft;
    const {batch, steps} = this.#state.recipe;
    const tokens = batch.size * batch.sequence_length;
    const rate = rows.reduce((sum, row) => sum + row.tokensPerSecond, 0) / rows.length;
    return ((steps - last.step) * tokens) / rate;
  }

  #set(change: Partial<TrainingState>): void {
    this.#state = {...this.#state, ...change};
    for (const subscriber of this.#subscribers) subscriber(this.#state);
  }
}

function blank(recipe: Recipe): TrainingState {
  return {
    phase: "idle",
    recipe,
    device: null,
    trials: [],
    summary: null,
    rows: [],
    evaluations: [],
    predictions: [],
    progress: null,
    message: null,
    savedStep: null,
    secondsLeft: null
  };
}
