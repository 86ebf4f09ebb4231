/** What crosses of experiments: runs of a sweep, and models timed by turns. */
import type {TimedRecord} from "../experiments/record.js";
import type {Sweep, SweepRun} from "../experiments/sweep.js";
import type {TimedModel, Timing} from "./timing.js";

/** Calls that train or time several models; each gives null where it was cancelled. */
export interface ExperimentCalls {
  /** One run of a sweep, from its recipe to its record; null where it was cancelled. */
  sweepRun: {
    input: {sweep: Omit<Sweep, "about" | "base" | "grid" | "cases" | "seeds">; run: SweepRun};
    progress: {step: number};
    output: TimedRecord | null;
  };
  /** Times a forward pass of each model, taking turns; null where it was cancelled. */
  timeModels: {
    input: {models: TimedModel[]; sequence: number; rounds: number};
    progress: {round: number};
    output: Timing[] | null;
  };
  /** Times a training step of each model, taking turns; null where it was cancelled. */
  timeSteps: {
    input: {models: TimedModel[]; sequence: number; batch: number; rounds: number};
    progress: {round: number};
    output: Timing[] | null;
  };
}
