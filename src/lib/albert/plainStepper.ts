import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {teacherSignal} from "./distillation.js";
import {encode} from "./forward.js";
import {maskedLmLogits} from "./heads.js";
import type {Batch} from "./objectives/batch.js";
import {gatherRows} from "./ops/rows.js";
import {disposeParameters, uploadParameters, type ParameterData} from "./params.js";
import {PlainWeights} from "./plainWeights.js";
import {partsOf, type BatchLosses, type Stepper, type StepperSettings} from "./stepper.js";
import {evaluatePretraining} from "./train.js";

/** A model trained by the plain form of its operations on the active tfjs backend. */
export function plainStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): Stepper {
  const weights = new PlainWeights(initial, settings);
  const {teacher} = settings;
  const guide = teacher && uploadParameters(teacher.parameters);

  return {
    executor: weights.executor,

    async step(batch, step, learningRate) {
      const parts = partsOf(batch);
      if (teacher && parts.length > 1) throw new Error("a taught step is made of one batch");
      const distillation = teacher && {
        signal: await teacherSignal(guide!, parts[0]!, teacher.config),
        weights: teacher.weights
      };
      const made = await weights.update(parts, step, {config, learningRate, distillation});
      if ("diverged" in made) return made;
      const {loss, mlmLoss, mlmAccuracy, sentenceLoss, sentenceAccuracy, gradientNorm} = made;
      const mlmCount = parts.reduce((sum, part) => sum + slotsInUse(part), 0);
      const rows = parts.reduce((sum, part) => sum + part.batch, 0);
      return {
        loss,
        mlmLoss: mlmLoss ?? 0,
        mlmCorrect: (mlmAccuracy ?? 0) * mlmCount,
        mlmCount,
        sentenceLoss,
        sentenceCorrect: sentenceAccuracy === null ? null : sentenceAccuracy * rows,
        gradientNorm
      };
    },

    async evaluate(batch): Promise<BatchLosses> {
      const scores = await evaluatePretraining(weights.params, [batch], config);
      return {
        ...scores,
        sentenceCorrect: scores.sentenceLoss === null ? null : scores.sentenceCorrect
      };
    },

    async logits(batch) {
      const scores = tf.tidy(() => {
        const {sequenceOutput} = encode(weights.params, batch, config, {isPlain: true});
        const rows = tf.reshape(sequenceOutput, [-1, config.hiddenSize]);
        const masked = gatherRows(rows, tf.tensor1d(batch.maskedPositions, "int32"));
        return maskedLmLogits(weights.params, masked, config, {isPlain: true});
      });
      const values = (await scores.data<"float32">()).slice();
      scores.dispose();
      return values;
    },

    parameters: () => weights.parameters(),
    optimizerData: () => weights.optimizerData(),
    restore: (parameters, data) => weights.restore(parameters, data),
    memoryBytes: () => tf.memory().numBytes,

    dispose() {
      if (guide) disposeParameters(guide);
      weights.dispose();
    }
  };
}

function slotsInUse({maskedWeights}: Batch): number {
  return maskedWeights.reduce((sum, weight) => sum + weight, 0);
}
