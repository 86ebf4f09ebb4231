/**
 * Everything that crosses between a page and its worker. A page calls; the worker answers each call
 * with any number of `progress` messages and then exactly one `result` or `error`. Tensors never
 * cross: typed arrays with a shape do.
 */
import type {Recipe} from "../recipe/recipe.js";
import type {FineTuneCalls} from "./fineTuning/protocol.js";

/** The rungs of the device ladder, fastest first. */
export const backendNames = ["webgpu", "webgl", "wasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

/** What the start-up self-test found on one rung. */
export interface BackendTrial {
  name: BackendName;
  /** `skipped`: a faster rung was already chosen, or another one was asked for. */
  outcome: "chosen" | "refused" | "absent" | "skipped";
  /** Why, in words for a person. */
  reason: string;
  /** Milliseconds of the forward-and-gradient test; null where it did not run. */
  elapsedMs: number | null;
  /** Largest |gradient − cpu gradient| over the largest |cpu gradient|; null where it did not run. */
  gradientError: number | null;
}

/** Which backend runs, and why. */
export interface DeviceReport {
  backend: BackendName;
  /** The one asked for by `?backend=`, or null for the ladder. */
  forced: BackendName | null;
  trials: BackendTrial[];
  /** Name of the adapter or processor where the platform tells it. */
  adapter: string | null;
}

/** Where the served .wasm files of tfjs are, by their published names. */
export type WasmPaths = Record<string, string>;

/** A numeric array with its shape, row-major. */
export interface ArrayData {
  shape: number[];
  data: Float32Array;
}

/** Text for a run: what the recipe generates or fetches, or what the reader gave. */
export type TextSource = {kind: "recipe"} | {kind: "file"; name: string; bytes: Uint8Array};

/** What is known of a run before its first step. */
export interface RunSummary {
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
  reason: "finished" | "paused" | "diverged";
  /** For `diverged`: what was seen and at which step; the weights are those of the step before. */
  message: string | null;
}

/** Attention of one text (or pair) at every depth. */
export interface AttentionResult {
  tokens: string[];
  /** Word index of each token, null for special tokens. */
  wordIds: (number | null)[];
  typeIds: number[];
  /** `[depth, heads, from, to]`; rows sum to 1. */
  probs: ArrayData;
  /** Which stored attention weights serve each depth. */
  group: number[];
  /** Name of the model that was run. */
  model: string;
}

/** The model in use, as far as a page shows it. */
export interface ModelSummary {
  name: string;
  /** Hugging Face config.json. */
  config: Record<string, unknown>;
  parameters: number;
  vocabSize: number;
  hasTokenizer: boolean;
  notes: string[];
}

/** One candidate piece of a segmentation lattice. */
export interface LatticeEdge {
  /** Code-point positions in the normalised text. */
  start: number;
  end: number;
  id: number;
  piece: string;
  /** Log probability. */
  score: number;
  best: boolean;
}

/** A text as the tokenizer sees it. */
export interface TokenizationResult {
  normalized: string;
  pieces: {id: number; piece: string; score: number; offsets: [number, number]}[];
  lattice: {nodes: number; text: string; edges: LatticeEdge[]};
}

/** A vocabulary, for a table. */
export interface VocabularyResult {
  vocabSize: number;
  requestedSize: number;
  pieces: {id: number; piece: string; score: number}[];
  /** Mean characters per piece over the training text. */
  charactersPerPiece: number;
  /** The bytes of spiece.model, from which a page makes the same tokenizer. */
  spiece: Uint8Array;
  notes: string[];
}

export interface PhaseProgress {
  phase: string;
  /** 0 to 1, or null where the length is unknown. */
  fraction: number | null;
}

/** A run that this browser keeps. */
export interface StoredRun {
  summary: RunSummary;
  metrics: StepMetrics[];
  evaluations: Evaluation[];
  savedAt: string;
}

/** Every call: what goes in, what is reported on the way, what comes out. */
export interface EngineCalls extends FineTuneCalls {
  start: {
    input: {backend: BackendName | null; wasmPaths: WasmPaths};
    progress: BackendTrial;
    output: DeviceReport;
  };
  prepare: {
    input: {recipe: Recipe; source: TextSource};
    progress: PhaseProgress;
    output: RunSummary;
  };
  train: {input: {until: number}; progress: TrainingProgress; output: TrainingOutcome};
  evaluate: {
    input: Record<string, never>;
    progress: never;
    output: {evaluation: Evaluation; predictions: SentencePrediction[]};
  };
  /** Forgets the run; the stored one too. */
  reset: {input: Record<string, never>; progress: never; output: null};
  /** The run that this browser stored last, brought back into the worker; null where none is. */
  restore: {input: Record<string, never>; progress: PhaseProgress; output: StoredRun | null};
  /** Loads a Hugging Face folder and makes it the model in use. */
  loadModel: {
    input: {name: string; files: Map<string, Uint8Array>};
    progress: PhaseProgress;
    output: ModelSummary;
  };
  /** Loads a Hugging Face repository or any folder of the same files by address. */
  loadModelFromUrl: {input: {url: string}; progress: PhaseProgress; output: ModelSummary};
  /** The model in use: the run's, else the loaded one; null where there is none. */
  model: {input: Record<string, never>; progress: never; output: ModelSummary | null};
  /** The model in use as a Hugging Face folder. */
  exportModel: {input: Record<string, never>; progress: never; output: Map<string, Uint8Array>};
  attend: {
    input: {text: string; pair: string | null};
    progress: never;
    output: AttentionResult;
  };
  /** Predictions at every [MASK] of the text or pair. */
  fill: {
    input: {text: string; pair?: string | null};
    progress: never;
    output: SentencePrediction;
  };
  trainTokenizer: {
    input: {recipe: Recipe; source: TextSource};
    progress: PhaseProgress;
    output: VocabularyResult;
  };
  tokenize: {input: {text: string}; progress: never; output: TokenizationResult};
}

export type EngineCallName = keyof EngineCalls;

/** Page to worker. `cancel` asks the call of the same id to stop; it still answers. */
export type EngineCommand =
  | {
      [Name in EngineCallName]: {type: Name; id: number; input: EngineCalls[Name]["input"]};
    }[EngineCallName]
  | {type: "cancel"; id: number};

/** Worker to page. */
export type EngineEvent =
  | {type: "progress"; id: number; value: unknown}
  | {type: "result"; id: number; value: unknown}
  /** `expected`: an InputError whose message is for the reader; otherwise a fault of ours. */
  | {type: "error"; id: number; message: string; expected: boolean};
