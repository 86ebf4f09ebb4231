/** The optimizers; `lamb_google` is Google's variant, `lamb_paper` that of You et al. */
export type OptimizerName = "adamw" | "adam" | "adamw_google" | "lamb_google" | "lamb_paper";

/**
 * What tells the optimizers apart. All keep `m ← β₁m + (1 − β₁)g` and `v ← β₂v + (1 − β₂)g²` and take
 *
 * `u = m̂/(√v̂ + ε) + λw`, `w ← w − rate · r · u`, r = 1 or the trust ratio `‖w‖/‖u‖`.
 */
export interface Rule {
  /** Whether `m̂ = m/(1 − β₁ᵗ)`, `v̂ = v/(1 − β₂ᵗ)`; else m̂ = m, v̂ = v. */
  isCorrected: boolean;
  /** Whether decay is part of the gradient (`g + λw`) rather than of the update. */
  isCoupled: boolean;
  /** Which tensors have a trust ratio: none, those that decay, or all. */
  adapts: "none" | "decayed" | "all";
  /** Tensors whose names contain one of these do not decay. */
  exclude: readonly string[];
  /** ε where none is given. */
  epsilon: number;
}

/** Biases and layer norms, under Hugging Face's and Google's names. */
const biasesAndNorms = ["bias", "LayerNorm", "layer_norm"];

/**
 * - `adamw`: torch.optim.AdamW (`w(1 − rate·λ) − rate·m̂/(√v̂ + ε)` is the same thing);
 * - `adam`: torch.optim.Adam, whose decay is an L2 term of the gradient;
 * - `adamw_google`: google-research/bert AdamWeightDecayOptimizer, without bias correction;
 * - `lamb_google`: google-research/albert lamb_optimizer.py, without bias correction; biases and layer norms
 *   have neither decay nor trust ratio;
 * - `lamb_paper`: You et al. 2020, algorithm 2 with φ = identity: everything decays and adapts.
 */
export const rules: Record<OptimizerName, Rule> = {
  adamw: {
    isCorrected: true,
    isCoupled: false,
    adapts: "none",
    exclude: biasesAndNorms,
    epsilon: 1e-8
  },
  adam: {isCorrected: true, isCoupled: true, adapts: "none", exclude: [], epsilon: 1e-8},
  adamw_google: {
    isCorrected: false,
    isCoupled: false,
    adapts: "none",
    exclude: biasesAndNorms,
    epsilon: 1e-6
  },
  lamb_google: {
    isCorrected: false,
    isCoupled: false,
    adapts: "decayed",
    exclude: biasesAndNorms,
    epsilon: 1e-6
  },
  lamb_paper: {isCorrected: true, isCoupled: false, adapts: "all", exclude: [], epsilon: 1e-6}
};

/** The numbers of one update that are the same for every element of every tensor. */
export interface Step {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** `1/(1 − β₁ᵗ)`, or 1. */
  correction1: number;
  /** `1/(1 − β₂ᵗ)`, or 1. */
  correction2: number;
  learningRate: number;
  /** Factor on the gradient: clipping, mean over accumulated batches. */
  scale: number;
}

/** The trust ratio `‖w‖/‖u‖`, 1 where either norm is 0. */
export function trustRatio(weightNorm: number, updateNorm: number): number {
  return weightNorm > 0 && updateNorm > 0 ? weightNorm / updateNorm : 1;
}

/**
 * Updates one tensor in place, in one pass over its elements (two where it adapts). Arithmetic is in
 * doubles, what is kept is rounded to floats.
 *
 * @param w weights, overwritten
 * @param g gradient, same length
 * @param m first moment, overwritten
 * @param v second moment, overwritten
 * @param decay λ, 0 for a tensor that does not decay
 */
export function updateArray(
  w: Float32Array,
  g: Float32Array,
  m: Float32Array,
  v: Float32Array,
  step: Step,
  decay: number,
  isCoupled: boolean,
  isAdapted: boolean
): void {
  const {beta1, beta2, epsilon, correction1, correction2, learningRate, scale} = step;
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  const l2 = isCoupled ? decay : 0;
  const lambda = isCoupled ? 0 : decay;
  const n = w.length;
  if (!isAdapted) {
    for (let i = 0; i < n; ++i) {
      const wi = w[i]!;
      const gi = g[i]! * scale + l2 * wi;
      const mi = (m[i] = beta1 * m[i]! + rest1 * gi);
      const vi = (v[i] = beta2 * v[i]! + rest2 * gi * gi);
      const u = (mi * correction1) / (Math.sqrt(vi * correction2) + epsilon) + lambda * wi;
      w[i] = wi - learningRate * u;
    }
    return;
  }
  const update = new Float64Array(n);
  let weightSquares = 0;
  let updateSquares = 0;
  for (let i = 0; i < n; ++i) {
    const wi = w[i]!;
    const gi = g[i]! * scale + l2 * wi;
    const mi = (m[i] = beta1 * m[i]! + rest1 * gi);
    const vi = (v[i] = beta2 * v[i]! + rest2 * gi * gi);
    const u = (mi * correction1) / (Math.sqrt(vi * correction2) + epsilon) + lambda * wi;
    update[i] = u;
    weightSquares += wi * wi;
    updateSquares += u * u;
  }
  const rate = learningRate * trustRatio(Math.sqrt(weightSquares), Math.sqrt(updateSquares));
  for (let i = 0; i < n; ++i) w[i] = w[i]! - rate * update[i]!;
}
