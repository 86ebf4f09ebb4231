/** What a sweep can measure of a trained model beyond its losses, and the shape of each result. */

/**
 * `spectrum`: the word table's singular values; `depths`: what each depth does; `tasks`: every
 * pretraining task, whichever it was trained on; `downstream`: a fine-tuned model's score;
 * `resharing`: what comes of tying or untying its layers and training on.
 */
export const measureNames = ["spectrum", "depths", "tasks", "downstream", "resharing"] as const;
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

/** How well a task is done on rows that no run trained on. */
export interface TaskScore {
  /** In nats. */
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
  /** What was scored: masked pieces, or pairs. */
  count: number;
}

/** One model on every pretraining task; the masked rows are the same whatever it was trained on. */
export interface TasksMeasure {
  /** Single masks, 15%, in rows of one segment. */
  mlm: TaskScore;
  /** Masks over one to three words, 15%, in rows of one segment. */
  ngram: TaskScore;
  /** Null without a sentence head. */
  nsp: TaskScore | null;
  sop: TaskScore | null;
}

/** A model fine-tuned on generated rows of a task. */
export interface DownstreamMeasure {
  task: string;
  /** The task's metric on dev rows after the last step. */
  score: number;
  /** Loss on dev rows, in nats. */
  loss: number;
  /** Training and dev rows. */
  rows: number;
  dev: number;
  /** Where several learning rates were tried: all of them; score and loss are of the lowest loss. */
  tried?: {learning_rate: number; score: number; loss: number}[];
}

/** How a model is trained on once its layers are tied or untied. */
export interface ResharePlan {
  /** Steps after the change. */
  steps: number;
  /** Highest learning rate; it warms up over a tenth of the steps and falls to 0. */
  learning_rate: number;
  /** Steps between measurements. */
  evaluate_every: number;
}

/** A model some steps after its layers were tied or untied. */
export interface ResharePoint {
  step: number;
  /** Held-out masked loss in nats. */
  mlmLoss: number;
  /** How far each depth's layer has moved since the change, as a share of its length. */
  drift: number[];
}

/** One change and what came of it. */
export interface ReshareArm {
  /** In words: "as it was", "depth 1 untied", "all untied", "all tied". */
  change: string;
  /** Stored parameters after the change. */
  parameters: number;
  points: ResharePoint[];
  diverged: string | null;
}

export interface Measures {
  spectrum?: SpectrumMeasure;
  depths?: DepthsMeasure;
  tasks?: TasksMeasure;
  downstream?: DownstreamMeasure;
  resharing?: ReshareArm[];
}
