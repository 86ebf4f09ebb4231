/** What crosses of the runs that this browser keeps. */
import type {Evaluation, PhaseProgress, RunSummary, StepMetrics} from "./trainingCalls.js";

/**
 * What is wanted of a run that is brought back: only to `read` it; to `write` it, which gives way to a
 * tab that does so already; or to `takeOver` from that tab.
 */
export type RunAccess = "read" | "write" | "takeOver";

/** A run that this browser keeps. */
export interface StoredRun {
  summary: RunSummary;
  metrics: StepMetrics[];
  evaluations: Evaluation[];
  savedAt: string;
  /** Whether it can be trained here; false where another tab has it. */
  isWritable: boolean;
}

/**
 * Changes of a recipe that a run can take from a checkpoint on. The model and the text stay, and the
 * seed too: another would hold out other rows, some of which were trained on before.
 */
export interface BranchChanges {
  steps?: number;
  learning_rate?: number;
}

/** Calls that bring runs back, branch them and carry them to other places. */
export interface KeptRunCalls {
  /** A kept run, brought back into the worker: the one saved last for a null id; null for none. */
  restore: {
    input: {id: string | null; access: RunAccess};
    progress: PhaseProgress;
    output: StoredRun | null;
  };
  /** Makes a run of its own from a checkpoint of another; gives its id. */
  branch: {
    input: {id: string; step: number; changes: BranchChanges};
    progress: PhaseProgress;
    output: {id: string};
  };
  /** Run directories as the terminal writes them, in one zip archive. */
  exportRuns: {input: {ids: string[]}; progress: PhaseProgress; output: {zip: Uint8Array}};
  /** Keeps every run directory among files (paths → bytes) or in zip archives among them. */
  importRuns: {
    input: {files: Map<string, Uint8Array>};
    progress: PhaseProgress;
    output: {ids: string[]; notes: string[]};
  };
}
