import type {FineTuneEvaluation, FineTuneSummary} from "../lib/engine/fineTuning/protocol.js";
import {numberTable} from "./numberTable.js";
import type {Row} from "./downloads.js";
import {formatNumber} from "./formats.js";

/** Names of metrics as they are read. */
const names: Record<string, string> = {
  accuracy: "accuracy",
  matthews_correlation: "Matthews corr.",
  f1: "F1",
  macro_f1: "macro F1",
  pearson: "Pearson",
  spearmanr: "Spearman",
  combined: "mean",
  exact_match: "exact match",
  precision: "precision",
  recall: "recall",
  has_answer_f1: "F1 with answer",
  no_answer_f1: "F1 without"
};

/** A metric's name for a reader. */
export function metricName(key: string): string {
  return names[key] ?? key.replaceAll("_", " ");
}

/** A metric on a scale to 100: SQuAD's are there already. */
export function inPercent(kind: FineTuneSummary["kind"], value: number | null): number {
  if (value === null) return NaN;
  return kind === "answers" ? value : 100 * value;
}

/** Scores of the run at its best and of every baseline, as rows with the metrics as columns. */
export function scoreRows(summary: FineTuneSummary, best: FineTuneEvaluation | null): Row[] {
  const row = (name: string, metrics: Record<string, number>): Row => ({
    name,
    ...Object.fromEntries(
      Object.entries(metrics).map(([key, value]) => [key, inPercent(summary.kind, value)])
    )
  });
  const own = best ? [row(`this model, step ${best.step}`, best.dev.metrics)] : [];
  return [...own, ...summary.baselines.map(({name, metrics}) => row(name, metrics))];
}

/**
 * The task's metrics of the run at its best beside what guesses without a network score.
 *
 * @param interval of a share in [0, 1], from how many of how many: the accuracy of classes has it, being a
 * share of the dev rows
 */
export function scoreTable(
  summary: FineTuneSummary,
  best: FineTuneEvaluation | null,
  interval?: (right: number, n: number) => readonly [low: number, high: number]
): HTMLElement {
  const rows = scoreRows(summary, best);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (key) => key !== "name"
  );
  return numberTable(
    "the task's metrics of the best weights and of baselines",
    "on dev, of 100",
    keys.map(metricName),
    rows.map((row) => ({
      name: String(row.name),
      cells: keys.map((key) => {
        const value = row[key];
        if (typeof value !== "number" || !Number.isFinite(value)) return "–";
        if (!interval || key !== "accuracy" || summary.kind !== "classification")
          return formatNumber(value);
        const n = summary.dev.examples;
        const [low, high] = interval(Math.round((value / 100) * n), n);
        return `${formatNumber(value)} [${formatNumber(100 * low)}, ${formatNumber(100 * high)}]`;
      })
    }))
  );
}
