import type {FineTuneEvaluation, FineTuneSummary} from "../lib/engine/fineTuning/protocol.js";
import type {FineTuneState} from "../lib/engine/fineTuning/sessionState.js";
import {lossChart, type LossChart} from "./lossChart.js";
import {inPercent, metricName} from "./scoreTable.js";
import {statusLine, type TrainingControls, type TrainingState} from "./trainingControls.js";

const phases: Record<FineTuneState["phase"], TrainingState["phase"]> = {
  idle: "idle",
  preparing: "preparing",
  training: "running",
  pausing: "pausing",
  paused: "paused",
  recovering: "preparing",
  finished: "done",
  diverged: "failed",
  failed: "failed"
};

/** Rows over which the shown speed is averaged. */
const speedRows = 20;

/** What the controls show of a run. */
export function fineTuneControls(state: FineTuneState): TrainingState {
  const {phase, rows, summary, progress} = state;
  const last = rows.at(-1);
  const recent = rows.slice(-speedRows);
  const speed = recent.reduce((sum, row) => sum + row.tokensPerSecond, 0) / recent.length;
  const shown: TrainingState = {
    phase: phases[phase],
    step: last?.step ?? 0,
    total: summary?.steps,
    loss: last?.loss,
    tokensPerSecond: recent.length ? speed : undefined
  };
  if (shown.phase === "preparing") return {...shown, status: progress?.phase ?? phase};
  if ((shown.phase === "running" || shown.phase === "pausing") && progress)
    return {...shown, status: `${statusLine(shown)} · ${progress.phase}`};
  if (phase === "idle")
    return {...shown, status: "nothing trained yet: the figures show a run that was recorded"};
  return shown;
}

/** An empty chart of the loss of batches and of the dev rows. @param width in pixels */
export function fineTuneLossChart(width: number): LossChart {
  return lossChart([], {
    width,
    series: [
      {key: "loss", label: "training batches"},
      {key: "dev_loss", label: "dev rows"}
    ],
    yLabel: "loss"
  });
}

/** An empty chart of the task's metric on dev and train. @param width in pixels */
export function fineTuneScoreChart(width: number): LossChart {
  return lossChart([], {
    width,
    series: [
      {key: "dev", label: "dev rows"},
      {key: "train", label: "training rows"}
    ],
    yLabel: "score",
    smoothing: 0
  });
}

/** What the score chart shows of a run. */
export function scoresOf(
  summary: FineTuneSummary,
  evaluations: readonly FineTuneEvaluation[]
): Parameters<LossChart["update"]>[0] {
  const {kind, scoreName, baselines, steps} = summary;
  return {
    total: steps,
    yLabel: `${metricName(scoreName)} (of 100)`,
    rows: evaluations.map(({step, dev, train}) => ({
      step,
      dev: inPercent(kind, dev.score),
      train: inPercent(kind, train.score)
    })),
    baselines: baselines.map(({name, score}) => ({label: name, value: inPercent(kind, score)}))
  };
}

/** What the loss chart shows of a run's evaluations. */
export function devLosses(
  summary: FineTuneSummary,
  evaluations: readonly FineTuneEvaluation[]
): Parameters<LossChart["update"]>[0] {
  return {
    total: summary.steps,
    yLabel: summary.kind === "regression" ? "squared error" : "loss (nats)",
    heldOut: evaluations.map(({step, dev}) => ({key: "dev_loss", step, value: dev.loss}))
  };
}

/** Views that {@link followFineTuning} keeps up to date. */
export interface FineTuneViews {
  controls: TrainingControls;
  losses: LossChart;
  scores: LossChart;
  /** Where a sentence about what went wrong is shown. */
  message: HTMLElement;
  /** Told once a frame when a run is prepared, evaluated or forgotten. */
  onReport: (state: FineTuneState) => void;
}

/** What can be followed. */
export interface FineTuneSource {
  subscribe(subscriber: (state: FineTuneState) => void): () => void;
}

/**
 * Keeps views up to date with a run, at most once a frame. Before there is a run they keep what they
 * show.
 *
 * @returns the way to stop
 */
export function followFineTuning(source: FineTuneSource, views: FineTuneViews): () => void {
  const {controls, losses, scores, message, onReport} = views;
  let shown: FineTuneState | null = null;
  let latest: FineTuneState | null = null;
  let frame = 0;

  function draw(): void {
    frame = 0;
    const state = latest!;
    const before = shown;
    shown = state;
    controls.update(fineTuneControls(state));
    message.textContent = state.message ?? "";
    const {summary, evaluations, rows} = state;
    if (!summary) {
      if (before?.summary) onReport(state);
      return;
    }
    const isSameRun = before?.summary === summary;
    const fresh = isSameRun ? rows.slice(before.rows.length) : rows;
    if (!isSameRun) losses.update({rows: [], heldOut: [], baselines: []});
    if (fresh.length) losses.append(fresh.map(({step, loss}) => ({step, loss})));
    if (evaluations === before?.evaluations && isSameRun) return;
    losses.update(devLosses(summary, evaluations));
    scores.update(scoresOf(summary, evaluations));
    onReport(state);
  }

  return source.subscribe((state) => {
    latest = state;
    frame ||= requestAnimationFrame(draw);
  });
}
