/** The work that a backend must get right before it is used: one forward and one gradient. */
import * as tf from "@tensorflow/tfjs-core";
import {makeConfig} from "../albert/config.js";
import {lossAndGradients} from "../albert/gradients.js";
import {pretrainingLoss} from "../albert/loss.js";
import type {Batch} from "../albert/objectives/batch.js";
import {disposeParameters, initParameters, uploadParameters} from "../albert/params.js";

/** Small, with every operation of training in it: a pair of rows, padding, masked slots, pooler. */
const config = makeConfig({
  vocabSize: 23,
  embeddingSize: 6,
  hiddenSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 8,
  initializerRange: 0.2
});

const batch: Batch = {
  batch: 2,
  sequence: 7,
  inputIds: Int32Array.of(2, 5, 4, 9, 3, 11, 3, 2, 14, 4, 3, 20, 3, 0),
  attentionMask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
  tokenTypeIds: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0),
  maskedPositions: Int32Array.of(2, 0, 9, 7),
  maskedLabels: Int32Array.of(8, 0, 17, 0),
  maskedWeights: Float32Array.of(1, 0, 1, 0),
  sentenceLabels: Int32Array.of(0, 1)
};

/** Loss and all gradients end to end on the active backend. */
export async function selfTest(): Promise<{loss: number; gradient: Float32Array}> {
  const params = uploadParameters(initParameters(config, 1));
  const {loss, gradient} = tf.tidy(() => {
    const {result, gradients} = lossAndGradients(params, () =>
      pretrainingLoss(params, batch, config)
    );
    const flat = [...gradients.values()].map((tensor) => tf.reshape(tensor, [tensor.size]));
    return {loss: result.loss, gradient: tf.concat(flat)};
  });
  const values = {
    loss: (await loss.data())[0]!,
    gradient: (await gradient.data<"float32">()).slice()
  };
  loss.dispose();
  gradient.dispose();
  disposeParameters(params);
  return values;
}
