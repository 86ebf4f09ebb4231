/** An optimizer's update on plain arrays, for executors that keep weights and moments themselves. */
import type {OptimizerOptions} from "./optimizer.js";
import {rules, updateArray, type OptimizerName, type Step} from "./rule.js";

/** What an update reads and writes of one parameter; all of the same length. */
export interface UpdatedArrays {
  weights: Float32Array;
  gradient: Float32Array;
  first: Float32Array;
  second: Float32Array;
}

/** An optimizer on arrays. */
export interface ArrayUpdater {
  isTrainable(name: string): boolean;
  /**
   * Updates one parameter in place.
   *
   * @param t number of this update, from 1
   * @param scale factor on the gradient, for clipping
   */
  update(name: string, arrays: UpdatedArrays, t: number, learningRate: number, scale: number): void;
}

/** The optimizer of a name with its options, on arrays. @see makeOptimizer for tensors */
export function arrayUpdater(optimizer: OptimizerName, options: OptimizerOptions): ArrayUpdater {
  const rule = rules[optimizer];
  const {beta1 = 0.9, beta2 = 0.999, epsilon = rule.epsilon, weightDecay = 0} = options;
  const decays =
    options.decays ?? ((name: string) => !rule.exclude.some((part) => name.includes(part)));
  return {
    isTrainable: options.trainable ?? (() => true),
    update(name, {weights, gradient, first, second}, t, learningRate, scale) {
      const step: Step = {
        beta1,
        beta2,
        epsilon,
        correction1: rule.isCorrected ? 1 / (1 - beta1 ** t) : 1,
        correction2: rule.isCorrected ? 1 / (1 - beta2 ** t) : 1,
        learningRate,
        scale
      };
      const isDecayed = decays(name);
      const decay = isDecayed ? weightDecay : 0;
      const adapts = rule.adapts === "all" || (rule.adapts === "decayed" && isDecayed);
      updateArray(weights, gradient, first, second, step, decay, rule.isCoupled, adapts);
    }
  };
}
