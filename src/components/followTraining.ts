import type {RunSummary} from "../lib/engine/trainingCalls.js";
import type {TrainingPhase, TrainingState as SessionState} from "../lib/engine/sessionState.js";
import type {MetricRow} from "./curve.js";
import type {DevicePanel} from "./devicePanel.js";
import {lossChart, type LossChart} from "./lossChart.js";
import type {MetricStrip} from "./metricStrip.js";
import type {PredictionSnapshot, PredictionTable} from "./predictionTable.js";
import {pieceName} from "./text.js";
import type {TrainingControls, TrainingState} from "./trainingControls.js";

/** What can be followed: a session, or anything that tells its state in the same way. */
export interface TrainingSource {
  subscribe(subscriber: (state: SessionState) => void): () => void;
}

/** Views to keep up to date; any may be left out. */
export interface TrainingViews {
  controls?: TrainingControls;
  /** Masked and sentence loss. */
  losses?: LossChart;
  /** Held-out accuracy. */
  accuracy?: LossChart;
  metrics?: MetricStrip;
  predictions?: PredictionTable;
  device?: DevicePanel;
  /** Where a sentence about what went wrong is shown. */
  message?: HTMLElement;
  /** A run that was recorded, shown until the reader's own begins. */
  recorded?: RecordedRun;
  /** Told when a run is prepared, evaluated or forgotten. */
  onSummary?: (state: SessionState) => void;
  /** One step's metrics under the names that charts know. */
  rowOf: (metrics: SessionState["rows"][number]) => MetricRow;
}

/** A recorded run: some of its rows under chart names, its evaluations and its summary. */
export interface RecordedRun {
  rows: readonly MetricRow[];
  evaluations: SessionState["evaluations"];
  summary: RunSummary;
}

const phases: Record<TrainingPhase, TrainingState["phase"]> = {
  idle: "idle",
  starting: "preparing",
  preparing: "preparing",
  ready: "paused",
  training: "running",
  pausing: "pausing",
  paused: "paused",
  finished: "done",
  diverged: "failed",
  recovering: "preparing",
  failed: "failed"
};

/** After a drawing the page rests this many times as long as the drawing took. */
const restsPerDrawing = 3;

/** Rows over which the shown speed is averaged. */
const speedRows = 20;

/** What the controls show of a session. */
export function controlState(state: SessionState): TrainingState {
  const {phase, rows, summary, recipe, device, progress, secondsLeft} = state;
  const last = rows.at(-1);
  const recent = rows.slice(-speedRows).map((row) => row.tokensPerSecond);
  const shown: TrainingState = {
    phase: phases[phase],
    step: last?.step ?? summary?.step ?? 0,
    total: recipe.steps,
    loss: last?.loss,
    tokensPerSecond: recent.length
      ? recent.reduce((sum, speed) => sum + speed, 0) / recent.length
      : undefined,
    backend: device?.backend,
    secondsLeft: secondsLeft ?? undefined,
    fraction: progress?.fraction ?? undefined
  };
  if (phase === "starting") return {...shown, status: "trying the devices of this browser"};
  if (phase === "recovering") return {...shown, status: "the device was lost; starting again"};
  if (phase === "preparing") return {...shown, status: progress?.phase ?? "preparing"};
  return shown;
}

/**
 * Keeps views up to date with a session, at most once a frame and, on a slow machine, for at most a
 * quarter of its time: a curve that moves less often, not a page that answers late. A change of phase
 * is drawn at once. Charts get only what is new.
 *
 * @returns the way to stop
 */
export function followTraining(source: TrainingSource, views: TrainingViews): () => void {
  const {controls, losses, accuracy, metrics, predictions, device, message} = views;
  const {onSummary, recorded, rowOf} = views;
  let shown: SessionState | null = null;
  let latest: SessionState | null = null;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restsUntil = 0;

  function showRecorded({rows, evaluations, summary}: RecordedRun): void {
    losses?.update({rows, ...lossMarksOf(evaluations, summary, summary.recipe.steps)});
    accuracy?.update(accuracyOf({evaluations, summary, recipe: summary.recipe}));
    metrics?.update({rows: []});
    predictions?.update({history: []});
    onSummary?.(latest!);
  }

  function draw(): void {
    frame = 0;
    const state = latest!;
    const before = shown;
    shown = state;
    controls?.update(controlState(state));
    if (message) message.textContent = state.message ?? "";
    const isNewDevice = state.trials !== before?.trials || state.device !== before?.device;
    if (isNewDevice || state.summary?.executor !== before?.summary?.executor)
      device?.update({
        ...(state.device ?? {trials: state.trials}),
        executor: state.summary?.executor
      });
    if (recorded && state.summary === null) {
      if (before?.summary) showRecorded(recorded);
      return;
    }
    const isSameRun =
      before !== null &&
      state.summary === before.summary &&
      state.rows.length >= before.rows.length;
    const fresh = isSameRun ? state.rows.slice(before.rows.length) : state.rows;
    if (!isSameRun) {
      losses?.update({rows: []});
      metrics?.update({rows: []});
    }
    if (fresh.length) metrics?.append(fresh.map(rowOf));
    if (fresh.length) losses?.append(fresh.map(rowOf));
    if (state.evaluations !== before?.evaluations || !isSameRun)
      losses?.update(lossMarksOf(state.evaluations, state.summary, state.recipe.steps));
    if (state.evaluations !== before?.evaluations || state.summary !== before?.summary) {
      accuracy?.update(accuracyOf(state));
      onSummary?.(state);
    }
    if (state.predictions !== before?.predictions)
      predictions?.update({history: predictionHistory(state)});
  }

  function drawNext(): void {
    clearTimeout(timer);
    timer = undefined;
    frame ||= requestAnimationFrame(() => {
      const begin = performance.now();
      draw();
      // the next task: after layout and paint, which cost more than the script
      setTimeout(() => (restsUntil = begin + (1 + restsPerDrawing) * (performance.now() - begin)));
    });
  }

  const unsubscribe = source.subscribe((state) => {
    latest = state;
    const rest = restsUntil - performance.now();
    if (rest <= 0 || state.phase !== shown?.phase) drawNext();
    else timer ??= setTimeout(drawNext, rest);
  });
  const stop = () => {
    clearTimeout(timer);
    unsubscribe();
  };
  if (recorded && latest!.summary === null) showRecorded(recorded);
  return stop;
}

/** What stands beside the training losses: held-out points, the baseline, the end of the run. */
function lossMarksOf(
  evaluations: SessionState["evaluations"],
  summary: Pick<RunSummary, "unigramEntropy"> | null,
  total: number
): Parameters<LossChart["update"]>[0] {
  return {
    total,
    heldOut: evaluations.map(({step, mlmLoss}) => ({key: "mlm_loss", step, value: mlmLoss})),
    baselines: summary ? [{label: "knowing only frequencies", value: summary.unigramEntropy}] : []
  };
}

/** The guesses of a run with the steps of their evaluations; a restored run has only the newest. */
export function predictionHistory({
  evaluations,
  predictions
}: Pick<SessionState, "evaluations" | "predictions">): PredictionSnapshot[] {
  const first = evaluations.length - predictions.length;
  return predictions.map((guesses, i) => ({
    step: evaluations[first + i]!.step,
    predictions: guesses
  }));
}

/** Held-out accuracy in percent with its intervals, against the most frequent piece. */
export function accuracyOf({
  evaluations,
  summary,
  recipe
}: Pick<SessionState, "evaluations" | "summary"> & {
  recipe: SessionState["recipe"] | null;
}): Parameters<LossChart["update"]>[0] {
  return {
    total: recipe?.steps ?? evaluations.at(-1)?.step ?? 1,
    rows: evaluations.map(({step, mlmAccuracy}) => ({step, accuracy: 100 * mlmAccuracy})),
    heldOut: evaluations.map(({step, mlmAccuracy, mlmAccuracyInterval: [low, high]}) => ({
      key: "accuracy",
      step,
      value: 100 * mlmAccuracy,
      low: 100 * low,
      high: 100 * high
    })),
    baselines: summary
      ? [
          {
            label: `always “${pieceName(summary.majorityPiece)}”`,
            value: 100 * summary.majorityAccuracy
          }
        ]
      : []
  };
}

/** An empty chart of the training losses. @param width in pixels */
export function lossesChart(width: number): LossChart {
  return lossChart([], {
    width,
    series: [
      {key: "mlm_loss", label: "masked pieces"},
      {key: "sentence_loss", label: "sentence pairs"}
    ],
    yLabel: "loss (nats)"
  });
}

/** An empty chart of the held-out accuracy. @param width in pixels */
export function accuracyChart(width: number): LossChart {
  return lossChart([], {
    width,
    series: [{key: "accuracy", label: "held-out rows"}],
    yLabel: "hidden pieces guessed right (%)",
    smoothing: 0
  });
}
