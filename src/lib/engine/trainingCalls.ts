/** What crosses while a model is trained: its text, what is known of the run, and its numbers. */
import type {Recipe} from "../recipe/recipe.js";

/** Text for a run: what the recipe generates or fetches, or what the reader gave. */
export type TextSource = {kind: "recipe"} | {kind: "file"; name: string; bytes: Uint8Array};

export interface PhaseProgress {
  phase: string;
  /** 0 to 1, or null where the length is unknown. */
  fraction: number | null;
}

/** What is known of a run before its first step. */
export interface RunSummary {
  /** Name of the run among those that this browser keeps. */
  id: string;
  recipe: Recipe;
  hash: string;
  /** Name of the text, for example a file name or "generated language". */
  corpus: string;
  documents: number;
  sentences: number;
  /** Pieces of the training part. */
  tokens: number;
  vocabSize: number;
  parameters: number;
  /** Training sequences per epoch. */
  sequences: number;
  /** What computes the steps, for a person. */
  executor: string;
  /** Share of held-out masked pieces that always guessing the most frequent piece gets right. */
  majorityAccuracy: number;
  majorityPiece: string;
  /** Entropy in nats of the training pieces: the loss of knowing frequencies only. */
  unigramEntropy: number;
  /** Bytes that the step is predicted to need. */
  predictedBytes: number;
  step: number;
  /** What a reader should know of how the text was read. */
  notes: string[];
}

/** One training step, as a row of metrics.csv. Losses in nats, accuracies in [0, 1]. */
export interface StepMetrics {
  step: number;
  loss: number;
  mlmLoss: number;
  sentenceLoss: number | null;
  mlmAccuracy: number;
  sentenceAccuracy: number | null;
  learningRate: number;
  gradientNorm: number;
  tokensPerSecond: number;
  /** Bytes of tensors alive after the step. */
  memoryBytes: number;
}

/** The held-out sequences at one step. */
export interface Evaluation {
  step: number;
  mlmLoss: number;
  mlmAccuracy: number;
  /** 95 % interval of mlmAccuracy (Wilson). */
  mlmAccuracyInterval: [number, number];
  /** Masked pieces scored. */
  maskedCount: number;
  sentenceLoss: number | null;
  sentenceAccuracy: number | null;
  sentenceCount: number;
}

/** One masked place and what the model says of it. */
export interface BlankPrediction {
  /** Index of the token in `tokens`. */
  position: number;
  /** The piece that stood there; null when the reader masked it themselves. */
  truth: string | null;
  truthProbability: number | null;
  /** Most probable pieces first. */
  top: {piece: string; probability: number}[];
}

/** A sentence with blanks and the model's guesses. */
export interface SentencePrediction {
  tokens: string[];
  blanks: BlankPrediction[];
}

/** What a train call reports while it runs. */
export type TrainingProgress =
  | {kind: "steps"; rows: StepMetrics[]}
  | {kind: "evaluation"; evaluation: Evaluation; predictions: SentencePrediction[]}
  | {kind: "saved"; step: number}
  | {kind: "note"; message: string};

/** How a train call ended. */
export interface TrainingOutcome {
  step: number;
  /**
   * `full`: the browser has no room for another checkpoint; the one before is there, and the run can
   * go on once room was made. `taken`: another tab took the run over.
   */
  reason: "finished" | "paused" | "diverged" | "full" | "taken";
  /** For `diverged`: what was seen and at which step; the weights are those of the step before. */
  message: string | null;
}

/** Calls of the run in the worker. */
export interface TrainingCalls {
  prepare: {
    input: {recipe: Recipe; source: TextSource};
    progress: PhaseProgress;
    output: RunSummary;
  };
  /** Makes the run that `prepare` is likely to be asked for; does nothing while there is a run. */
  prepareAhead: {input: {recipe: Recipe}; progress: never; output: null};
  train: {input: {until: number}; progress: TrainingProgress; output: TrainingOutcome};
  evaluate: {
    input: Record<string, never>;
    progress: never;
    output: {evaluation: Evaluation; predictions: SentencePrediction[]};
  };
  /** Forgets the run; what was kept of it stays kept. */
  reset: {input: Record<string, never>; progress: never; output: null};
}
