/** From a model's logits to predictions, and from predictions to a task's metrics. */
import {
  calibration,
  classificationReport,
  type CalibrationBin,
  type ClassificationReport
} from "../glue/classification.js";
import {taskScores} from "../glue/metrics.js";
import {chooseAnswer, type AnswerWindow} from "../glue/qaSpans.js";
import {entityReport, type EntityReport} from "../glue/seqeval.js";
import {evaluateSquad, scoreAnswer} from "../glue/squad.js";
import type {AnswerDataset, Dataset, TagDataset, TextDataset} from "./dataset.js";
import type {FeatureRow} from "./features.js";

/** Metrics of one evaluation of one set. */
export interface SetScore {
  /** Under Hugging Face's names; shares in [0, 1], SQuAD's in percent. */
  metrics: Record<string, number>;
  /** The one that is watched; higher is better. NaN where it is undefined. */
  score: number;
  /** Mean loss in nats, or squared error. */
  loss: number;
  /** Examples scored. */
  examples: number;
}

/** Logits of one row: of its classes; of the classes at each piece; of starts, then of ends. */
export type RowLogits = Float32Array;

/** What a model says of each example. */
export type Predictions =
  | {
      kind: "classification";
      /** [examples][classes], each summing to 1. */
      probabilities: number[][];
      labels: number[];
    }
  | {kind: "regression"; values: number[]}
  | {kind: "tags"; tags: string[][]}
  | {
      kind: "answers";
      answers: {
        text: string;
        /** First character in the context, UTF-16; −1 for no answer. */
        start: number;
        /** Null score minus the best span's: the larger, the more "no answer". */
        noAnswer: number;
      }[];
    };

/** What a look at the errors needs besides the metrics. */
export interface ScoreDetails {
  classification: ClassificationReport | null;
  calibration: {bins: CalibrationBin[]; error: number} | null;
  entities: EntityReport | null;
}

/** Longest answer in pieces. */
const mostAnswerPieces = 30;

/** Predictions of all examples from the logits of their rows. */
export function predict(
  data: Dataset,
  rows: readonly FeatureRow[],
  logits: readonly RowLogits[],
  nullThreshold = 0
): Predictions {
  switch (data.kind) {
    case "classification": {
      const probabilities = logits.map((row) => softmax(row));
      return {kind: data.kind, probabilities, labels: probabilities.map(indexOfMax)};
    }
    case "regression":
      return {kind: data.kind, values: logits.map((row) => row[0]!)};
    case "tags":
      return {kind: data.kind, tags: predictTags(data, rows, logits)};
    case "answers":
      return {kind: data.kind, answers: predictAnswers(data, rows, logits, nullThreshold)};
  }
}

function predictTags(
  {examples, labels}: TagDataset,
  rows: readonly FeatureRow[],
  logits: readonly RowLogits[]
): string[][] {
  const tags = examples.map(({words}) => words.map(() => "O"));
  rows.forEach(({example, words}, r) => {
    words!.forEach((word, i) => {
      if (word < 0) return;
      const scores = logits[r]!.subarray(i * labels.length, (i + 1) * labels.length);
      tags[example]![word] = labels[indexOfMax(scores)]!;
    });
  });
  return tags;
}

function predictAnswers(
  {examples, task}: AnswerDataset,
  rows: readonly FeatureRow[],
  logits: readonly RowLogits[],
  nullThreshold: number
) {
  const windows = examples.map((): (AnswerWindow & {row: number})[] => []);
  rows.forEach(({example, context}, r) => {
    const half = logits[r]!.length / 2;
    windows[example]!.push({
      row: r,
      from: context!.from,
      to: context!.to,
      maxAnswerTokens: mostAnswerPieces,
      startLogits: logits[r]!.subarray(0, half),
      endLogits: logits[r]!.subarray(half)
    });
  });
  const threshold = task.id === "squad2" ? nullThreshold : Infinity;
  return examples.map(({context}, e) => {
    const own = windows[e]!;
    const {span, isNull, nullDifference} = chooseAnswer(own, threshold);
    if (!span || isNull) return {text: "", start: -1, noAnswer: nullDifference};
    const {from, offsets} = rows[own[span.window]!.row]!.context!;
    const [start] = offsets[span.start - from]!;
    const [, end] = offsets[span.end - from]!;
    const text = context.slice(start, end);
    const lead = text.length - text.trimStart().length;
    return {text: text.trim(), start: start + lead, noAnswer: nullDifference};
  });
}

/** A task's metrics of its predictions. @param loss mean over the examples */
export function scoreOf(data: Dataset, predictions: Predictions, loss: number): SetScore {
  const metrics = metricsOf(data, predictions);
  const score = metrics[data.task.score] ?? NaN;
  return {metrics, score, loss, examples: data.examples.length};
}

function metricsOf(data: Dataset, predictions: Predictions): Record<string, number> {
  switch (predictions.kind) {
    case "classification": {
      const truth = truthOf(data as TextDataset);
      if (data.task.id !== "classification")
        return withMean(taskScores(data.task.id, truth, predictions.labels));
      const {accuracy, macroF1, mcc} = classificationReport(truth, predictions.labels);
      return {accuracy, macro_f1: macroF1, matthews_correlation: mcc};
    }
    case "regression":
      return withMean(taskScores("stsb", truthOf(data as TextDataset), predictions.values));
    case "tags": {
      const truth = (data as TagDataset).examples.map(({tags}) => tags);
      const {precision, recall, f1, tokenAccuracy} = entityReport(truth, predictions.tags);
      return {f1, precision, recall, accuracy: tokenAccuracy};
    }
    case "answers":
      return answerMetrics(data as AnswerDataset, predictions.answers);
  }
}

function withMean({metrics, combined}: ReturnType<typeof taskScores>): Record<string, number> {
  return Object.keys(metrics).length > 1 ? {...metrics, combined} : metrics;
}

function answerMetrics(
  {examples, task}: AnswerDataset,
  answers: readonly {text: string; noAnswer: number}[]
): Record<string, number> {
  const gold = examples.map((example) => example.answers.map(({text}) => text));
  if (task.id === "squad2") {
    const items = answers.map(({text}, i) => ({gold: gold[i]!, prediction: text}));
    const report = evaluateSquad(items);
    return {
      f1: report.f1,
      exact_match: report.exact,
      ...(report.hasAnswer && {has_answer_f1: report.hasAnswer.f1}),
      ...(report.noAnswer && {no_answer_f1: report.noAnswer.f1})
    };
  }
  const scores = answers.map(({text}, i) => scoreAnswer(text, gold[i]!, "1.1"));
  const mean = (key: "exact" | "f1") =>
    (100 * scores.reduce((sum, score) => sum + score[key], 0)) / scores.length;
  return {f1: mean("f1"), exact_match: mean("exact")};
}

/** Confusion, per-class scores and calibration of classes; entities of tags. */
export function detailsOf(data: Dataset, predictions: Predictions): ScoreDetails {
  const details: ScoreDetails = {classification: null, calibration: null, entities: null};
  if (predictions.kind === "classification") {
    const truth = truthOf(data as TextDataset);
    details.classification = classificationReport(truth, predictions.labels);
    details.calibration = calibration(
      predictions.probabilities.map((p, i) => p[predictions.labels[i]!]!),
      truth.map((label, i) => label === predictions.labels[i])
    );
  } else if (predictions.kind === "tags") {
    const truth = (data as TagDataset).examples.map(({tags}) => tags);
    details.entities = entityReport(truth, predictions.tags);
  }
  return details;
}

/** Labels of every example. @throws Error if one has none */
export function truthOf({examples}: TextDataset): number[] {
  return examples.map(({label}) => {
    if (label === null) throw new Error("a row has no label");
    return label;
  });
}

/** Loss of one row in nats, or its squared error; and the number of labels it is the sum of. */
export function rowLoss(
  kind: Dataset["kind"],
  {labels}: FeatureRow,
  logits: RowLogits,
  classes: number
): {sum: number; count: number} {
  if (kind === "regression") return {sum: (logits[0]! - labels[0]!) ** 2, count: 1};
  if (kind === "classification") return {sum: surprise(logits, labels[0]!), count: 1};
  let sum = 0;
  let count = 0;
  if (kind === "answers") {
    const half = logits.length / 2;
    sum =
      (surprise(logits.subarray(0, half), labels[0]!) +
        surprise(logits.subarray(half), labels[1]!)) /
      2;
    return {sum, count: 1};
  }
  labels.forEach((label, i) => {
    if (label < 0) return;
    sum += surprise(logits.subarray(i * classes, (i + 1) * classes), label);
    count += 1;
  });
  return {sum, count};
}

/** −log softmax(x)[label]. */
function surprise(x: Float32Array, label: number): number {
  let largest = -Infinity;
  for (const value of x) if (value > largest) largest = value;
  let total = 0;
  for (const value of x) total += Math.exp(value - largest);
  return largest + Math.log(total) - x[label]!;
}

/** Probabilities of logits. */
export function softmax(x: ArrayLike<number>): number[] {
  let largest = -Infinity;
  for (let i = 0; i < x.length; ++i) largest = Math.max(largest, x[i]!);
  const each = Array.from(x, (value) => Math.exp(value - largest));
  const total = each.reduce((a, b) => a + b, 0);
  return each.map((value) => value / total);
}

/** Index of the largest number, the first of several. */
export function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; ++i) if (values[i]! > values[best]!) best = i;
  return best;
}
