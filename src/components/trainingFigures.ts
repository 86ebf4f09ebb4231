import type {StepMetrics} from "../lib/engine/trainingCalls.js";
import type {TrainingState} from "../lib/engine/sessionState.js";
import type {MetricRow} from "./curve.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {figure} from "./figure.js";
import {accuracyChart, lossesChart, type RecordedRun} from "./followTraining.js";
import {formatInteger} from "./formats.js";
import type {LossChart} from "./lossChart.js";

/** Options of {@link trainingFigures}. */
export interface TrainingFiguresOptions {
  /** In pixels. */
  width: number;
  /** One step's metrics under the names that charts know. */
  rowOf: (metrics: StepMetrics) => MetricRow & Row;
  /** A run that was recorded, shown until the reader's own begins. */
  recorded?: RecordedRun & {rows: readonly (MetricRow & Row)[]};
}

/** The two charts of a run in their figures, for `followTraining` to fill. */
export interface TrainingFigures {
  node: HTMLElement;
  losses: LossChart;
  accuracy: LossChart;
  /** Says anew how the shown run came about; meant for `onSummary`. */
  update(): void;
}

/**
 * Training losses and held-out accuracy as figures that say which run they show: its seed, recipe,
 * text and number of scored pieces, and whether it was recorded.
 *
 * @param source a session, for its present state
 */
export function trainingFigures(
  source: {readonly state: TrainingState},
  {width, rowOf, recorded}: TrainingFiguresOptions
): TrainingFigures {
  const losses = lossesChart(width);
  const accuracy = accuracyChart(width);
  const isRecorded = () => recorded !== undefined && source.state.summary === null;
  const shown = () => {
    const {summary, recipe, evaluations} = source.state;
    if (summary || !recorded) return {summary, recipe, evaluations};
    return {...recorded, recipe: recorded.summary.recipe};
  };
  const origin = () => {
    const {summary, recipe} = shown();
    return [
      isRecorded() && "recorded run of the default recipe",
      `seed ${recipe.seed}`,
      summary && `recipe ${summary.hash}`,
      summary &&
        `${formatInteger(summary.tokens)} pieces of ${summary.corpus.replace(`, seed ${recipe.seed}`, "")}`
    ];
  };
  const scored = () => {
    const count = shown().evaluations.at(-1)?.maskedCount;
    return [
      count !== undefined && `n = ${formatInteger(count)} hidden pieces`,
      "bars: 95% interval (Wilson)"
    ];
  };
  const recipe = () => shown().recipe;
  const lossFigure = figure(losses, {
    title: "Loss falls from guessing by frequency towards knowing",
    facts: origin(),
    caption:
      "Loss is the surprise, in nats, at a hidden piece. A model that knew only how often each piece occurs would stay at the dashed line; what is below it was learned from context. The loss of a sentence pair starts at 0.69, the surprise of a coin. Rings: rows it never trains on.",
    data: () => (isRecorded() ? recorded!.rows : source.state.rows.map(rowOf)),
    recipe
  });
  const accuracyFigure = figure(accuracy, {
    title: "Hidden pieces guessed right, on rows it never trains on",
    facts: [...origin(), ...scored()],
    caption: "The dashed line is what always guessing the most frequent piece scores.",
    data: () =>
      shown().evaluations.map(
        ({step, mlmAccuracy, mlmAccuracyInterval: [low, high], maskedCount}) => ({
          step,
          mlm_accuracy: mlmAccuracy,
          low,
          high,
          n: maskedCount
        })
      ),
    recipe
  });
  return {
    node: element("div", {class: "obs-pair"}, lossFigure, accuracyFigure),
    losses,
    accuracy,
    update(): void {
      lossFigure.update({facts: origin()});
      accuracyFigure.update({facts: [...origin(), ...scored()]});
    }
  };
}
