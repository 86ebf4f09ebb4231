import type {AlbertConfig} from "../config.js";

/** Rows with what their head should say: one batch of fine-tuning. */
export interface LabelledRows {
  /** Number of rows; of text pairs that are read apart, all first texts, then their partners. */
  batch: number;
  /** Positions in a row, special tokens and padding included. */
  sequence: number;
  /** [batch × sequence], row after row, padded on the right with the pad id. */
  inputIds: Int32Array;
  /** 1 for a token, 0 for padding, [batch × sequence]. */
  attentionMask: Int32Array;
  /** 0 for [CLS] A [SEP] and for padding, 1 for B [SEP], [batch × sequence]. */
  tokenTypeIds: Int32Array;
  /**
   * Sequence classification: class or value of each row, [batch], or of each pair, [batch / 2]. Token classification: class of
   * each piece, [batch × sequence]. Question answering: position of the first piece of each row's
   * answer, then those of the last, [2 × batch].
   */
  labels: Float32Array;
  /** Weight of each label in the mean loss, of the same length; 0 ignores it. */
  weights: Float32Array;
}

/** How the logits of a batch lie: rows that each have one label, and the choices of a row. */
export interface LogitsShape {
  rows: number;
  /** 1 for regression. */
  classes: number;
}

/** Logits per batch: `[batch, labels]`, `[batch / 2, labels]`, `[batch × sequence, labels]`, or `[2 × batch, sequence]`. */
export function logitsShape(
  {architecture, id2label}: Pick<AlbertConfig, "architecture" | "id2label">,
  batch: number,
  sequence: number
): LogitsShape {
  switch (architecture) {
    case "AlbertForSequenceClassification":
      return {rows: batch, classes: id2label.length};
    case "AlbertForTokenClassification":
      return {rows: batch * sequence, classes: id2label.length};
    case "AlbertForTextPairs":
      return {rows: batch / 2, classes: id2label.length};
    case "AlbertForQuestionAnswering":
      return {rows: 2 * batch, classes: sequence};
    default:
      throw new Error(`${architecture} is not fine-tuned`);
  }
}

/** Whether a head predicts a number instead of a class. */
export function isRegression({
  architecture,
  id2label,
  problemType
}: Pick<AlbertConfig, "architecture" | "id2label" | "problemType">): boolean {
  return (
    (architecture === "AlbertForSequenceClassification" || architecture === "AlbertForTextPairs") &&
    (problemType === "regression" || (problemType === null && id2label.length === 1))
  );
}

/** Weighted mean of squared differences from the labels. */
export function squaredError(
  predicted: Float32Array,
  {labels, weights}: Pick<LabelledRows, "labels" | "weights">
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < labels.length; ++i) {
    sum += weights[i]! * (predicted[i]! - labels[i]!) ** 2;
    total += weights[i]!;
  }
  return sum / total;
}

/**
 * What a plan computes the gradient of `squaredError` from: minus the labels, and 2w/Σw, which the
 * differences are multiplied by.
 */
export function squaredErrorInputs({labels, weights}: Pick<LabelledRows, "labels" | "weights">): {
  negated: Float32Array;
  slopes: Float32Array;
} {
  const total = weights.reduce((a, b) => a + b, 0);
  return {negated: labels.map((y) => -y), slopes: weights.map((w) => (2 * w) / total)};
}
