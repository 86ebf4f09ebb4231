/** What crosses between a page and its worker when a model is probed. */
import type {MinimalPair, PairKind} from "../../probe/minimalPairs.js";
import type {WordMap} from "../../experiments/wordMap.js";
import type {MethodsResult} from "../attentionCalls.js";
import type {PhaseProgress} from "../trainingCalls.js";

/** What the head for the vocabulary reads at every depth. Arrays are `[positions, depths]`. */
export interface LensResult {
  tokens: string[];
  /** Positions that were read: every piece, or every one that was hidden. */
  positions: number[];
  /** Numbers of depths: the embeddings and every layer. */
  depths: number;
  /** Whether each piece was hidden behind [MASK] while it was guessed. */
  isHidden: boolean;
  /** The piece that stands at each position read; null where the reader put a [MASK]. */
  truth: (string | null)[];
  /** In nats, 0 to ln of the vocabulary's size. */
  entropy: Float32Array;
  /** Place of the true piece, 1 the likeliest; 0 where there is none. */
  truthRank: Int32Array;
  /** NaN where there is none. */
  truthProbability: Float32Array;
  /** Kullback–Leibler divergence of each depth's distribution from the last's, in nats. */
  divergence: Float32Array;
  /** The likeliest pieces, best first. */
  top: {piece: string; probability: number}[][];
  /** Largest difference between the last depth's logits and those that the model gives. */
  lastDepthError: number;
  vocabSize: number;
  model: string;
}

/** Where probes get their sentences from. */
export type ProbeSource =
  | {kind: "generated"; seed: number}
  /** A CoNLL-U treebank. */
  | {kind: "file"; name: string; bytes: Uint8Array};

/** What probes are to be trained on. */
export interface ProbeSettings {
  /** Ids of `probeTasks`. */
  tasks: string[];
  /** Words of the training part; half as many are tested, and half as many sentences are taken. */
  rows: number;
  /** How many times all of it is done anew. */
  seeds: number;
}

/** One property at every depth; the innermost lists have one entry a seed. */
export interface ProbeTaskResult {
  id: string;
  classes: string[];
  trainRows: number[];
  testRows: number[];
  majority: number[];
  form: number[];
  depths: {
    accuracy: number[];
    control: number[];
    /** Bits of the online code of the training labels, and of as many labels as likely as each other. */
    online: number[];
    uniform: number[];
  }[];
}

/** Probes of one model. */
export interface ProbeResult {
  tasks: ProbeTaskResult[];
  /** Properties that the text does not tell, and why. */
  skipped: {id: string; why: string}[];
  source: string;
  /** Whether seeds take documents that no other takes, or split the same ones differently. */
  isFresh: boolean;
  settings: ProbeSettings;
  /** Seeds that are done: fewer than were asked for where the reader stopped. */
  seeds: number;
  notes: string[];
  model: string;
}

/** How far probing is. */
export interface ProbeProgress extends PhaseProgress {
  /** Seconds that are left at the speed so far; null where nothing is known yet. */
  secondsLeft: number | null;
  /** What is done so far; sent after every seed. */
  result: ProbeResult | null;
}

export type PatchProgress = PhaseProgress;

/** How much of the difference between two texts comes back: 0 none, 1 all. */
export interface PatchResult {
  tokens: {clean: string[]; corrupted: string[]};
  /** The [MASK]. */
  position: number;
  /** Positions at which the texts differ. */
  changed: number[];
  answers: [string, string];
  /** Logit of the first answer less that of the second, on either text. */
  clean: number;
  corrupted: number;
  /** Depths of the residual stream, the embeddings included. */
  depths: number;
  heads: number;
  /** `[depths, positions]` */
  byPosition: Float64Array;
  /** `[layers, heads]` */
  byHead: Float64Array;
  /** By depth: all positions patched, and none. */
  all: number[];
  none: number[];
  model: string;
}

/** The same over many pairs, one entry a pair. */
export interface PatchManyResult {
  kind: PairKind;
  /** Parts of a text. */
  roles: string[];
  depths: number;
  heads: number;
  /** Each `[depths, roles]`; NaN where a text has no such part. */
  byRole: Float64Array[];
  /** Each `[layers, heads]`. */
  byHead: Float64Array[];
  all: number[][];
  none: number[][];
  /** Pairs with as many pieces, whether or not the model told them apart. */
  tried: number;
  /** The first pair that counts. */
  example: MinimalPair | null;
  model: string;
}

/** Where the path of integrated gradients begins. */
export type AttributionBaseline = "zero" | "mask";

/** Which pieces a guess rests on. */
export interface AttributionResult {
  methods: MethodsResult;
  from: AttributionBaseline;
  /** Sum of the attributions less the difference they should explain, by steps of the path. */
  gaps: {intervals: number; gap: number}[];
  /** Logit of the guess on the text less that on the baseline. */
  difference: number;
}

/** How alike the depths are. Depth 0 is what goes into the first layer. */
export interface SimilarityResult {
  /** Pieces that were compared. */
  pieces: number;
  source: string;
  /** `[depths][depths]`; NaN where a depth does not vary. */
  cka: number[][];
  /** Mean over pieces of the cosine of the same piece at two depths. */
  cosine: number[][];
  /** Mean length of the step from each depth to the next. */
  step: number[];
  /** Mean length of the hidden state at each depth. */
  length: number[];
  /** Word embeddings, `width` numbers each, on a plane; null for a vocabulary with hardly a word. */
  map: (WordMap & {width: number}) | null;
  model: string;
}

/** Calls that probe the model in use. */
export interface ProbingCalls {
  /** Every depth through the head for the vocabulary. */
  lens: {
    input: {text: string; pair: string | null; isHidden: boolean};
    progress: never;
    output: LensResult;
  };
  /** Linear probes at every depth; cancelled, what is done. */
  probe: {
    input: {source: ProbeSource; settings: ProbeSettings};
    progress: ProbeProgress;
    output: ProbeResult;
  };
  /** States of one text put into the run of another. */
  patch: {
    input: {clean: string; corrupted: string; answers: [string, string] | null};
    progress: never;
    output: PatchResult;
  };
  /** The same over generated pairs; cancelled, what is done. */
  patchMany: {
    input: {kind: PairKind; pairs: number; seed: number};
    progress: PatchProgress;
    output: PatchManyResult;
  };
  /** Gradients and occlusion for the guess at the first [MASK]; cancelled, null. */
  attribute: {
    input: {text: string; pair: string | null; from: AttributionBaseline};
    progress: PhaseProgress;
    output: AttributionResult | null;
  };
  /** How alike the depths are on some texts, and the word embeddings; cancelled, null. */
  similarity: {
    input: {texts: string | null; seed: number};
    progress: PhaseProgress;
    output: SimilarityResult | null;
  };
}
