import type {FineTuneEvaluation, FineTuneSummary} from "../lib/engine/fineTuning/protocol.js";
import {element} from "./dom.js";
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

/** The task's metrics of the run at its best beside what guesses without a network score. */
export function scoreTable(summary: FineTuneSummary, best: FineTuneEvaluation | null): HTMLElement {
  const rows = scoreRows(summary, best);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (key) => key !== "name"
  );
  return element(
    "div",
    {class: "obs-view obs-table"},
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", {scope: "col"}, "on dev, of 100"),
          keys.map((key) => element("th", {scope: "col", class: "obs-num"}, metricName(key)))
        )
      ),
      element(
        "tbody",
        {},
        rows.map((row) =>
          element(
            "tr",
            {},
            element("th", {scope: "row"}, String(row.name)),
            keys.map((key) => {
              const value = row[key];
              const isNumber = typeof value === "number" && Number.isFinite(value);
              return element("td", {class: "obs-num"}, isNumber ? formatNumber(value) : "–");
            })
          )
        )
      )
    )
  );
}
