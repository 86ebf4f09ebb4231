/** What crosses between a page and its worker in fine-tuning. */
import type {BaselineScore} from "../../finetune/baselines/baselines.js";
import type {ColumnChoice} from "../../finetune/readTable.js";
import type {FineTuneRecipe} from "../../finetune/recipe.js";
import type {SetScore} from "../../finetune/score.js";
import type {CalibrationBin} from "../../glue/classification.js";
import type {LanguagesPlan, LanguagesPoint, LanguagesResult} from "../languages.js";
import type {PhaseProgress, TrainingOutcome} from "../trainingCalls.js";
import type {DomainPlan, DomainProgress, DomainResult} from "./domain.js";

/** A file that the reader gave. */
export interface GivenFile {
  name: string;
  bytes: Uint8Array;
}

/** A file at an address, which is fetched when a run is prepared. */
export interface GivenAddress {
  url: string;
}

/** Where the rows come from: written by the grammar, or the reader's files, given or at an address. */
export type TaskSource =
  | {kind: "generated"; seed: number; train: number; dev: number}
  | {
      kind: "files";
      train: GivenFile | GivenAddress;
      /** Absent: a part of the training file is held out. */
      dev: GivenFile | GivenAddress | null;
      columns: ColumnChoice;
    };

/** The weights to start from: those of the model in use, or fresh ones of the same shape. */
export type StartWeights = "pretrained" | "random";

/** What is known of a run before its first step. */
export interface FineTuneSummary {
  recipe: FineTuneRecipe;
  task: string;
  /** "SST-2", "named entities". */
  taskName: string;
  /** The metric that is watched. */
  scoreName: string;
  kind: "classification" | "regression" | "tags" | "answers";
  labels: string[];
  /** Name of the model, and which weights of it. */
  model: string;
  start: StartWeights;
  train: {name: string; examples: number};
  dev: {name: string; examples: number};
  /** Dev examples of each class; empty where there are no classes. */
  classCounts: number[];
  steps: number;
  stepsPerEpoch: number;
  parameters: number;
  executor: string;
  /** Name among the runs that this browser can go on with, and ISO date; absent in the terminal. */
  id?: string;
  createdAt?: string;
  baselines: BaselineScore[];
  notes: string[];
}

/** One step of a run. */
export interface FineTuneStep {
  /** Updates made, this one included. */
  step: number;
  /** Of the batch: nats, or the squared error of a regression. */
  loss: number;
  learningRate: number;
  gradientNorm: number;
  tokensPerSecond: number;
}

/** Scores at one step, on the dev rows and on some of the training rows. */
export interface FineTuneEvaluation {
  step: number;
  dev: SetScore;
  train: SetScore;
  /** Whether no evaluation before it was better. */
  isBest: boolean;
}

/** One class or entity type on the dev rows. */
export interface ClassRow {
  name: string;
  precision: number;
  recall: number;
  f1: number;
  /** True examples or entities. */
  support: number;
}

/** A dev example that the model gets wrong. */
export interface ErrorRow {
  text: string;
  pair: string | null;
  truth: string;
  predicted: string;
  /** Probability of the predicted class; null where there is none. */
  confidence: number | null;
  loss: number;
}

/** A closer look at the dev rows at one step. */
export interface FineTuneReport {
  step: number;
  classes: ClassRow[];
  /** `counts[i][j]`: examples of class i predicted as class j; null where there are no classes. */
  confusion: {labels: string[]; counts: number[][]} | null;
  calibration: {bins: CalibrationBin[]; error: number} | null;
  /** True and predicted score of each example of a regression; null for other tasks. */
  scores: {truth: number; predicted: number}[] | null;
  /** The dearest errors first, some dozens at most. */
  errors: ErrorRow[];
  /** Examples that are wrong, of all. */
  wrong: number;
}

/** What a run reports. */
export type FineTuneProgress =
  | {kind: "steps"; rows: FineTuneStep[]}
  | {kind: "evaluation"; evaluation: FineTuneEvaluation; report: FineTuneReport}
  /** Share of the rows of an evaluation that are scored. */
  | {kind: "scoring"; fraction: number}
  /** A checkpoint was kept. */
  | {kind: "saved"; step: number}
  /** A sentence about something that did not stop the run. */
  | {kind: "note"; message: string};

/** A run that was brought back. */
export interface StoredFineTuning {
  summary: FineTuneSummary;
  step: number;
  rows: FineTuneStep[];
  evaluations: FineTuneEvaluation[];
  report: FineTuneReport;
}

/** What a model says of the reader's own text. */
export type FineTuneAnswer =
  | {kind: "classification"; probabilities: {label: string; probability: number}[]}
  | {kind: "regression"; value: number}
  | {kind: "tags"; words: {text: string; tag: string; start: number; end: number}[]}
  | {kind: "answers"; text: string; start: number};

/** The calls of fine-tuning; part of `EngineCalls`. */
export interface FineTuneCalls {
  prepareFineTuning: {
    input: {task: string; recipe: FineTuneRecipe; start: StartWeights; source: TaskSource};
    progress: PhaseProgress;
    output: FineTuneSummary;
  };
  fineTune: {
    input: {until: number};
    progress: FineTuneProgress;
    output: TrainingOutcome & {stoppedEarly: boolean};
  };
  /** Scores the dev rows at the present step. */
  evaluateFineTuning: {
    input: Record<string, never>;
    progress: never;
    output: {evaluation: FineTuneEvaluation; report: FineTuneReport};
  };
  /** The model at its present step on the reader's own text; the pair is a second text or the context. */
  askFineTuned: {
    input: {text: string; pair: string | null};
    progress: never;
    output: FineTuneAnswer;
  };
  /** Names of the columns of a table, none where it has no names; fetched where it is at an address. */
  columnsOf: {
    input: {source: GivenFile | GivenAddress};
    progress: PhaseProgress;
    output: string[];
  };
  /** Pretrains on two generated languages and looks for translations. */
  compareLanguages: {input: LanguagesPlan; progress: LanguagesPoint; output: LanguagesResult};
  /**
   * Goes on pretraining the model in use on text of the reader's, and compares it with what it was; without
   * a general text with the generated language. The model in use stays as it was.
   */
  continueOnDomain: {
    input: {
      domain: GivenFile;
      general: GivenFile | null;
      plan: DomainPlan;
      task: {task: string; recipe: FineTuneRecipe; source: TaskSource} | null;
    };
    progress: DomainProgress;
    output: {result: DomainResult; files: Map<string, Uint8Array>};
  };
  /**
   * A kept run, brought back into the worker: the one saved last for a null id; null for none. It needs no
   * model.
   */
  restoreFineTuning: {
    input: {id: string | null; access: "write" | "takeOver"};
    progress: PhaseProgress;
    output: StoredFineTuning | null;
  };
  /** After a divergence: makes a run of its own at half the learning rate from the newest good checkpoint. */
  slowFineTuning: {input: {id: string}; progress: never; output: {id: string}};
  resetFineTuning: {input: Record<string, never>; progress: never; output: null};
  /** The best weights as a Hugging Face folder. */
  exportFineTuned: {
    input: Record<string, never>;
    progress: never;
    output: Map<string, Uint8Array>;
  };
}
