/** The work that a backend must get right before it is used: one forward and one gradient. */
import * as tf from "@tensorflow/tfjs-core";
import {makeConfig} from "../albert/config.js";
import type {EncodeOptions} from "../albert/forward.js";
import {lossAndGradients} from "../albert/gradients.js";
import {forward} from "../albert/heads.js";
import {pretrainingLoss} from "../albert/loss.js";
import type {Batch} from "../albert/objectives/batch.js";
import {disposeParameters, initParameters, uploadParameters} from "../albert/params.js";
import {fromBase64} from "../tokenizer/base64.js";
import {expectedBase64} from "./expected.generated.js";

/** Small, with every operation of training in it: a pair of rows, padding, masked slots, pooler. */
export const selfTestConfig = makeConfig({
  vocabSize: 23,
  embeddingSize: 6,
  hiddenSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 8,
  initializerRange: 0.2
});

export const selfTestBatch: Batch = {
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

/** Sizes of that batch. */
export const selfTestShape = {
  batch: selfTestBatch.batch,
  sequence: selfTestBatch.sequence,
  slots: selfTestBatch.maskedLabels.length
};

/** The weights of the self-test. */
export const selfTestParameters = () => initParameters(selfTestConfig, 1);

/** What a self-test found. */
export interface SelfTestResult {
  loss: number;
  /** Names of the tensors whose gradients lie end to end in `gradient`. */
  names: string[];
  gradient: Float32Array;
}

/** What the plain form gives on the processor, its answers too; see `selfTestAnswers`. */
export type Expected = SelfTestResult & {answers: Float32Array};

/**
 * The same as it was computed once (`bin/expected.ts`), so that no start waits for it; a test computes it anew.
 */
export function expected(): Expected {
  const numbers = (text: string) => new Float32Array(fromBase64(text)!.buffer);
  const {loss, gradient, answers} = expectedBase64;
  return {
    names: [...selfTestParameters().keys()],
    loss: numbers(loss)[0]!,
    gradient: numbers(gradient),
    answers: numbers(answers)
  };
}

/** The same computed on the backend in use. */
export async function plainExpected(): Promise<Expected> {
  return {...(await selfTest()), answers: await selfTestAnswers({isPlain: true})};
}

/** Loss and gradients of a self-test, not read yet. */
interface Recorded {
  names: string[];
  loss: tf.Tensor;
  gradients: tf.Tensor[];
  dispose(): void;
}

/** Gives the work of the self-test to the active backend, in the plain form. */
export function recordSelfTest(): Recorded {
  const params = uploadParameters(selfTestParameters());
  const names: string[] = [];
  const {loss, gradients} = tf.tidy(() => {
    const {result, gradients} = lossAndGradients(params, () =>
      pretrainingLoss(params, selfTestBatch, selfTestConfig, {isPlain: true})
    );
    names.push(...gradients.keys());
    return {loss: result.loss, gradients: [...gradients.values()]};
  });
  disposeParameters(params);
  return {names, loss, gradients, dispose: () => tf.dispose([loss, gradients])};
}

/** Loss and all gradients on the active backend, in the plain form; joined here and not on the device. */
export async function selfTest(): Promise<SelfTestResult> {
  const {names, loss, gradients, dispose} = recordSelfTest();
  try {
    const values = await Promise.all(gradients.map((tensor) => tensor.data<"float32">()));
    return {
      names,
      loss: (await loss.data())[0]!,
      gradient: Float32Array.from(values.flatMap((numbers) => [...numbers]))
    };
  } finally {
    dispose();
  }
}

/** Output, pooled output and logits end to end, of a pass without gradients; joined here and not on the device. */
export async function selfTestAnswers(options: EncodeOptions = {}): Promise<Float32Array> {
  const params = uploadParameters(selfTestParameters());
  const answers = tf.tidy(() => {
    const {sequenceOutput, pooledOutput, logits} = forward(
      params,
      selfTestBatch,
      selfTestConfig,
      options
    );
    return [sequenceOutput, pooledOutput!, ...logits.values()];
  });
  const values = await Promise.all(answers.map((tensor) => tensor.data<"float32">()));
  tf.dispose(answers);
  disposeParameters(params);
  return Float32Array.from(values.flatMap((numbers) => [...numbers]));
}

/** How far a self-test is from the expected: largest errors, relative to the largest number. */
export interface SelfTestErrors {
  lossError: number;
  gradientError: number;
}

/** Infinite where a number is not one. */
export function selfTestErrors(actual: SelfTestResult, expected: SelfTestResult): SelfTestErrors {
  return {
    lossError: relativeError([actual.loss], [expected.loss]),
    gradientError: relativeError(actual.gradient, expected.gradient)
  };
}

/** What is wrong with a self-test, in words; null where it passes. */
export function faultOf(
  {lossError, gradientError}: SelfTestErrors,
  tolerance: number
): string | null {
  if (lossError <= tolerance && gradientError <= tolerance) return null;
  return `forward is off by ${lossError.toExponential(1)}, gradient by ${gradientError.toExponential(1)} (allowed ${tolerance})`;
}

/** max |a − b| / max |b|; infinite when a value is not a number. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < b.length; ++i) {
    const d = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(d)) return Infinity;
    difference = Math.max(difference, d);
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return difference / scale;
}
