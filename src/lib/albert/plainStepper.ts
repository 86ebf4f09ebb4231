import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {teacherSignal} from "./distillation.js";
import {encode} from "./forward.js";
import {maskedLmLogits} from "./heads.js";
import type {Batch} from "./objectives/batch.js";
import {gatherRows} from "./ops/rows.js";
import {disposeState, makeOptimizer} from "./optimizers/optimizer.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type ParameterData
} from "./params.js";
import {
  divergence,
  partsOf,
  type BatchLosses,
  type Stepper,
  type StepperSettings
} from "./stepper.js";
import {evaluatePretraining, trainStep} from "./train.js";

/** A model trained by the plain form of its operations on the active tfjs backend. */
export function plainStepper(
  config: AlbertConfig,
  initial: ParameterData,
  {optimizer: name, options, maxGradientNorm, seed, teacher}: StepperSettings
): Stepper {
  const optimizer = makeOptimizer(name, options);
  let params = uploadParameters(initial);
  let state = optimizer.init(params);
  const guide = teacher && uploadParameters(teacher.parameters);

  return {
    executor: `plain operations on tfjs ${tf.getBackend()}`,

    async step(batch, step, learningRate) {
      if (step !== state.step) throw new Error(`step ${step} after ${state.step} updates`);
      const parts = partsOf(batch);
      if (teacher && parts.length > 1) throw new Error("a taught step is made of one batch");
      const distillation = teacher && {
        signal: await teacherSignal(guide!, parts[0]!, teacher.config),
        weights: teacher.weights
      };
      const options = {config, optimizer, learningRate, seed, maxGradientNorm, distillation};
      const result = await trainStep(params, state, parts, options);
      if (!result.isFinite) {
        const {loss, gradientNorm} = result.metrics;
        return {diverged: divergence(step, loss, gradientNorm)!};
      }
      disposeParameters(params);
      disposeState(state);
      ({params, state} = result);
      const {loss, mlmLoss, mlmAccuracy, sentenceLoss, sentenceAccuracy} = result.metrics;
      const mlmCount = parts.reduce((sum, part) => sum + slotsInUse(part), 0);
      const rows = parts.reduce((sum, part) => sum + part.batch, 0);
      return {
        loss,
        mlmLoss: mlmLoss ?? 0,
        mlmCorrect: (mlmAccuracy ?? 0) * mlmCount,
        mlmCount,
        sentenceLoss,
        sentenceCorrect: sentenceAccuracy === null ? null : sentenceAccuracy * rows,
        gradientNorm: result.metrics.gradientNorm
      };
    },

    async evaluate(batch): Promise<BatchLosses> {
      const scores = await evaluatePretraining(params, [batch], config);
      return {
        ...scores,
        sentenceCorrect: scores.sentenceLoss === null ? null : scores.sentenceCorrect
      };
    },

    async logits(batch) {
      const scores = tf.tidy(() => {
        const {sequenceOutput} = encode(params, batch, config, {isPlain: true});
        const rows = tf.reshape(sequenceOutput, [-1, config.hiddenSize]);
        const masked = gatherRows(rows, tf.tensor1d(batch.maskedPositions, "int32"));
        return maskedLmLogits(params, masked, config, {isPlain: true});
      });
      const values = (await scores.data<"float32">()).slice();
      scores.dispose();
      return values;
    },

    parameters: () => downloadParameters(params),

    optimizerData: () => optimizer.save(state),

    restore(parameters, data) {
      disposeParameters(params);
      disposeState(state);
      params = uploadParameters(parameters);
      state = optimizer.restore(params, data);
    },

    memoryBytes: () => tf.memory().numBytes,

    dispose() {
      if (guide) disposeParameters(guide);
      disposeParameters(params);
      disposeState(state);
    }
  };
}

function slotsInUse({maskedWeights}: Batch): number {
  return maskedWeights.reduce((sum, weight) => sum + weight, 0);
}
