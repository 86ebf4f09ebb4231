import * as tf from "@tensorflow/tfjs-core";
import type {Parameters} from "../params.js";
import {updateFlat, type FlatEntry, type FlatLayout} from "./flat.js";
import {joinFlat, readsCheaply, type Gradients} from "./gradients.js";
import {rules, updateArray, type OptimizerName, type Step} from "./rule.js";

/** What an optimizer is set to; whatever is left out follows the optimizer's own custom. */
export interface OptimizerOptions {
  /** β₁ in [0, 1); default 0.9. */
  beta1?: number;
  /** β₂ in [0, 1); default 0.999. */
  beta2?: number;
  /** ε; default 1e-8 for torch's optimizers, 1e-6 for Google's and LAMB. */
  epsilon?: number;
  /** λ; default 0. */
  weightDecay?: number;
  /** Which tensors decay, by name; default: `rules[name].exclude` says which do not. */
  decays?: (name: string) => boolean;
  /** Which tensors are trained, by name; default all. The others keep their values to the bit. */
  trainable?: (name: string) => boolean;
  /** Where the update runs; default "arrays" where `readsCheaply`, "tensors" elsewhere. */
  form?: "arrays" | "tensors";
}

/** The moments of every trained tensor by name; `step` counts the updates made. */
export interface OptimizerData {
  step: number;
  first: Map<string, Float32Array>;
  second: Map<string, Float32Array>;
}

/** An optimizer's memory: plain arrays, or flat tensors in the order of `layout`. */
export type OptimizerState =
  | ({form: "arrays"} & OptimizerData)
  | {form: "tensors"; step: number; first: tf.Tensor1D; second: tf.Tensor1D; layout: FlatLayout};

/** What changes from update to update. */
export interface UpdateOptions {
  learningRate: number;
  /** Factor on the gradient, for example from `clipScale`; default 1. */
  scale?: number;
}

/** An optimizer as pure functions: nothing given is changed or disposed. */
export interface Optimizer {
  readonly name: OptimizerName;
  isTrainable(name: string): boolean;
  /** Moments of zero at step 0. The caller disposes (`disposeState`). */
  init(params: Parameters): OptimizerState;
  /**
   * One update: new parameters (kept tensors; untrained ones are clones that share their values) and
   * a new state. The caller disposes the old ones when it no longer needs them.
   *
   * @param grads one gradient per trained tensor, by name
   * @throws Error if a trained tensor has no gradient
   */
  update(
    params: Parameters,
    grads: Gradients,
    state: OptimizerState,
    options: UpdateOptions
  ): {params: Parameters; state: OptimizerState};
  /** A copy of the state as arrays, to be stored. */
  save(state: OptimizerState): Promise<OptimizerData>;
  /** A state from stored arrays, for parameters of the same names and shapes. */
  restore(params: Parameters, data: OptimizerData): OptimizerState;
}

/**
 * An optimizer by name. Bias correction is computed from the integer step, and tensors are visited in
 * the order of their names, so that a restored run continues to the last bit.
 *
 * The update has two forms. On cpu, wasm and an emulated webgl, where reading a tensor is a copy in
 * memory, it is one fused loop over typed arrays; elsewhere it works on all tensors laid end to end
 * (`updateFlat`).
 * Measured on 32 tensors of 0.26 M weights together, two busy cores, median ms of an AdamW update on
 * wasm / cpu: arrays 4 / 3, flat tensors 7 to 28 / 100, a dozen kernels for each tensor 5 / 95
 * (tests/lib/albert/optimizers/speed.ts). Arrays also compute in doubles.
 */
export function makeOptimizer(name: OptimizerName, options: OptimizerOptions = {}): Optimizer {
  const rule = rules[name];
  const {beta1 = 0.9, beta2 = 0.999, epsilon = rule.epsilon, weightDecay = 0} = options;
  const isTrainable = options.trainable ?? (() => true);
  const decays =
    options.decays ?? ((tensor) => !rule.exclude.some((part) => tensor.includes(part)));
  const isAdapted = (tensor: string) =>
    rule.adapts === "all" || (rule.adapts === "decayed" && decays(tensor));

  const trained = (params: Parameters) => [...params.keys()].filter(isTrainable).sort();
  const formOf = () => options.form ?? (readsCheaply() ? "arrays" : "tensors");

  function makeLayout(params: Parameters): FlatLayout {
    let offset = 0;
    const entries = trained(params).map((tensor): FlatEntry => {
      const {shape, size} = params.get(tensor)!;
      const entry = {name: tensor, shape, offset, size, isAdapted: isAdapted(tensor)};
      offset += size;
      return entry;
    });
    const lambda = new Float32Array(offset);
    for (const {name: tensor, offset: from, size} of entries)
      if (decays(tensor)) lambda.fill(weightDecay, from, from + size);
    const decay = lambda.some((value) => value !== 0) ? tf.keep(tf.tensor1d(lambda)) : null;
    return {entries, decay};
  }

  function restore(params: Parameters, {step, first, second}: OptimizerData): OptimizerState {
    if (formOf() === "arrays") {
      const copy = (moments: Map<string, Float32Array>) =>
        new Map(trained(params).map((tensor) => [tensor, moments.get(tensor)!.slice()]));
      return {form: "arrays", step, first: copy(first), second: copy(second)};
    }
    const layout = makeLayout(params);
    const join = (moments: Map<string, Float32Array>) => {
      const flat = new Float32Array(layout.entries.reduce((sum, {size}) => sum + size, 0));
      for (const entry of layout.entries) flat.set(moments.get(entry.name)!, entry.offset);
      return tf.keep(tf.tensor1d(flat));
    };
    return {form: "tensors", step, first: join(first), second: join(second), layout};
  }

  return {
    name,
    isTrainable,
    restore,

    init(params) {
      const zeros = () =>
        new Map(
          trained(params).map((tensor) => [tensor, new Float32Array(params.get(tensor)!.size)])
        );
      return restore(params, {step: 0, first: zeros(), second: zeros()});
    },

    update(params, grads, state, {learningRate, scale = 1}) {
      const t = state.step + 1;
      const step: Step = {
        beta1,
        beta2,
        epsilon,
        correction1: rule.isCorrected ? 1 / (1 - beta1 ** t) : 1,
        correction2: rule.isCorrected ? 1 / (1 - beta2 ** t) : 1,
        learningRate,
        scale
      };
      for (const tensor of trained(params))
        if (!grads.has(tensor)) throw new Error(`no gradient for ${tensor}`);
      if (state.form === "tensors")
        return updateTensors(params, grads, state, step, rule.isCoupled);
      const first = new Map<string, Float32Array>();
      const second = new Map<string, Float32Array>();
      const next: Parameters = new Map();
      for (const [tensor, old] of params) {
        const gradient = grads.get(tensor);
        if (!gradient || !state.first.has(tensor)) {
          next.set(tensor, tf.keep(old.clone()));
          continue;
        }
        const w = copyValues(old);
        const g = gradient instanceof Float32Array ? gradient : gradient.dataSync<"float32">();
        const m = state.first.get(tensor)!.slice();
        const v = state.second.get(tensor)!.slice();
        const lambda = decays(tensor) ? weightDecay : 0;
        updateArray(w, g, m, v, step, lambda, rule.isCoupled, isAdapted(tensor));
        first.set(tensor, m);
        second.set(tensor, v);
        next.set(tensor, tf.keep(tf.tensor(w, old.shape, "float32")));
      }
      return {params: next, state: {form: "arrays", step: t, first, second}};
    },

    async save(state) {
      if (state.form === "arrays") {
        const copy = (moments: Map<string, Float32Array>) =>
          new Map(Array.from(moments, ([tensor, values]) => [tensor, values.slice()]));
        return {step: state.step, first: copy(state.first), second: copy(state.second)};
      }
      const split = async (flat: tf.Tensor1D) => {
        const values = await flat.data<"float32">();
        return new Map(
          state.layout.entries.map(({name: tensor, offset, size}) => [
            tensor,
            values.slice(offset, offset + size)
          ])
        );
      };
      // Both reads begin before anything is waited for: the tensors may be freed meanwhile.
      const [first, second] = await Promise.all([split(state.first), split(state.second)]);
      return {step: state.step, first, second};
    }
  };
}

/** A tensor's values in an array of their own; on wasm reading is already a copy. */
function copyValues(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync<"float32">();
  return tf.getBackend() === "wasm" ? values : values.slice();
}

function updateTensors(
  params: Parameters,
  grads: Gradients,
  state: OptimizerState & {form: "tensors"},
  step: Step,
  isCoupled: boolean
): {params: Parameters; state: OptimizerState} {
  const {entries, decay} = state.layout;
  const next: Parameters = new Map();
  const moments = tf.tidy(() => {
    const flat = (source: Gradients) =>
      joinFlat(
        entries.map(({name}) => {
          const values = source.get(name)!;
          return values instanceof Float32Array ? tf.tensor1d(values) : values;
        })
      );
    const updated = updateFlat(
      flat(params),
      flat(grads),
      state.first,
      state.second,
      state.layout,
      step,
      isCoupled
    );
    const places = new Map(entries.map((entry) => [entry.name, entry]));
    for (const [name, old] of params) {
      const entry = places.get(name);
      const tensor = entry
        ? tf.reshape(tf.slice(updated.weights, entry.offset, entry.size), entry.shape)
        : old.clone();
      next.set(name, tf.keep(tensor));
    }
    return {first: tf.keep(updated.first), second: tf.keep(updated.second)};
  });
  const layout = {entries, decay: decay ? tf.keep(decay.clone()) : null};
  return {params: next, state: {form: "tensors", step: state.step + 1, ...moments, layout}};
}

/** Frees the tensors of a state, if it has any. */
export function disposeState(state: OptimizerState): void {
  if (state.form === "arrays") return;
  state.first.dispose();
  state.second.dispose();
  state.layout.decay?.dispose();
}
