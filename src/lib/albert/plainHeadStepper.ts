import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import type {HeadStepper} from "./headStepper.js";
import {forward} from "./heads.js";
import type {Labels} from "./loss.js";
import type {LabelledRows} from "./objectives/labelledRows.js";
import {disposeState, makeOptimizer} from "./optimizers/optimizer.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type ParameterData
} from "./params.js";
import {divergence, partsOf, type StepperSettings} from "./stepper.js";
import {trainStep} from "./train.js";

/** A model with a head, trained by the plain form of its operations on the active tfjs backend. */
export function plainHeadStepper(
  config: AlbertConfig,
  initial: ParameterData,
  {optimizer: name, options, maxGradientNorm, seed}: StepperSettings
): HeadStepper {
  const optimizer = makeOptimizer(name, options);
  let params = uploadParameters(initial);
  let state = optimizer.init(params);

  return {
    executor: `plain operations on tfjs ${tf.getBackend()}`,

    async step(rows, step, learningRate) {
      if (step !== state.step) throw new Error(`step ${step} after ${state.step} updates`);
      const batch = partsOf(rows).map((part) => ({inputs: part, labels: labelsOf(part, config)}));
      const options = {config, optimizer, learningRate, seed, maxGradientNorm};
      const result = await trainStep(params, state, batch, options);
      if (!result.isFinite) {
        const {loss, gradientNorm} = result.metrics;
        return {diverged: divergence(step, loss, gradientNorm)!};
      }
      disposeParameters(params);
      disposeState(state);
      ({params, state} = result);
      return {loss: result.metrics.loss, gradientNorm: result.metrics.gradientNorm};
    },

    async logits(rows) {
      const scores = tf.tidy(() => {
        const {logits} = forward(params, rows, config, {isPlain: true});
        const start = logits.get("start_logits");
        return start
          ? tf.concat([start, logits.get("end_logits")!], 0)
          : tf.clone(logits.get("logits")!);
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
      disposeParameters(params);
      disposeState(state);
    }
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
