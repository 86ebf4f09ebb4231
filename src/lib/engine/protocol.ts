/**
 * Everything that crosses between a page and its worker. A page calls; the worker answers each call
 * with any number of `progress` messages and then exactly one `result` or `error`. Tensors never
 * cross: typed arrays with a shape do.
 */
import type {TimedRecord} from "../experiments/record.js";
import type {Sweep, SweepRun} from "../experiments/sweep.js";
import type {Recipe} from "../recipe/recipe.js";
import type {MomentCalls} from "./moment.js";
import type {TimedModel, Timing} from "./timing.js";
import type {ArenaCalls} from "./arena.js";
import type {ExpectationCalls} from "./expectations.js";
import type {FineTuneCalls} from "./fineTuning/protocol.js";
import type {BenchCalls} from "./benchCalls.js";
import type {ProbingCalls} from "./probing/protocol.js";
import type {HeadStudyCalls} from "./headStudy.js";
import type {ResharingCalls} from "./resharingHost.js";

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

/** What is taken away from a model while it reads a text. */
export type AttentionChange = {
  head: number;
  /** One depth, or null for every depth. */
  layer: number | null;
} & (
  | {kind: "head"}
  /** The weights from some pieces to some; the rest of each row scaled to sum to 1, or as it is. */
  | {kind: "cell"; from: number[]; to: number[]; renormalise: boolean}
  /** What the head would read at some pieces. */
  | {kind: "value"; to: number[]}
);

/** What a change does to a model's answers. */
export interface EffectResult {
  tokens: string[];
  /**
   * `[pieces]`: Kullback–Leibler divergence in nats of the vocabulary distribution after the change
   * from the one before, at every piece; null for a model without a masked LM head.
   */
  divergence: Float32Array | null;
  /**
   * At each [MASK], or else where the change is greatest: the pieces that were likeliest, with their
   * probabilities before and after, and the piece that is likeliest after.
   */
  places: {
    position: number;
    pieces: {piece: string; before: number; after: number}[];
    likeliestAfter: string;
  }[];
  /** Probabilities of the sentence label, for a model that gives one. */
  labels: {label: string; before: number; after: number}[] | null;
  change: AttentionChange;
  model: string;
}

/** One way to say which pieces a guess rests on, and how it fares when it is tested. */
export interface MethodTrial {
  name: string;
  /** `[pieces]`; only their order means anything. */
  scores: number[];
  /** Pieces hidden (deletion) or shown (insertion) at each point of the curves. */
  counts: number[];
  /** Probability of the guess at each point. */
  deletion: number[];
  insertion: number[];
  /** Mean heights of the curves: low where deletion hits, high where insertion does. */
  deletionArea: number;
  insertionArea: number;
}

/** Several methods on the guess at one [MASK]. */
export interface MethodsResult {
  tokens: string[];
  position: number;
  target: {piece: string; probability: number};
  /** Positions that are ranked and hidden: every piece but the [MASK], [CLS] and [SEP]. */
  candidates: number[];
  methods: MethodTrial[];
  /** Means over orders drawn at random. */
  random: {orders: number; deletionArea: number; insertionArea: number};
  /** Kendall's τ-b between the scores of the candidates, `[methods, methods]`. */
  agreement: number[][];
  model: string;
}

/** The query of one piece and all keys, in one head at one depth. */
export interface QueryKeyResult {
  tokens: string[];
  layer: number;
  head: number;
  /** The piece that looks. */
  from: number;
  /** `[size]` */
  query: Float32Array;
  /** `[pieces, size]` */
  keys: ArrayData;
  /** `[pieces]`: the weights of the row; softmax of `q·k/√size`. */
  probs: Float32Array;
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

/** A candidate piece between two positions of a text, an edge of its segmentation lattice. */
export interface LatticeEdge {
  /** Code-point positions in the normalised text. */
  start: number;
  end: number;
  id: number;
  piece: string;
  /** Log probability. */
  score: number;
  /** Whether it lies on the best path. */
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

/** Every call: what goes in, what is reported on the way, what comes out. */
export interface EngineCalls
  extends
    FineTuneCalls,
    BenchCalls,
    ProbingCalls,
    HeadStudyCalls,
    ArenaCalls,
    ExpectationCalls,
    MomentCalls,
    ResharingCalls {
  start: {
    input: {
      backend: BackendName | null;
      /** Rungs not to try. */
      without: readonly BackendName[];
      /** What was chosen before its device was lost, if it was. */
      passed: DeviceReport | null;
      wasmPaths: WasmPaths;
      /** The lock that the worker holds while it lives; see lifeline.ts. */
      lifeline: string | null;
    };
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
  /** Forgets the run; what was kept of it stays kept. */
  reset: {input: Record<string, never>; progress: never; output: null};
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
  /** What taking something away changes in the model's answers for a text or pair. */
  effect: {
    input: {text: string; pair: string | null; change: AttentionChange};
    progress: never;
    output: EffectResult;
  };
  /** Methods that explain the guess at the first [MASK], compared and tested. */
  compareMethods: {
    input: {text: string; pair: string | null};
    progress: PhaseProgress;
    output: MethodsResult;
  };
  /** Where one row of attention comes from. */
  queryKey: {
    input: {text: string; pair: string | null; layer: number; head: number; from: number};
    progress: never;
    output: QueryKeyResult;
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
  | {type: "error"; id: number; message: string; expected: boolean}
  /** The device is gone, and the worker with it: nothing more is answered. */
  | {type: "lost"; message: string};
