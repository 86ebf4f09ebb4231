import {comparisonRows, lossDifference, recipeDifferences} from "../lib/store/compareRuns.js";
import {element} from "./dom.js";
import {figure, table} from "./figure.js";
import {lossChart} from "./lossChart.js";
import {fieldWords, valueWords} from "./recipeWords.js";
import type {MeasuredRun} from "./runCurves.js";
import {isolated} from "./isolated.js";
import {runName} from "./runsTable.js";

/** Two runs side by side, told which there are to choose from. */
export type RunComparison = HTMLElement & {update(runs: readonly MeasuredRun[]): void};

/**
 * A − B of two runs: a choice of each, what their recipes set differently, what came of it, and the
 * difference of their training losses step by step.
 *
 * @param width in pixels
 */
export function runComparison(width: number): RunComparison {
  let runs: readonly MeasuredRun[] = [];
  const select = () => element("select", {oninput: () => draw()});
  const [first, second] = [select(), select()];
  const words = element("p");
  const rows = element("div");
  const chart = lossChart([], {
    width,
    height: 240,
    series: [{key: "difference", label: "A − B"}],
    yLabel: "masked loss of A − B (nats)"
  });
  const chosen = (from: HTMLSelectElement) => runs.find(({run}) => run.id === from.value);
  const differences = () => {
    const [a, b] = [chosen(first), chosen(second)];
    return a && b ? lossDifference(a.metrics, b.metrics) : [];
  };
  const curve = figure(chart, {
    title: "Training loss of A less that of B",
    facts: ["below zero: A is ahead"],
    data: differences
  });
  const body = element("div", {}, words, rows, curve);
  const few = element("p", {class: "obs-muted"}, "Two runs are needed for a comparison.");
  const tools = element(
    "div",
    {class: "obs-runs-tools"},
    element("label", {}, "A ", first),
    element("label", {}, "B ", second)
  );
  const node = element("div", {class: "obs-view obs-compare"}, tools, body, few);

  function draw(): void {
    const [a, b] = [chosen(first), chosen(second)];
    tools.hidden = runs.length < 2;
    body.hidden = !a || !b;
    few.hidden = !body.hidden;
    if (!a || !b) return;
    const fields = recipeDifferences(a.run.recipe, b.run.recipe).map(
      ({key, a: left, b: right}) =>
        `${fieldWords(key)} ${valueWords(key, left)} against ${valueWords(key, right)}`
    );
    words.textContent = fields.length
      ? `A against B: ${fields.join("; ")}.`
      : "A and B have the same recipe.";
    rows.replaceChildren(
      table(
        comparisonRows(a.run, b.run).map(({quantity, a: left, b: right, difference}) => ({
          quantity,
          A: left,
          B: right,
          "A − B": difference
        })),
        "A and B"
      )
    );
    const points = differences();
    curve.hidden = points.length === 0;
    chart.update({
      rows: points,
      baselines: [{label: "no difference", value: 0}],
      heldOut: a.evaluations.flatMap((left) => {
        const right = b.evaluations.find(({step}) => step === left.step);
        return right
          ? [{key: "difference", step: left.step, value: left.mlmLoss - right.mlmLoss}]
          : [];
      })
    });
    curve.update({
      facts: [
        `A: ${isolated(runName(a.run))}`,
        `B: ${isolated(runName(b.run))}`,
        "below zero: A is ahead",
        "dots: held-out rows"
      ]
    });
  }

  return Object.assign(node, {
    update(measured: readonly MeasuredRun[]): void {
      runs = measured;
      for (const [i, box] of [first, second].entries()) {
        const before = box.value;
        box.replaceChildren(
          ...runs.map(({run}) => element("option", {value: run.id}, runName(run)))
        );
        const isThere = runs.some(({run}) => run.id === before);
        box.value = isThere ? before : (runs[i]?.run.id ?? "");
      }
      if (first.value === second.value)
        second.value = runs.find(({run}) => run.id !== first.value)?.run.id ?? "";
      draw();
    }
  });
}
