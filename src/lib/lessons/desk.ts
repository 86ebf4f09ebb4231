/** One lesson as a page sees it: a prediction, an experiment in the engine, a last question. */
import {errorMessage} from "../errors.js";
import {EngineLostError, type EngineHandle} from "../engine/calls.js";
import type {PhaseProgress} from "../engine/trainingCalls.js";
import type {LessonNotes} from "./notes.js";
import {Watched} from "../watched.js";

/** What the engine says of an answer to the last question. */
export interface Verdict {
  isRight: boolean;
  /** Why, with the numbers that were measured for it, in a sentence or two. */
  words: string;
}

/** What makes a lesson: everything that needs a model. */
export interface Lesson<Result, Answer> {
  id: string;
  /** Measures; null where it was stopped. */
  experiment(
    engine: EngineHandle,
    report: (progress: PhaseProgress) => void,
    signal: AbortSignal
  ): Promise<Result | null>;
  /** Which of the predictions the measurement supports. */
  supported(result: Result): string;
  /** Checks an answer against the model that was measured. @throws InputError where it is none */
  verify(engine: EngineHandle, answer: Answer, result: Result): Promise<Verdict>;
}

/** What the views of a lesson show. */
export interface LessonState<Result> {
  prediction: string | null;
  phase: "predicting" | "ready" | "running" | "measured" | "checking";
  progress: PhaseProgress | null;
  /** The measurement, and the prediction it supports. */
  result: Result | null;
  measured: string | null;
  verdict: Verdict | null;
  /** What went wrong, in a sentence. */
  message: string | null;
  /** Whether an earlier visit already came to the end. */
  isSolved: boolean;
}

/** A lesson before its prediction. */
const blank: LessonState<never> = {
  prediction: null,
  phase: "predicting",
  progress: null,
  result: null,
  measured: null,
  verdict: null,
  message: null,
  isSolved: false
};

/** Leads through a lesson; what is measured stays with the page, what was answered is noted. */
export class LessonDesk<Result, Answer> extends Watched<LessonState<Result>> {
  readonly #lesson: Lesson<Result, Answer>;
  readonly #makeEngine: () => EngineHandle;
  readonly #notes: LessonNotes;
  #engine: EngineHandle | null = null;
  #stop: AbortController | null = null;
  /** Which going through the lesson this is: what an earlier one still waits for is not shown any more. */
  #round = 0;

  constructor(
    lesson: Lesson<Result, Answer>,
    {makeEngine, notes}: {makeEngine: () => EngineHandle; notes: LessonNotes}
  ) {
    const note = notes.get(lesson.id);
    super({
      ...blank,
      prediction: note?.prediction ?? null,
      phase: note ? "ready" : "predicting",
      isSolved: note?.solvedAt != null
    });
    this.#lesson = lesson;
    this.#makeEngine = makeEngine;
    this.#notes = notes;
  }

  /** Takes a prediction, before the measurement and once. */
  predict(prediction: string): void {
    if (this.state.phase !== "predicting") return;
    this.#notes.set(this.#lesson.id, {prediction, measured: null, tries: 0, solvedAt: null});
    this.set({prediction, phase: "ready"});
  }

  /** Runs the experiment. */
  async run(): Promise<void> {
    if (this.state.phase !== "ready" && this.state.phase !== "measured") return;
    const before = this.state.result;
    const round = this.#round;
    const {signal} = (this.#stop = new AbortController());
    this.set({phase: "running", message: null, progress: null, verdict: null});
    try {
      const engine = (this.#engine ??= this.#makeEngine());
      this.set({progress: {phase: "choosing a device", fraction: null}});
      await engine.start();
      const result = await this.#lesson.experiment(
        engine,
        (progress) => round === this.#round && this.set({progress}),
        signal
      );
      if (round !== this.#round) return;
      if (!result) return this.set({phase: before ? "measured" : "ready", progress: null});
      const measured = this.#lesson.supported(result);
      this.#note({measured});
      this.set({phase: "measured", progress: null, result, measured});
    } catch (error) {
      this.#fail(error, before ? "measured" : "ready", round);
    }
  }

  /** Stops the experiment after the step under way. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Checks an answer to the last question. */
  async check(answer: Answer): Promise<void> {
    const {phase, result} = this.state;
    if (phase !== "measured" || !result || !this.#engine) return;
    const round = this.#round;
    this.set({phase: "checking", message: null});
    try {
      const verdict = await this.#lesson.verify(this.#engine, answer, result);
      if (round !== this.#round) return;
      const {tries = 0, solvedAt = null} = this.#notes.get(this.#lesson.id) ?? {};
      this.#note(
        verdict.isRight
          ? {solvedAt: solvedAt ?? new Date().toISOString()}
          : {tries: tries + (solvedAt ? 0 : 1)}
      );
      const isSolved = this.state.isSolved || verdict.isRight;
      this.set({phase: "measured", verdict, isSolved});
    } catch (error) {
      this.#fail(error, "measured", round);
    }
  }

  /** Forgets what was answered, to begin anew. */
  restart(): void {
    ++this.#round;
    this.#stop?.abort();
    this.#notes.forget(this.#lesson.id);
    this.set(blank);
  }

  /** Ends the worker. */
  close(): void {
    this.unsubscribeAll();
    this.#stop?.abort();
    this.#engine?.terminate();
    this.#engine = null;
  }

  #note(change: {measured?: string; tries?: number; solvedAt?: string}): void {
    const {id} = this.#lesson;
    const {prediction} = this.state;
    if (prediction === null) return;
    const before = this.#notes.get(id) ?? {prediction, measured: null, tries: 0, solvedAt: null};
    this.#notes.set(id, {...before, ...change});
  }

  #fail(error: unknown, phase: "ready" | "measured", round: number): void {
    let at = phase;
    if (error instanceof EngineLostError) {
      this.#engine?.terminate();
      this.#engine = null;
      // the model is gone with its worker: what is asked of it needs a new measurement
      at = "ready";
    }
    if (round === this.#round) this.set({phase: at, progress: null, message: errorMessage(error)});
  }
}
