/** What crosses between a page and its worker when a model is probed. */

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

/** Calls that probe the model in use. */
export interface ProbingCalls {
  /** Every depth through the head for the vocabulary. */
  lens: {
    input: {text: string; pair: string | null; isHidden: boolean};
    progress: never;
    output: LensResult;
  };
}
