import type {AlbertConfig} from "../config.js";
import type {HeadStepper} from "../headStepper.js";
import {squaredError, type LabelledRows} from "../objectives/labelledRows.js";
import {arrayUpdater} from "../optimizers/arrays.js";
import {clipScale, globalNorm} from "../optimizers/gradients.js";
import type {OptimizerData} from "../optimizers/optimizer.js";
import {copyParameters, type ParameterData} from "../specs.js";
import {divergence, partsOf, type StepperSettings} from "../stepper.js";
import {addToSums, type GradientSums} from "./gradientSums.js";
import {bestKernels, kernelName} from "./kernels.js";
import {lowerFineTuning} from "./lowerHead.js";
import {WasmExecutor} from "./wasm.js";

/** Plans kept at once: one for each length that batches have. */
const mostPlans = 8;

/**
 * A model with a head, trained by compiled plans on WebAssembly SIMD. Batches of different lengths
 * each have a plan of their own; weights and moments live outside them and are put in before a run.
 */
export function wasmHeadStepper(
  config: AlbertConfig,
  initial: ParameterData,
  {optimizer, options, maxGradientNorm, seed}: StepperSettings
): HeadStepper {
  const updater = arrayUpdater(optimizer, options);
  const plans = new Map<string, WasmExecutor>();
  let weights = copyParameters(initial);
  const names = [...weights.keys()].sort().filter(updater.isTrainable);
  let moments = noMoments(weights, names);

  function planFor({batch, sequence}: LabelledRows): WasmExecutor {
    const key = `${batch} ${sequence}`;
    const known = plans.get(key);
    if (known) return known;
    const oldest = plans.size >= mostPlans ? plans.entries().next().value : null;
    if (oldest) {
      plans.delete(oldest[0]);
      oldest[1].dispose();
    }
    const made = new WasmExecutor(lowerFineTuning(config, {batch, sequence}));
    plans.set(key, made);
    return made;
  }

  function update(gradients: GradientSums, learningRate: number, scale: number) {
    const t = ++moments.step;
    for (const name of names) {
      const arrays = {
        weights: weights.get(name)!.data as Float32Array,
        gradient: gradients.get(name)!,
        first: moments.first.get(name)!,
        second: moments.second.get(name)!
      };
      updater.update(name, arrays, t, learningRate, scale);
    }
  }

  return {
    executor: kernelName(bestKernels()!),

    async step(rows, step, learningRate) {
      const parts = partsOf(rows);
      const sums: GradientSums = new Map();
      let gradients = sums;
      let loss = 0;
      for (const [i, part] of parts.entries()) {
        const ready = planFor(part);
        ready.setParameters(weights);
        ready.setRows(part, {seed, step: step * parts.length + i});
        ready.runStep();
        const {gradients: buffers, mlmOut, inputs, mlmLogits} = ready.plan;
        gradients = new Map(names.map((name) => [name, ready.floats(buffers.get(name)!)]));
        addToSums(sums, gradients, i === parts.length - 1);
        loss +=
          (inputs.negatedTargets
            ? squaredError(ready.floats(mlmLogits), part)
            : ready.output(mlmOut).loss) / parts.length;
      }
      const gradientNorm = (await globalNorm(gradients)) / parts.length;
      const diverged = divergence(step, loss, gradientNorm);
      if (diverged !== null) return {diverged};
      update(gradients, learningRate, clipScale(gradientNorm, maxGradientNorm) / parts.length);
      return {loss, gradientNorm};
    },

    async logits(rows) {
      const ready = planFor(rows);
      ready.setParameters(weights);
      ready.setRows(rows, null);
      ready.runLogits();
      return ready.floats(ready.plan.mlmLogits).slice();
    },

    parameters: async () => copyParameters(weights),

    optimizerData: async () => copyMoments(moments),

    restore(parameters, data) {
      weights = copyParameters(parameters);
      moments = copyMoments(data);
    },

    memoryBytes: () => [...plans.values()].reduce((sum, plan) => sum + plan.bytes, 0),

    dispose() {
      for (const executor of plans.values()) executor.dispose();
      plans.clear();
    }
  };
}

function noMoments(weights: ParameterData, names: readonly string[]): OptimizerData {
  const zeros = () =>
    new Map(names.map((name) => [name, new Float32Array(weights.get(name)!.data.length)]));
  return {step: 0, first: zeros(), second: zeros()};
}

function copyMoments({step, first, second}: OptimizerData): OptimizerData {
  const copy = (slots: ReadonlyMap<string, Float32Array>) =>
    new Map(Array.from(slots, ([name, values]) => [name, values.slice()]));
  return {step, first: copy(first), second: copy(second)};
}
