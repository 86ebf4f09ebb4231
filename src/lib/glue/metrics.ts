import {accuracy, binaryF1, matthewsCorrelation} from "./classification.js";
import {pearson, spearman} from "./correlation.js";

export * from "./classification.js";
export * from "./correlation.js";

/** A task's scores, under Hugging Face's names, and their mean. */
export interface TaskScores {
  /** In [0, 1], correlations in [−1, 1], NaN where undefined. */
  metrics: Record<string, number>;
  /** Mean of the metrics. */
  combined: number;
}

/** GLUE tasks that are scored otherwise than by accuracy; keys without "-" and "_". */
const scorers: Record<
  string,
  (t: ArrayLike<number>, p: ArrayLike<number>) => TaskScores["metrics"]
> = {
  cola: (t, p) => ({matthews_correlation: matthewsCorrelation(t, p)}),
  ax: (t, p) => ({matthews_correlation: matthewsCorrelation(t, p)}),
  mrpc: (t, p) => ({accuracy: accuracy(t, p), f1: binaryF1(t, p)}),
  qqp: (t, p) => ({accuracy: accuracy(t, p), f1: binaryF1(t, p)}),
  stsb: (t, p) => ({pearson: pearson(t, p), spearmanr: spearman(t, p)})
};

/**
 * Scores predictions by a GLUE task's own metrics: Matthews correlation for CoLA and the diagnostic
 * set, accuracy and F1 of class 1 for MRPC and QQP, Pearson and Spearman for STS-B, accuracy for all
 * others.
 *
 * @param task for example "sst2", "sts-b" or "mnli_mismatched"
 * @param truth labels, or numbers for STS-B
 * @param predictions same length
 */
export function taskScores(
  task: string,
  truth: ArrayLike<number>,
  predictions: ArrayLike<number>
): TaskScores {
  const key = task.toLowerCase().replace(/[-_]/g, "");
  const metrics = scorers[key]?.(truth, predictions) ?? {accuracy: accuracy(truth, predictions)};
  const values = Object.values(metrics);
  return {metrics, combined: values.reduce((a, b) => a + b, 0) / values.length};
}
