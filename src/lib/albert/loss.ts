import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import type {AlbertConfig, ProblemType} from "./config.js";
import {encode, type EncodeOptions} from "./forward.js";
import {maskedLmLogits, sentenceLogits, type ModelOutput} from "./heads.js";
import type {Batch} from "./objectives/batch.js";
import {dot, sumOf} from "./ops/arithmetic.js";
import {crossEntropy} from "./ops/crossEntropy.js";
import {binaryCrossEntropy, meanSquaredError} from "./ops/meanLoss.js";
import {gatherRows} from "./ops/rows.js";
import {reshape} from "./ops/shape.js";
import type {Parameters} from "./params.js";

/** Numbers, flat or nested. */
export type LabelNumbers = ArrayLike<number> | readonly (readonly number[])[];

/** What the head should have said; which fields are read depends on the head. */
export interface Labels {
  /**
   * Class of each piece or row, −100 to ignore it; for regression its value, for several labels a
   * row of 0 and 1.
   */
  labels?: LabelNumbers;
  /**
   * Weight of each label in the weighted mean that is the loss; default 1. Question answering: of
   * each first piece, then of each last one. Several labels a row and pretraining have none.
   */
  weights?: ArrayLike<number>;
  /** Pretraining: 0 in order, 1 swapped, of each row. */
  sentenceOrderLabel?: ArrayLike<number>;
  /** Question answering: first and last piece of each answer; past the end is ignored. */
  startPositions?: ArrayLike<number>;
  endPositions?: ArrayLike<number>;
  /** A bare model: its loss is the sum of its outputs times these, of the outputs' sizes. */
  cotangents?: {sequenceOutput?: LabelNumbers; pooledOutput?: LabelNumbers};
}

/** The label that marks what a loss ignores. */
export const ignoredLabel = -100;

/**
 * The head's loss as Hugging Face computes it: means over what is not ignored, NaN if everything
 * is. Differentiable; the scalar belongs to the enclosing `tf.tidy` or to the caller.
 *
 * @returns null if no label that the head needs is given
 * @throws InputError if labels do not fit the logits
 */
export function lossOf(
  {logits, sequenceOutput, pooledOutput}: ModelOutput,
  given: Labels,
  config: AlbertConfig
): tf.Scalar | null {
  const get = (name: string) => logits.get(name)!;
  const {labels} = given;
  switch (config.architecture) {
    case "AlbertModel":
      return cotangentLoss(sequenceOutput, pooledOutput, given);
    case "AlbertForPreTraining":
      return total([
        labels && classLoss("labels", get("prediction_logits"), labels),
        given.sentenceOrderLabel &&
          logits.has("sop_logits") &&
          classLoss("sentence_order_label", get("sop_logits"), given.sentenceOrderLabel)
      ]);
    case "AlbertForSequenceClassification":
    case "AlbertForTextPairs":
      return labels ? sequenceLoss(get("logits"), labels, config.problemType, given.weights) : null;
    case "AlbertForQuestionAnswering": {
      if (!given.startPositions || !given.endPositions) return null;
      const {startPositions, endPositions, weights} = given;
      const n = startPositions.length;
      const part = (from: number) => weights && Array.from(weights).slice(from, from + n);
      const start = positionLoss("start_positions", get("start_logits"), startPositions, part(0));
      const end = positionLoss("end_positions", get("end_logits"), endPositions, part(n));
      return sumOf([start, end], 0.5);
    }
    case "AlbertForMaskedLM":
    case "AlbertForTokenClassification":
    case "AlbertForMultipleChoice":
      return labels ? classLoss("labels", get("logits"), labels, given.weights) : null;
  }
}

function total(parts: (tf.Scalar | undefined | false)[]): tf.Scalar | null {
  const given = parts.filter((part) => part instanceof tf.Tensor) as tf.Scalar[];
  return given.length === 0 ? null : sumOf(given);
}

function flatten(numbers: LabelNumbers): ArrayLike<number> {
  return Array.isArray(numbers[0])
    ? (numbers as readonly (readonly number[])[]).flat()
    : (numbers as ArrayLike<number>);
}

/** Mean cross-entropy over the last axis of rows whose label is not ignored. */
function classLoss(
  name: string,
  logits: tf.Tensor,
  labels: LabelNumbers,
  given?: ArrayLike<number>
): tf.Scalar {
  const classes = logits.shape.at(-1)!;
  const rows = logits.size / classes;
  const flat = flatten(labels);
  expectCount(name, flat, rows);
  if (given) expectCount("weights", given, rows);
  const weights = new Float32Array(rows);
  for (let i = 0; i < rows; ++i) {
    const label = flat[i]!;
    if (label === ignoredLabel || given?.[i] === 0) continue;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new InputError(`${name}: ${label} at ${i}, expected 0 to ${classes - 1}, or -100`);
    weights[i] = given?.[i] ?? 1;
  }
  return crossEntropy(reshape(logits, [rows, classes]), flat, weights).loss;
}

/** Cross-entropy over positions; one past the end (or beyond) is ignored, below 0 counts as 0. */
function positionLoss(
  name: string,
  logits: tf.Tensor,
  given: ArrayLike<number>,
  weights?: ArrayLike<number>
): tf.Scalar {
  const [batch, seq] = logits.shape as [number, number];
  expectCount(name, given, batch);
  const labels = Array.from(given, (p) => (p >= seq ? ignoredLabel : Math.max(0, p)));
  return classLoss(name, logits, labels, weights);
}

function sequenceLoss(
  logits: tf.Tensor,
  labels: LabelNumbers,
  type: ProblemType,
  weights?: ArrayLike<number>
): tf.Scalar {
  const columns = logits.shape[1]!;
  const isNested = Array.isArray(labels[0]);
  const problem =
    type ??
    (columns === 1
      ? "regression"
      : isNested
        ? "multi_label_classification"
        : "single_label_classification");
  if (problem === "single_label_classification")
    return classLoss("labels", logits, labels, weights);
  const flat = flatten(labels);
  expectCount("labels", flat, logits.size);
  const target = tf.tensor(Float32Array.from(flat), logits.shape);
  return problem === "regression"
    ? meanSquaredError(logits, target)
    : binaryCrossEntropy(logits, target);
}

function cotangentLoss(
  sequenceOutput: tf.Tensor,
  pooledOutput: tf.Tensor | undefined,
  {cotangents}: Labels
): tf.Scalar | null {
  const part = (name: string, output: tf.Tensor | undefined, numbers: LabelNumbers | undefined) => {
    if (!output || !numbers) return undefined;
    const flat = flatten(flatten(numbers) as LabelNumbers);
    expectCount(name, flat, output.size);
    return dot(output, tf.tensor(Float32Array.from(flat), output.shape));
  };
  return total([
    part("cotangent_last_hidden_state", sequenceOutput, cotangents?.sequenceOutput),
    part("cotangent_pooler_output", pooledOutput, cotangents?.pooledOutput)
  ]);
}

function expectCount(name: string, numbers: ArrayLike<number>, count: number): void {
  if (numbers.length !== count)
    throw new InputError(`${name}: ${numbers.length} numbers, expected ${count}`);
}

/** Loss of a pretraining batch and its parts, all scalars. */
export type PretrainingLoss = {
  /** mlmLoss plus sentenceLoss. */
  loss: tf.Scalar;
  /** Weighted mean over the masked slots; 0 if none is in use. */
  mlmLoss: tf.Scalar;
  /** Mean over the rows; null without a sentence objective. */
  sentenceLoss: tf.Scalar | null;
  /** Masked slots whose label has the largest logit. */
  mlmCorrect: tf.Scalar;
  /** Rows whose sentence label has the larger logit; null without a sentence objective. */
  sentenceCorrect: tf.Scalar | null;
};

/**
 * Masked LM and sentence loss of a batch. Only the masked slots reach the vocabulary. The scalars
 * belong to the enclosing `tf.tidy` or to the caller.
 */
export function pretrainingLoss(
  params: Parameters,
  batch: Batch,
  config: AlbertConfig,
  options: EncodeOptions = {}
): PretrainingLoss {
  const result = tf.tidy(() => {
    const {sequenceOutput, pooledOutput} = encode(params, batch, config, options);
    const hidden = reshape(sequenceOutput, [batch.batch * batch.sequence, config.hiddenSize]);
    const weights = batch.maskedWeights.some((w) => w !== 0) ? batch.maskedWeights : null;
    let mlm = {loss: tf.scalar(0), correct: tf.scalar(0)};
    if (weights) {
      const rows = gatherRows(hidden, tf.tensor1d(batch.maskedPositions, "int32"));
      mlm = crossEntropy(
        maskedLmLogits(params, rows, config, options),
        batch.maskedLabels,
        weights
      );
    }
    const hasSentences =
      batch.sentenceLabels && pooledOutput && config.architecture === "AlbertForPreTraining";
    const sentence = hasSentences
      ? crossEntropy(sentenceLogits(params, pooledOutput, config, options), batch.sentenceLabels!)
      : null;
    return {
      loss: sumOf(sentence ? [mlm.loss, sentence.loss] : [mlm.loss]),
      mlmLoss: mlm.loss,
      sentenceLoss: sentence?.loss ?? null,
      mlmCorrect: mlm.correct,
      sentenceCorrect: sentence?.correct ?? null
    } as unknown as tf.TensorContainerObject;
  });
  return result as unknown as PretrainingLoss;
}
