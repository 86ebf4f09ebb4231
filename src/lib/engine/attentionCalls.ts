/** What crosses of attention: its weights, what they come from and what taking some away changes. */
import type {PhaseProgress} from "./trainingCalls.js";

/** A numeric array with its shape, row-major. */
export interface ArrayData {
  shape: number[];
  data: Float32Array;
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

/** Calls that look into the model in use while it reads a text. */
export interface AttentionCalls {
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
    /** Null where it was stopped. */
    output: MethodsResult | null;
  };
  /** Where one row of attention comes from. */
  queryKey: {
    input: {text: string; pair: string | null; layer: number; head: number; from: number};
    progress: never;
    output: QueryKeyResult;
  };
}
