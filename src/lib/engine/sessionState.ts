/** What the views of a run show, and what follows from it alone. */
import {rowsPerStep} from "../recipe/accumulation.js";
import type {Recipe} from "../recipe/recipe.js";
import type {BackendTrial, DeviceReport} from "./deviceCalls.js";
import type {
  Evaluation,
  PhaseProgress,
  RunSummary,
  SentencePrediction,
  StepMetrics,
  TrainingProgress
} from "./trainingCalls.js";

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
  /** False where another tab writes the run, which is then only shown here. */
  isWritable: boolean;
  /** Seconds to the last step at the present pace, or null. */
  secondsLeft: number | null;
}

/** The state before anything was asked for. */
export function blank(recipe: Recipe): TrainingState {
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
    isWritable: true,
    secondsLeft: null
  };
}

/** The last step that is known. */
export function currentStep({rows, summary}: TrainingState): number {
  return rows.at(-1)?.step ?? summary?.step ?? 0;
}

/** What changes by something that was told while training. */
export function progressed(state: TrainingState, value: TrainingProgress): Partial<TrainingState> {
  switch (value.kind) {
    case "steps":
      return {rows: [...state.rows, ...value.rows], secondsLeft: secondsLeft(state, value.rows)};
    case "evaluation":
      return evaluated(state, value);
    case "saved":
      return {savedStep: value.step};
    case "note":
      return {message: value.message};
  }
}

/** What changes by an evaluation, which takes the place of an earlier one of the same step. */
export function evaluated(
  {evaluations, predictions: before}: TrainingState,
  {evaluation, predictions}: {evaluation: Evaluation; predictions: SentencePrediction[]}
): Partial<TrainingState> {
  const others = evaluations.filter(({step}) => step !== evaluation.step);
  return {evaluations: [...others, evaluation], predictions: [...before, predictions]};
}

/** Seconds without a step after which the device counts as lost: so many steps, but at least this. */
const patience = {steps: 10, least: 10, beforeFirstStep: 120};

/**
 * Seconds to wait for a sign of life while training.
 *
 * @param isUnderWay false before the first step here, which may compile shaders
 */
export function patienceOf({recipe, rows}: TrainingState, isUnderWay: boolean): number {
  if (!isUnderWay || rows.length === 0) return patience.beforeFirstStep;
  const tokens = rowsPerStep(recipe) * recipe.batch.sequence_length;
  return patienceFor(rows.slice(-21).map((row) => tokens / row.tokensPerSecond));
}

/**
 * The same by the seconds that the last steps took; none: before the first.
 *
 * @param least default 10
 */
export function patienceFor(seconds: readonly number[], least = patience.least): number {
  if (seconds.length === 0) return patience.beforeFirstStep;
  const median = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)]!;
  return Math.max(least, patience.steps * median);
}

/**
 * The guesses that still belong to the newest evaluations of a run, once it was brought back to an
 * earlier step; none where they would stand beside other evaluations than their own.
 *
 * @param before what was known of the run, or null for nothing
 * @param evaluations those up to the step that it was brought back to
 */
export function guessesKept(
  before: Pick<TrainingState, "evaluations" | "predictions"> | null,
  evaluations: readonly Evaluation[]
): readonly SentencePrediction[][] {
  if (!before) return [];
  const own = before.evaluations.slice(before.evaluations.length - before.predictions.length);
  const last = evaluations.at(-1)?.step ?? -1;
  const kept = before.predictions.filter((_, i) => own[i]!.step <= last);
  const theirs = evaluations.slice(evaluations.length - kept.length);
  return theirs.every(({step}, i) => own[i]!.step === step) ? kept : [];
}

/** Seconds to the last step at the pace of the newest rows; null where it is not known. */
export function secondsLeft(state: TrainingState, rows: readonly StepMetrics[]): number | null {
  const last = rows.at(-1);
  if (!last) return state.secondsLeft;
  const {batch, steps} = state.recipe;
  const tokens = rowsPerStep(state.recipe) * batch.sequence_length;
  const rate = rows.reduce((sum, row) => sum + row.tokensPerSecond, 0) / rows.length;
  return ((steps - last.step) * tokens) / rate;
}
