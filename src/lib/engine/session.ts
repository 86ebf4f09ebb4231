/** One training run as a page sees it: what it is doing, what it has measured, what can be asked. */
import {errorMessage} from "../errors.js";
import type {Recipe} from "../recipe/recipe.js";
import {slowerRecipe} from "../recipe/slower.js";
import {EngineLostError, type EngineHandle} from "./calls.js";
import {NoCheckpointError} from "./noCheckpoint.js";
import type {RunAccess} from "./keptRunCalls.js";
import type {PhaseProgress, RunSummary, TextSource, TrainingProgress} from "./trainingCalls.js";
import {HeldEngine, type MakeEngine} from "./heldEngine.js";
import {
  blank,
  currentStep,
  evaluated,
  guessesKept,
  patienceOf,
  progressed,
  type TrainingState
} from "./sessionState.js";
import {WorkInTurn} from "./workInTurn.js";
import {Watched} from "../watched.js";

/**
 * Drives an engine through prepare, train, pause, step and reset, and tells its subscribers. Calls
 * made while another is under way wait for it, except `pause`. A worker or device that is lost takes
 * its tensors with it: a new one goes on from the last checkpoint.
 */
export class TrainingSession<E extends EngineHandle = EngineHandle> extends Watched<TrainingState> {
  readonly #engine: HeldEngine<E>;
  readonly #work = new WorkInTurn({
    replace: (lost) => {
      const {device} = this.state;
      this.set({device: null});
      const message = this.#engine.lose(lost, device);
      this.set({phase: "recovering", message});
      return message;
    },
    bringBack: async () => {
      const {summary, isWritable} = this.state;
      if (!summary) return false;
      const known = this.state;
      return this.#restoreStored(summary.id, isWritable ? "takeOver" : "read", {known});
    },
    goOn: (message) => this.set({message}),
    beginAgain: (message) => this.#blank(this.state.recipe, message),
    fail: (error, lost) => {
      // A fault of a lost engine is not the run's: Train begins with a new one.
      if (lost) this.#dropEngine();
      this.set({phase: "failed", message: errorMessage(error), progress: null});
    }
  });
  #source: TextSource = {kind: "recipe"};

  constructor(makeEngine: MakeEngine<E>, recipe: Recipe) {
    super(blank(recipe));
    this.#engine = new HeldEngine(makeEngine);
  }

  /** The engine that holds the run; started by the first call that needs it. */
  get engine(): E {
    return this.#engine.engine;
  }

  /** Sets what the next run will be; a run under way keeps its own recipe until `reset`. */
  configure(recipe: Recipe, source: TextSource): void {
    this.#source = source;
    if (this.state.summary === null) this.set({recipe});
  }

  /**
   * Starts the worker and has it make the run that Train would begin, before it is pressed; nobody is
   * told of it. Does nothing where a worker is there already.
   */
  warmUp(): void {
    const {recipe} = this.state;
    if (this.#work.isClosed || this.#engine.made || this.#source.kind !== "recipe") return;
    // whatever goes wrong is told when it is asked for
    this.engine.call("prepareAhead", {recipe}).catch(() => undefined);
  }

  /** Prepares a run if there is none and trains to the recipe's last step. */
  train(): Promise<void> {
    return this.#work.do((signal) => this.#trainTo(this.state.recipe.steps, signal));
  }

  /** Exactly one step. */
  step(): Promise<void> {
    let until: number | null = null;
    return this.#work.do((signal) => {
      until ??= Math.min(currentStep(this.state) + 1, this.state.recipe.steps);
      return this.#trainTo(until, signal);
    });
  }

  /**
   * After a divergence: a run of its own at half the learning rate, from the last checkpoint, or from the
   * first weights where there is none. The run that diverged stays as it is kept.
   */
  slowDown(): Promise<void> {
    let slower: {id: string} | null = null;
    return this.#work.do(async (signal) => {
      const {phase, recipe, summary, savedStep} = this.state;
      if (!slower && phase === "diverged" && summary) {
        const next = slowerRecipe(recipe);
        if (savedStep !== null) {
          const changes = {learning_rate: next.optimizer.learning_rate};
          const input = {id: summary.id, step: savedStep, changes};
          slower = await this.engine.call("branch", input, {signal});
          await this.#restoreStored(slower.id, "write", {signal});
        } else {
          slower = summary;
          await this.engine.call("reset", {});
          this.#blank(next);
        }
      }
      if (slower) await this.#trainTo(this.state.recipe.steps, signal);
    });
  }

  /** Stops after the step under way, or gives up preparing. */
  pause(): void {
    if (!this.#work.isUnderWay) return;
    this.set({phase: "pausing"});
    this.#work.stop();
  }

  /** Forgets the run and goes back to the start, with a new recipe if one is given. */
  reset(recipe: Recipe = this.state.recipe, source: TextSource = this.#source): Promise<void> {
    return this.#work.instead(async () => {
      await this.#engine.made?.call("reset", {}).catch(() => this.#dropEngine());
      this.#source = source;
      this.#engine.forgetLosses();
      this.#blank(recipe);
    });
  }

  /**
   * Brings back a run that this browser keeps; gives false where there is none, or nothing of it can be
   * read: then Train begins anew. Also where a stop came meanwhile: then it does not go on of itself.
   *
   * @param id null for the one that was saved last
   * @param access what to do where another tab writes the run: show it only, or take it over
   */
  restore(id: string | null = null, access: RunAccess = "write"): Promise<boolean> {
    let found = false;
    return this.#work
      .do(async (signal) => {
        try {
          found = await this.#restoreStored(id, access, {signal});
        } catch (error) {
          const isStopped = signal.aborted && !(error instanceof EngineLostError);
          if (!isStopped && !(error instanceof NoCheckpointError)) throw error;
          const phase = this.state.summary ? "paused" : "idle";
          const message = isStopped ? null : `${errorMessage(error)}; Train begins anew`;
          this.set({phase, message, progress: null});
        }
        found &&= !signal.aborted;
      })
      .then(() => found);
  }

  /** Ends the worker. */
  close(): void {
    this.#work.close();
    this.unsubscribeAll();
    this.#dropEngine();
  }

  #dropEngine(): void {
    this.#engine.drop();
    this.set({device: null});
  }

  /** Before a run, with the device that is there. */
  #blank(recipe: Recipe, message: string | null = null): void {
    const {device, trials} = this.state;
    this.set({...blank(recipe), device, trials, message});
  }

  async #start(): Promise<void> {
    if (this.state.device) return;
    this.set({phase: "starting", trials: [], message: this.state.message});
    try {
      const device = await this.engine.start((trial) =>
        this.set({trials: [...this.state.trials, trial]})
      );
      this.set({device, trials: device.trials});
    } catch (error) {
      this.#dropEngine(); // so that another try starts anew
      throw error;
    }
  }

  async #trainTo(until: number, signal: AbortSignal): Promise<void> {
    await this.#prepare(signal);
    const {summary, isWritable} = this.state;
    if (summary && !isWritable) {
      // What was kept may be newer than what is here: the other tab has gone on with it.
      await this.#restoreStored(summary.id, "write", {signal});
      if (!this.state.isWritable) return;
    }
    if (signal.aborted) return this.set({phase: this.state.summary ? "paused" : "idle"});
    this.set({phase: "training", message: this.#work.said});
    let isUnderWay = false;
    const outcome = await this.engine.call(
      "train",
      {until},
      {
        signal,
        onProgress: (value) => {
          isUnderWay = true;
          this.#progressed(value);
        },
        patience: () => patienceOf(this.state, isUnderWay)
      }
    );
    const isLast = outcome.step >= this.state.recipe.steps;
    const isTaken = outcome.reason === "taken";
    const phase = outcome.reason === "diverged" ? "diverged" : isLast ? "finished" : "paused";
    const message = outcome.message ?? this.#work.said;
    this.set({phase, message, secondsLeft: null, isWritable: !isTaken});
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.state.summary) return;
    await this.#start();
    if (signal.aborted) return;
    this.set({phase: "preparing", message: this.#work.said});
    const onProgress = (progress: PhaseProgress) => this.set({progress});
    let summary: RunSummary;
    try {
      const {recipe} = this.state;
      const input = {recipe, source: this.#source};
      summary = await this.engine.call("prepare", input, {signal, onProgress});
    } catch (error) {
      this.set({progress: null});
      if (!signal.aborted || error instanceof EngineLostError) throw error;
      return;
    }
    this.set({phase: "ready", summary, recipe: summary.recipe, progress: null, isWritable: true});
    await this.#evaluate();
  }

  /**
   * @param known what is known of this run: its guesses are not made again, for after a loss what
   *   counts is to go on
   */
  async #restoreStored(
    id: string | null,
    access: RunAccess,
    {signal, known = null}: {signal?: AbortSignal; known?: TrainingState | null} = {}
  ): Promise<boolean> {
    const onProgress = (progress: PhaseProgress) => {
      if (this.state.device) this.set({progress});
    };
    // the text is read while the device is tested
    const started = this.#start();
    const restored = this.engine.call("restore", {id, access}, {onProgress, signal});
    restored.catch(() => undefined);
    await started;
    this.set({phase: "preparing"});
    const stored = await restored;
    if (!stored) {
      this.set({phase: this.state.summary ? "paused" : "idle", progress: null});
      return false;
    }
    const {summary, metrics, evaluations, isWritable} = stored;
    const {recipe, step} = summary;
    const phase = step >= recipe.steps ? "finished" : "paused";
    const message = isWritable
      ? null
      : "this run is open in another tab: it is shown here, and goes on there";
    this.set({phase, recipe, summary, rows: metrics, evaluations, progress: null, message});
    const predictions = guessesKept(known, evaluations);
    this.set({savedStep: step, predictions, isWritable});
    if (predictions.length === 0 || !isWritable) await this.#evaluate();
    return true;
  }

  #progressed(value: TrainingProgress): void {
    if (value.kind === "saved") this.#engine.forgetLosses();
    this.set(progressed(this.state, value));
  }

  async #evaluate(): Promise<void> {
    const value = await this.engine.call("evaluate", {});
    this.set(evaluated(this.state, value));
  }
}
