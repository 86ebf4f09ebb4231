/** Metrics of a run as rows under the column names of metrics.csv, for files and charts. */
import type {StepMetrics} from "./trainingCalls.js";

/** The columns of metrics.csv, in order. Losses in nats, accuracies in [0, 1], memory in bytes. */
export const metricColumns = [
  "step",
  "loss",
  "mlm_loss",
  "sentence_loss",
  "learning_rate",
  "gradient_norm",
  "tokens_per_second",
  "mlm_accuracy",
  "sentence_accuracy",
  "memory_bytes"
] as const;

export type MetricsRow = Record<(typeof metricColumns)[number], number | null> & {step: number};

/** One step's metrics under their column names. */
export function metricsRow(metrics: StepMetrics): MetricsRow {
  return {
    step: metrics.step,
    loss: metrics.loss,
    mlm_loss: metrics.mlmLoss,
    sentence_loss: metrics.sentenceLoss,
    learning_rate: metrics.learningRate,
    gradient_norm: metrics.gradientNorm,
    tokens_per_second: metrics.tokensPerSecond,
    mlm_accuracy: metrics.mlmAccuracy,
    sentence_accuracy: metrics.sentenceAccuracy,
    memory_bytes: metrics.memoryBytes
  };
}

/** The first line of metrics.csv. */
export const metricsHeader = `${metricColumns.join(",")}\n`;

/** One line of metrics.csv; an empty cell where a value does not apply. */
export function metricsLine(metrics: StepMetrics): string {
  const row = metricsRow(metrics);
  return `${metricColumns.map((column) => row[column] ?? "").join(",")}\n`;
}

/**
 * The rows of a metrics.csv; a line cut short, as a killed run leaves it, is left out, and so is one
 * whose step is no whole number.
 */
export function parseMetrics(text: string): StepMetrics[] {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",");
  const cellOf = (cells: string[], name: (typeof metricColumns)[number]) =>
    cells[columns.indexOf(name)] ?? "";
  return lines
    .map((line) => line.split(","))
    .filter((cells) => cells.length === columns.length)
    .map((cells) => {
      const number = (name: (typeof metricColumns)[number]) => Number(cellOf(cells, name));
      const optional = (name: (typeof metricColumns)[number]) =>
        cellOf(cells, name) === "" ? null : number(name);
      return {
        step: number("step"),
        loss: number("loss"),
        mlmLoss: number("mlm_loss"),
        sentenceLoss: optional("sentence_loss"),
        mlmAccuracy: number("mlm_accuracy"),
        sentenceAccuracy: optional("sentence_accuracy"),
        learningRate: number("learning_rate"),
        gradientNorm: number("gradient_norm"),
        tokensPerSecond: number("tokens_per_second"),
        memoryBytes: number("memory_bytes")
      };
    })
    .filter(({step}) => Number.isSafeInteger(step) && step > 0);
}
