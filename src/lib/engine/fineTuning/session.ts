/** One fine-tuning run as a page sees it: what it is doing, what it has measured, what can be asked. */
import {errorMessage} from "../../errors.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import type {Engine} from "../client.js";
import type {ModelDesk} from "../modelDesk.js";
import type {PhaseProgress} from "../trainingCalls.js";
import type {
  FineTuneAnswer,
  FineTuneEvaluation,
  FineTuneProgress,
  FineTuneReport,
  FineTuneStep,
  FineTuneSummary,
  StartWeights,
  TaskSource
} from "./protocol.js";

/** What the next run will be. */
export interface FineTuneChoice {
  task: string;
  recipe: FineTuneRecipe;
  start: StartWeights;
  source: TaskSource;
}

export type FineTunePhase =
  "idle" | "preparing" | "training" | "pausing" | "paused" | "finished" | "diverged" | "failed";

/** Everything the views of a run show. */
export interface FineTuneState {
  phase: FineTunePhase;
  summary: FineTuneSummary | null;
  /** Every step so far, oldest first. */
  rows: readonly FineTuneStep[];
  evaluations: readonly FineTuneEvaluation[];
  /** Of the last evaluation. */
  report: FineTuneReport | null;
  progress: PhaseProgress | null;
  /** What went wrong or what should be known, in a sentence. */
  message: string | null;
}

const blank: FineTuneState = {
  phase: "idle",
  summary: null,
  rows: [],
  evaluations: [],
  report: null,
  progress: null,
  message: null
};

/**
 * Drives prepare, train, pause, step and reset through the desk that holds the model, and tells its
 * subscribers. Calls made while another is under way wait for it, except `pause` and `ask`.
 */
export class FineTuneSession {
  readonly #desk: ModelDesk;
  readonly #subscribers = new Set<(state: FineTuneState) => void>();
  #choice: FineTuneChoice;
  #state: FineTuneState = blank;
  #engine: Engine | null = null;
  #training: AbortController | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(desk: ModelDesk, choice: FineTuneChoice) {
    this.#desk = desk;
    this.#choice = choice;
  }

  get state(): FineTuneState {
    return this.#state;
  }

  /** Tells `subscriber` the state now and at every change; returns the way to stop. */
  subscribe(subscriber: (state: FineTuneState) => void): () => void {
    this.#subscribers.add(subscriber);
    subscriber(this.#state);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Sets what the next run will be; a run under way keeps its own until `reset`. */
  configure(choice: FineTuneChoice): void {
    this.#choice = choice;
  }

  /** Prepares a run if there is none and trains to its last step. */
  train(): Promise<void> {
    return this.#enqueue(async () => {
      if (await this.#prepare()) await this.#trainUntil(this.#state.summary!.steps);
    });
  }

  /** Exactly one step. */
  step(): Promise<void> {
    return this.#enqueue(async () => {
      if (!(await this.#prepare())) return;
      const at = this.#state.rows.at(-1)?.step ?? 0;
      await this.#trainUntil(Math.min(at + 1, this.#state.summary!.steps));
    });
  }

  /** Stops after the step under way. */
  pause(): void {
    if (!this.#training) return;
    this.#set({phase: "pausing"});
    this.#training.abort();
  }

  /** Forgets the run and goes back to the start. */
  reset(): Promise<void> {
    this.#training?.abort();
    return this.#enqueue(async () => {
      await this.#engine?.call("resetFineTuning", {}).catch(() => null);
      this.#set(blank);
    });
  }

  /**
   * What the present weights say of a text; null before there are any.
   *
   * @throws InputError when the text does not fit the task
   */
  async ask(text: string, pair: string | null): Promise<FineTuneAnswer | null> {
    if (!this.#state.summary || !this.#engine) return null;
    return this.#engine.call("askFineTuned", {text, pair});
  }

  /** The best weights as a Hugging Face folder. */
  exportFolder(): Promise<Map<string, Uint8Array>> {
    if (!this.#state.summary || !this.#engine)
      return Promise.reject(new Error("no run to save: train one first"));
    return this.#engine.call("exportFineTuned", {});
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(work).catch((error: unknown) => {
      this.#set({phase: "failed", message: errorMessage(error), progress: null});
    });
    this.#queue = run;
    return run;
  }

  /** @returns whether there is a run now */
  async #prepare(): Promise<boolean> {
    if (this.#state.summary) return true;
    this.#set({phase: "preparing", message: null, progress: null});
    const {task, recipe, start, source} = this.#choice;
    const prepared = await this.#desk.ask(async (engine) => {
      this.#engine = engine;
      const onProgress = (progress: PhaseProgress) => this.#set({progress});
      const summary = await engine.call(
        "prepareFineTuning",
        {task, recipe, start, source},
        {onProgress}
      );
      this.#set({progress: {phase: "scoring the first weights", fraction: null}});
      return {summary, ...(await engine.call("evaluateFineTuning", {}))};
    });
    if (!prepared) {
      // A newer question took this one's place, or the desk tells what went wrong.
      const message = this.#desk.state.message;
      this.#set({...blank, phase: message ? "failed" : "idle", message});
      return false;
    }
    const {summary, evaluation, report} = prepared;
    this.#set({phase: "paused", summary, progress: null, evaluations: [evaluation], report});
    return true;
  }

  async #trainUntil(until: number): Promise<void> {
    this.#training = new AbortController();
    this.#set({phase: "training", message: null});
    const {signal} = this.#training;
    const onProgress = (value: FineTuneProgress) => this.#progressed(value);
    try {
      const outcome = await this.#engine!.call("fineTune", {until}, {signal, onProgress});
      const isDone = outcome.stoppedEarly || outcome.step >= this.#state.summary!.steps;
      const stopped = `stopped at step ${outcome.step}: no better for some evaluations`;
      this.#set({
        phase: outcome.reason === "diverged" ? "diverged" : isDone ? "finished" : "paused",
        message: outcome.stoppedEarly ? stopped : outcome.message
      });
    } finally {
      this.#training = null;
    }
  }

  #progressed(value: FineTuneProgress): void {
    if (value.kind === "steps") this.#set({rows: [...this.#state.rows, ...value.rows]});
    else
      this.#set({
        evaluations: [...this.#state.evaluations, value.evaluation],
        report: value.report
      });
  }

  #set(change: Partial<FineTuneState>): void {
    this.#state = {...this.#state, ...change};
    for (const subscriber of this.#subscribers) subscriber(this.#state);
  }
}
