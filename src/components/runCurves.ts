import type {Evaluation, StepMetrics} from "../lib/engine/trainingCalls.js";
import type {MetricsRow} from "../lib/engine/metrics.js";
import {emptyLabel, type RunEntry} from "../lib/store/runs.js";
import type {MetricRow} from "./curve.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {lossChart, type LossChart, type LossChartOptions} from "./lossChart.js";
import {runName} from "./runsTable.js";
import {categoryColor} from "./scales.js";

/** A run with what is drawn of it. */
export interface DrawnRun {
  run: Pick<RunEntry, "id" | "label" | "color">;
  metrics: readonly Pick<StepMetrics, "step" | "mlmLoss" | "sentenceLoss" | "gradientNorm">[];
  evaluations: readonly Evaluation[];
}

/** A run with all that it measured. */
export interface MeasuredRun extends DrawnRun {
  run: RunEntry;
  metrics: readonly StepMetrics[];
}

/** The recorded run, drawn where this browser keeps none. */
export function exampleRun({
  rows,
  evaluations
}: {
  rows: readonly MetricsRow[];
  evaluations: readonly Evaluation[];
}): DrawnRun {
  return {
    run: {id: "recorded", color: 0, label: {...emptyLabel, name: "recorded"}},
    metrics: rows.map((row) => ({
      step: row.step,
      mlmLoss: row.mlm_loss!,
      sentenceLoss: row.sentence_loss,
      gradientNorm: row.gradient_norm!
    })),
    evaluations
  };
}

/** What is drawn of each run. */
export type RunMetric = "mlmLoss" | "sentenceLoss" | "gradientNorm" | "heldOutAccuracy";

/** The answers to "draw", in order. */
export const runMetrics: readonly {value: RunMetric; label: string}[] = [
  {value: "mlmLoss", label: "masked loss"},
  {value: "sentenceLoss", label: "pair loss"},
  {value: "gradientNorm", label: "gradient norm"},
  {value: "heldOutAccuracy", label: "held-out accuracy"}
];

const units: Record<RunMetric, string> = {
  mlmLoss: "masked loss (nats)",
  sentenceLoss: "pair loss (nats)",
  gradientNorm: "gradient norm",
  heldOutAccuracy: "hidden pieces guessed right (%)"
};

/** One row a step with the metric of every run under its id. */
function rowsOf(runs: readonly DrawnRun[], metric: RunMetric): MetricRow[] {
  const rows = new Map<number, MetricRow>();
  for (const {run, metrics, evaluations} of runs) {
    const points =
      metric === "heldOutAccuracy"
        ? evaluations.map(({step, mlmAccuracy}) => ({step, value: 100 * mlmAccuracy}))
        : metrics.map((row) => ({step: row.step, value: row[metric]}));
    for (const {step, value} of points) {
      let row = rows.get(step);
      if (!row) rows.set(step, (row = {step}));
      row[run.id] = value;
    }
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** Held-out points of every run, with their intervals where there are any. */
function heldOutOf(runs: readonly DrawnRun[], metric: RunMetric): LossChartOptions["heldOut"] {
  return runs.flatMap(({run, evaluations}) =>
    evaluations.flatMap((e) => {
      const at = {key: run.id, step: e.step};
      if (metric === "mlmLoss") return [{...at, value: e.mlmLoss}];
      if (metric === "sentenceLoss")
        return e.sentenceLoss === null ? [] : [{...at, value: e.sentenceLoss}];
      if (metric === "gradientNorm") return [];
      const [low, high] = e.mlmAccuracyInterval;
      return [{...at, value: 100 * e.mlmAccuracy, low: 100 * low, high: 100 * high}];
    })
  );
}

/** An empty chart for {@link updateRunCurves}. @param width in pixels */
export function runCurves(width: number): LossChart {
  return lossChart([], {width, height: 320, series: []});
}

/** Draws one metric of several runs over each other, each in its own colour. */
export function updateRunCurves(
  chart: LossChart,
  runs: readonly DrawnRun[],
  {metric, smoothing}: {metric: RunMetric; smoothing: number}
): void {
  chart.update({
    series: runs.map(({run}) => ({
      key: run.id,
      label: runName(run),
      color: categoryColor(run.color)
    })),
    rows: rowsOf(runs, metric),
    heldOut: heldOutOf(runs, metric),
    yLabel: units[metric],
    smoothing: metric === "heldOutAccuracy" ? 0 : smoothing,
    total: 0
  });
}

/** How far back the thick line remembers, in [0, 0.99]; 0 draws only the raw line. */
export function smoothingControl(initial = 0.9): View<number> {
  const text = (value: number) => (value === 0 ? "none" : value.toFixed(2));
  const told = element("output", {}, text(initial));
  const slider = element("input", {
    type: "range",
    min: 0,
    max: 0.99,
    step: 0.01,
    value: initial,
    oninput: (event) => {
      event.stopPropagation();
      told.textContent = text(Number(slider.value));
      emit(node, Number(slider.value));
    }
  });
  const label = element("label", {class: "obs-smoothing"}, "smoothing ", slider, " ", told);
  const node: View<number> = withValue(element("div", {class: "obs-view"}, label), initial);
  return node;
}

/** The numbers drawn, one row a step and run. */
export function curveRows(runs: readonly DrawnRun[], metric: RunMetric): Row[] {
  return runs.flatMap((each) =>
    rowsOf([each], metric).map((row) => ({
      run: runName(each.run),
      step: row.step,
      [metric]: row[each.run.id] ?? null
    }))
  );
}
