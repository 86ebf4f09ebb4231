/** How the learning rate falls after warm-up. */
export type Decay = "linear" | "polynomial" | "cosine" | "constant";

/** A learning rate over time; `learningRateAt` evaluates it. */
export interface Schedule {
  decay: Decay;
  /** Updates over which the rate rises linearly from 0; 0 for none. */
  warmupSteps: number;
  /** Updates after which the rate has fallen to 0; ignored by `constant`. */
  totalSteps: number;
  /** Exponent of `polynomial`; default 1. */
  power?: number;
}

/**
 * The learning rate of one update. With warm-up the update at step 0 has rate 0: `peak · step/warmup`.
 * After it, with T total steps and w warm-up steps:
 *
 * - `linear` (Hugging Face): `peak · (T − step)/(T − w)`;
 * - `polynomial` (google-research/albert): `peak · (1 − step/T)^power`, counted from step 0, so that
 *   the rate jumps down where warm-up ends;
 * - `cosine` (Hugging Face): `peak · (1 + cos(π (step − w)/(T − w)))/2`;
 * - `constant`: `peak`.
 *
 * @param step from 0
 */
export function learningRateAt(schedule: Schedule, peak: number, step: number): number {
  const {decay, warmupSteps, totalSteps, power = 1} = schedule;
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const span = Math.max(1, totalSteps - warmupSteps);
  switch (decay) {
    case "linear":
      return peak * Math.max(0, (totalSteps - step) / span);
    case "polynomial":
      return peak * (1 - Math.min(step, totalSteps) / Math.max(1, totalSteps)) ** power;
    case "cosine":
      return (peak * (1 + Math.cos(Math.PI * Math.min(1, (step - warmupSteps) / span)))) / 2;
    case "constant":
      return peak;
  }
}
