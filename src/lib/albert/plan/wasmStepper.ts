import type {AlbertConfig} from "../config.js";
import type {Batch} from "../objectives/batch.js";
import {arrayUpdater} from "../optimizers/arrays.js";
import {clipScale, globalNorm} from "../optimizers/gradients.js";
import type {OptimizerData} from "../optimizers/optimizer.js";
import {copyParameters, parameterSpecs, type ParameterData} from "../specs.js";
import {
  divergence,
  joinedLosses,
  partsOf,
  type BatchLosses,
  type Stepper,
  type StepperSettings
} from "../stepper.js";
import {addToSums, type GradientSums} from "./gradientSums.js";
import {bestKernels, kernelName} from "./kernels.js";
import {lowerPretraining} from "./lower.js";
import {WasmExecutor} from "./wasm.js";
import {wasmTeacher} from "./wasmTeacher.js";

/**
 * A model trained by its compiled plan on WebAssembly SIMD: forward, backward and update without an
 * allocation. The plan is made for the shape of the first batch and made anew when that changes.
 */
export function wasmStepper(
  config: AlbertConfig,
  initial: ParameterData,
  {optimizer, options, maxGradientNorm, seed, teacher}: StepperSettings
): Stepper {
  const guide = teacher ? wasmTeacher(teacher) : null;
  const updater = arrayUpdater(optimizer, options);
  const shapes = new Map(parameterSpecs(config).map(({name, shape}) => [name, shape]));
  const names = [...shapes.keys()].sort();
  let executor: WasmExecutor | null = null;
  let updates = 0;
  let pending: {parameters: ParameterData; moments: OptimizerData | null} | null = {
    parameters: initial,
    moments: null
  };

  function executorFor({batch, sequence, maskedLabels}: Batch): WasmExecutor {
    const shape = executor?.plan.shape;
    const slots = maskedLabels.length;
    const fits = shape?.batch === batch && shape.sequence === sequence && shape.slots === slots;
    if (!fits) {
      pending ??= executor && {parameters: read(executor), moments: readMoments(executor)};
      executor?.dispose();
      executor = new WasmExecutor(
        lowerPretraining(config, {batch, sequence, slots}, guide !== null)
      );
    }
    const ready = executor!;
    if (pending) {
      ready.setParameters(pending.parameters);
      for (const name of names) {
        const {first, second} = ready.moments(name);
        write(ready.floats(first), pending.moments?.first.get(name));
        write(ready.floats(second), pending.moments?.second.get(name));
      }
      pending = null;
    }
    return ready;
  }

  const read = (from: WasmExecutor) => from.parameters(shapes);
  const readMoments = (from: WasmExecutor): OptimizerData => {
    const copy = (which: "first" | "second") =>
      new Map(
        names
          .filter(updater.isTrainable)
          .map((n) => [n, from.floats(from.moments(n)[which]).slice()])
      );
    return {step: updates, first: copy("first"), second: copy("second")};
  };

  function losses(ready: WasmExecutor): BatchLosses {
    const mlm = ready.output(ready.plan.mlmOut);
    const sentence = ready.plan.sentenceOut && ready.output(ready.plan.sentenceOut);
    const hasSentence = sentence !== null && sentence.weight > 0;
    return {
      loss: mlm.loss + (hasSentence ? sentence.loss : 0),
      mlmLoss: mlm.loss,
      mlmCorrect: mlm.correct,
      mlmCount: mlm.weight,
      sentenceLoss: hasSentence ? sentence.loss : null,
      sentenceCorrect: hasSentence ? sentence.correct : null
    };
  }

  function update(ready: WasmExecutor, learningRate: number, scale: number): void {
    const t = ++updates;
    for (const name of names) {
      if (!updater.isTrainable(name)) continue;
      const {first, second} = ready.moments(name);
      const arrays = {
        weights: ready.floats(ready.plan.parameters.get(name)!),
        gradient: ready.floats(ready.plan.gradients.get(name)!),
        first: ready.floats(first),
        second: ready.floats(second)
      };
      updater.update(name, arrays, t, learningRate, scale);
    }
  }

  return {
    executor: kernelName(bestKernels()!),

    async step(batch, step, learningRate) {
      const parts = partsOf(batch);
      const sums: GradientSums = new Map();
      const each: BatchLosses[] = [];
      let gradients: GradientSums = sums;
      for (const [i, part] of parts.entries()) {
        const ready = executorFor(part);
        ready.setBatch(part, {seed, step: step * parts.length + i});
        const guided = guide?.runStep(ready, part);
        if (guided === undefined) ready.runStep();
        gradients = new Map(
          names
            .filter(updater.isTrainable)
            .map((n) => [n, ready.floats(ready.plan.gradients.get(n)!)])
        );
        addToSums(sums, gradients, i === parts.length - 1);
        const own = losses(ready);
        each.push({...own, loss: guided ?? own.loss});
      }
      const gradientNorm = (await globalNorm(gradients)) / parts.length;
      const measured = joinedLosses(each);
      const diverged = divergence(step, measured.loss, gradientNorm);
      if (diverged !== null) return {diverged};
      update(executor!, learningRate, clipScale(gradientNorm, maxGradientNorm) / parts.length);
      return {...measured, gradientNorm};
    },

    async evaluate(batch) {
      const ready = executorFor(batch);
      ready.setBatch(batch, null);
      ready.runForward();
      return losses(ready);
    },

    async logits(batch) {
      const ready = executorFor(batch);
      ready.setBatch(batch, null);
      ready.runLogits();
      return ready.floats(ready.plan.mlmLogits).slice();
    },

    async parameters() {
      return pending ? copyParameters(pending.parameters) : read(executor!);
    },

    async optimizerData() {
      if (executor && !pending) return readMoments(executor);
      const zeros = () =>
        new Map(
          names
            .filter(updater.isTrainable)
            .map((n) => [n, new Float32Array(sizeOf(shapes.get(n)!))])
        );
      return pending?.moments ?? {step: updates, first: zeros(), second: zeros()};
    },

    restore(parameters, moments) {
      pending = {parameters, moments};
      updates = moments.step;
    },

    memoryBytes: () => (executor?.bytes ?? 0) + (guide?.bytes ?? 0),

    dispose() {
      guide?.dispose();
      executor?.dispose();
      executor = null;
    }
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function write(target: Float32Array, values: Float32Array | undefined): void {
  if (values) target.set(values);
  else target.fill(0);
}
