/** What the views of a fine-tuning run show, and what follows from it alone. */
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import type {PhaseProgress} from "../trainingCalls.js";
import type {
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
  | "idle"
  | "preparing"
  | "training"
  | "pausing"
  | "paused"
  | "recovering"
  | "finished"
  | "diverged"
  | "failed";

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
  /** Step of the newest checkpoint kept by the browser, or null. */
  savedStep: number | null;
}

/** The state before anything was asked for. */
export const blank: FineTuneState = {
  phase: "idle",
  summary: null,
  rows: [],
  evaluations: [],
  report: null,
  progress: null,
  message: null,
  savedStep: null
};

/** What changes by something that was told while training. */
export function progressed(
  {rows, evaluations}: FineTuneState,
  value: FineTuneProgress
): Partial<FineTuneState> {
  switch (value.kind) {
    case "steps":
      return {rows: [...rows, ...value.rows]};
    case "evaluation":
      return {
        evaluations: [...evaluations, value.evaluation],
        report: value.report,
        progress: null
      };
    case "scoring":
      return {progress: {phase: "scoring", fraction: value.fraction}};
    case "saved":
      return {savedStep: value.step};
    case "note":
      return {message: value.message};
  }
}
