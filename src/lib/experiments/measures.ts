/** What a sweep can measure of a trained model beyond its losses, and the shape of each result. */

/** `spectrum`: the word table's singular values; `depths`: what each depth does; `pairs`: both sentence tasks. */
export const measureNames = ["spectrum", "depths", "pairs"] as const;
export type MeasureName = (typeof measureNames)[number];

/** The learned word table as a matrix. */
export interface SpectrumMeasure {
  /** Singular values of the word table `[V, E]`, falling. */
  table: number[];
  /** Singular values of table times mapping, `[V, H]`, falling. */
  product: number[];
  /** exp of the entropy of the normalised singular values of the product. */
  effectiveRank: number;
  /** Held-out masked loss in nats with the word table cut to each rank. */
  truncated: {rank: number; mlmLoss: number; errorSquared: number; discardedSquared: number}[];
}

/** What happens over depth, means over the pieces of a held-out batch. */
export interface DepthsMeasure {
  /** ‖output − input‖₂ of each depth. */
  stepNorm: number[];
  /** Cosine between input and output of each depth. */
  stepCosine: number[];
  /** Norm of the gradient that each depth sends to the layer's tensors. */
  gradientNorm: number[];
  /** Cosines between those gradients, depth × depth. */
  gradientCosine: number[][];
  /** Spectral radius of the layer's Jacobian at each depth's input, by power iteration. */
  contraction: number[];
  /** Held-out masked loss when the model is run at other depths; shared layers only. */
  lossAtDepth: {depth: number; mlmLoss: number}[];
}

/** Accuracy of the sentence head on both tasks, in [0, 1]; null without a head. */
export interface PairsMeasure {
  nsp: number | null;
  sop: number | null;
  /** Rows scored for each task. */
  count: number;
}

export interface Measures {
  spectrum?: SpectrumMeasure;
  depths?: DepthsMeasure;
  pairs?: PairsMeasure;
}
