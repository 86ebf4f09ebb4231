/** One fine-tuning run as a page sees it: what it is doing, what it has measured, what can be asked. */
import {errorMessage} from "../../errors.js";
import {slowerRecipe} from "../../recipe/slower.js";
import type {EngineLostError} from "../calls.js";
import type {Engine} from "../client.js";
import type {ModelDesk} from "../modelDesk.js";
import {NoCheckpointError} from "../noCheckpoint.js";
import {patienceFor} from "../sessionState.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {WorkInTurn} from "../workInTurn.js";
import type {FineTuneAnswer, FineTuneProgress} from "./protocol.js";
import {blank, progressed, type FineTuneChoice, type FineTuneState} from "./sessionState.js";
import {Watched} from "../../watched.js";

/** Seconds of silence that are borne at least: rows of a new length may compile shaders. */
const leastPatience = 30;

/**
 * Drives prepare, train, pause, step and reset through the desk that holds the model, and tells its
 * subscribers. Calls made while another is under way wait for it, except `pause` and `ask`. A worker or
 * device that is lost takes its tensors with it: a new one goes on from the last checkpoint.
 */
export class FineTuneSession extends Watched<FineTuneState> {
  readonly #desk: ModelDesk;
  readonly #work = new WorkInTurn({
    replace: (lost) => {
      const message = this.#desk.recover(lost);
      this.#engine = null;
      this.set({phase: "recovering", message, progress: null});
      return message;
    },
    bringBack: async () => {
      const id = this.state.summary?.id;
      return id !== undefined && this.#restore(id, "takeOver");
    },
    goOn: (message) => this.set({message}),
    beginAgain: (message) => {
      this.#choice = this.#made ?? this.#choice;
      this.set({...blank, message});
    },
    fail: (error) => this.set({phase: "failed", message: errorMessage(error), progress: null})
  });
  #choice: FineTuneChoice;
  /** What the run was made of; null where it was brought back. */
  #made: FineTuneChoice | null = null;
  #engine: Engine | null = null;

  constructor(desk: ModelDesk, choice: FineTuneChoice) {
    super(blank);
    this.#desk = desk;
    this.#choice = choice;
  }

  /** Sets what the next run will be; a run under way keeps its own until `reset`. */
  configure(choice: FineTuneChoice): void {
    this.#choice = choice;
  }

  /** Prepares a run if there is none and trains to its last step. */
  train(): Promise<void> {
    return this.#work.do(async (signal) => {
      if (await this.#prepare(signal)) await this.#trainUntil(this.state.summary!.steps, signal);
    });
  }

  /** Exactly one step. */
  step(): Promise<void> {
    let until: number | null = null;
    return this.#work.do(async (signal) => {
      if (!(await this.#prepare(signal))) return;
      const at = this.state.rows.at(-1)?.step ?? 0;
      until ??= Math.min(at + 1, this.state.summary!.steps);
      await this.#trainUntil(until, signal);
    });
  }

  /**
   * After a divergence: a run of its own at half the learning rate, from the last checkpoint, or from the
   * first weights where there is none. The run that diverged stays as it is kept.
   */
  slowDown(): Promise<void> {
    let isSlower = false;
    return this.#work.do(async (signal) => {
      isSlower ||= this.state.phase === "diverged" && (await this.#makeSlower());
      if (isSlower && (await this.#prepare(signal)))
        await this.#trainUntil(this.state.summary!.steps, signal);
    });
  }

  /** Stops after the step under way; a run that is being prepared then waits at its first step. */
  pause(): void {
    if (!this.#work.isUnderWay) return;
    this.set({phase: "pausing"});
    this.#work.stop();
  }

  /** Forgets the run and goes back to the start; what was kept of it stays kept. */
  reset(): Promise<void> {
    return this.#work.instead(async () => {
      await this.#engine?.call("resetFineTuning", {}).catch(() => null);
      this.#desk.forgetLosses();
      this.set(blank);
    });
  }

  /**
   * Brings back a run that this browser keeps; gives false where it is not there any more, or nothing of it
   * can be read: then Train begins anew. Also where a stop came meanwhile: then it does not go on of itself.
   */
  restore(id: string): Promise<boolean> {
    let isThere = false;
    return this.#work
      .do(async (signal) => {
        try {
          isThere = await this.#restore(id, "write");
          if (!isThere) this.set({...blank, message: "this run is not kept any more"});
        } catch (error) {
          if (!(error instanceof NoCheckpointError)) throw error;
          this.set({...blank, message: `${error.message}; Train begins anew`});
        }
        isThere &&= !signal.aborted;
      })
      .then(() => isThere);
  }

  /**
   * What the present weights say of a text; null before there are any.
   *
   * @throws InputError when the text does not fit the task
   */
  async ask(text: string, pair: string | null): Promise<FineTuneAnswer | null> {
    if (!this.state.summary || !this.#engine) return null;
    return this.#engine.call("askFineTuned", {text, pair});
  }

  /** The best weights as a Hugging Face folder. */
  exportFolder(): Promise<Map<string, Uint8Array>> {
    if (!this.state.summary || !this.#engine)
      return Promise.reject(new Error("no run to save: train one first"));
    return this.#engine.call("exportFineTuned", {});
  }

  /** Puts a question to the desk. @returns null where a newer one took its place, or the desk tells why */
  async #ask<T>(question: (engine: Engine) => Promise<T>, needsModel: boolean): Promise<T | null> {
    const losses: EngineLostError[] = [];
    const answer = await this.#desk.ask(
      (engine) => {
        this.#engine = engine;
        return question(engine);
      },
      {about: "the run", needsModel, onLost: (lost) => losses.push(lost)}
    );
    if (losses.length > 0) throw losses[0]!;
    return answer;
  }

  /** Puts a run at half the learning rate in the place of this one. @returns whether it could be made */
  async #makeSlower(): Promise<boolean> {
    const {summary, savedStep} = this.state;
    if (summary?.id !== undefined && savedStep !== null) {
      const {id} = summary;
      const made = await this.#askKept((engine) => engine.call("slowFineTuning", {id}));
      return this.#restore(made.id, "write");
    }
    if (!this.#made) return false;
    this.#choice = {...this.#made, recipe: slowerRecipe(this.#made.recipe)};
    this.set(blank);
    return true;
  }

  /** Puts a question about a kept run. @throws NoCheckpointError where nothing of it can be read */
  async #askKept<T>(question: (engine: Engine) => Promise<T>): Promise<T> {
    const answer = await this.#ask(async (engine) => {
      try {
        return {value: await question(engine)};
      } catch (error) {
        if (error instanceof NoCheckpointError) return {unreadable: error};
        throw error;
      }
    }, false);
    if (!answer) throw new Error(this.#desk.state.message ?? "the run was not brought back");
    if (answer.unreadable) throw answer.unreadable;
    return answer.value!;
  }

  async #restore(id: string, access: "write" | "takeOver"): Promise<boolean> {
    if (this.state.phase !== "recovering") this.set({phase: "preparing", progress: null});
    const onProgress = (progress: PhaseProgress) => this.set({progress});
    const run = await this.#askKept((engine) =>
      engine.call("restoreFineTuning", {id, access}, {onProgress})
    );
    if (!run) return false;
    const {summary, step, rows, evaluations, report} = run;
    if (summary.id !== this.state.summary?.id) this.#made = null;
    const phase = step >= summary.steps ? "finished" : "paused";
    this.set({phase, summary, rows, evaluations, report, savedStep: step, progress: null});
    return true;
  }

  /** @returns whether there is a run now, to go on with */
  async #prepare(signal: AbortSignal): Promise<boolean> {
    if (this.state.summary) return !signal.aborted;
    this.set({phase: "preparing", message: this.#work.said, progress: null});
    const {task, recipe, start, source} = this.#choice;
    const onProgress = (progress: PhaseProgress) => this.set({progress});
    const prepared = await this.#ask(async (engine) => {
      const input = {task, recipe, start, source};
      const summary = await engine.call("prepareFineTuning", input, {onProgress});
      this.set({progress: {phase: "scoring the first weights", fraction: null}});
      return {summary, ...(await engine.call("evaluateFineTuning", {}))};
    }, true);
    if (!prepared) {
      // A newer question took this one's place, or the desk tells what went wrong.
      const message = this.#desk.state.message;
      this.set({...blank, phase: message ? "failed" : "idle", message});
      return false;
    }
    const {summary, evaluation, report} = prepared;
    this.#made = {task, recipe, start, source};
    this.set({phase: "paused", summary, progress: null, evaluations: [evaluation], report});
    return !signal.aborted;
  }

  async #trainUntil(until: number, signal: AbortSignal): Promise<void> {
    this.set({phase: "training", message: this.#work.said});
    const seconds: number[] = [];
    let at: number | null = null;
    const onProgress = (value: FineTuneProgress) => {
      const now = performance.now();
      if (value.kind === "steps" && at !== null)
        seconds.push((now - at) / 1000 / value.rows.length);
      at = now;
      this.#progressed(value);
    };
    const outcome = await this.#engine!.call(
      "fineTune",
      {until},
      {signal, onProgress, patience: () => patienceFor(seconds.slice(-21), leastPatience)}
    );
    const isDone = outcome.stoppedEarly || outcome.step >= this.state.summary!.steps;
    const stopped = `stopped at step ${outcome.step}: no better for some evaluations`;
    this.set({
      phase: outcome.reason === "diverged" ? "diverged" : isDone ? "finished" : "paused",
      message: outcome.stoppedEarly ? stopped : (outcome.message ?? this.#work.said),
      progress: null
    });
  }

  #progressed(value: FineTuneProgress): void {
    if (value.kind === "saved") this.#desk.forgetLosses();
    this.set(progressed(this.state, value));
  }
}
