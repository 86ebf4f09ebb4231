import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import type {HeadStepper} from "./headStepper.js";
import {forward} from "./heads.js";
import type {Labels} from "./loss.js";
import type {LabelledRows} from "./objectives/labelledRows.js";
import type {ParameterData} from "./params.js";
import {PlainWeights} from "./plainWeights.js";
import {partsOf, type StepperSettings} from "./stepper.js";

/** A model with a head, trained by the plain form of its operations on the active tfjs backend. */
export function plainHeadStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): HeadStepper {
  const weights = new PlainWeights(initial, settings);

  return {
    executor: weights.executor,

    async step(rows, step, learningRate) {
      const batch = partsOf(rows).map((part) => ({inputs: part, labels: labelsOf(part, config)}));
      const made = await weights.update(batch, step, {config, learningRate});
      return "diverged" in made ? made : {loss: made.loss, gradientNorm: made.gradientNorm};
    },

    async logits(rows) {
      const scores = tf.tidy(() => {
        const {logits} = forward(weights.params, rows, config, {isPlain: true});
        const start = logits.get("start_logits");
        return start
          ? tf.concat([start, logits.get("end_logits")!], 0)
          : tf.clone(logits.get("logits")!);
      });
      const values = (await scores.data<"float32">()).slice();
      scores.dispose();
      return values;
    },

    parameters: () => weights.parameters(),
    optimizerData: () => weights.optimizerData(),
    restore: (parameters, data) => weights.restore(parameters, data),
    memoryBytes: () => tf.memory().numBytes,
    dispose: () => weights.dispose()
  };
}

/** The labels of a batch as the heads' losses take them. */
function labelsOf(rows: LabelledRows, config: AlbertConfig): Labels {
  const {labels, weights, batch} = rows;
  if (config.architecture !== "AlbertForQuestionAnswering") return {labels, weights};
  return {
    startPositions: labels.subarray(0, batch),
    endPositions: labels.subarray(batch),
    weights
  };
}
