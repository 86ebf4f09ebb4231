import {resultChoices} from "../lib/glue/results.js";
import {metricLabels} from "../lib/glue/resultsSpec.js";
import type {PublishedResult, ResultFilter} from "../lib/glue/results.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {choice} from "./pivotForm.js";

/** What a reader wants to compare, and against what. */
export interface ResultPick extends Required<ResultFilter> {
  x: "parameters" | "compute";
}

/** A score's name with its scale, for an axis: "accuracy, % (MNLI-m, dev)". */
export function scoreLabel({task, metric, split}: ResultFilter): string {
  const percent = metric === "acc" || metric === "f1" || metric === "em";
  return `${metricLabels[metric]}${percent ? ", %" : " × 100"} (${task}, ${split})`;
}

/**
 * Controls that choose one task, metric and split, so that different kinds of number never share an
 * axis, one model or several, and whether to let in rows that were only read from a copy or are probably slips.
 *
 * @param rows all published results
 * @param start what is chosen at first; anything left out has its usual value
 */
export function resultPicker(
  rows: readonly PublishedResult[],
  start: Partial<ResultPick> = {}
): View<ResultPick> {
  const choices = resultChoices(rows).filter((c) => c.metric !== "unspecified");
  const first =
    choices.find(
      (c) =>
        (!start.task || c.task === start.task) &&
        (!start.metric || c.metric === start.metric) &&
        (!start.split || c.split === start.split)
    ) ?? choices[0]!;
  const tasks = [...new Set(choices.map((c) => c.task))];
  const select = element(
    "select",
    {},
    tasks.map((task) =>
      element(
        "optgroup",
        {label: task},
        choices
          .filter((c) => c.task === task)
          .map((c) =>
            element(
              "option",
              {value: choices.indexOf(c), selected: c === first},
              `${task}, ${metricLabels[c.metric]}, ${c.split}`
            )
          )
      )
    )
  );
  const across = choice(
    "across",
    [
      ["parameters", "parameters"],
      ["compute", "compute per token"]
    ],
    start.x ?? "parameters"
  );
  const setting = choice(
    "from",
    [
      ["any", "one model or several"],
      ["single", "one model"],
      ["ensemble", "several models (ensembles)"]
    ],
    start.setting ?? "any"
  );
  const box = (text: string, checked: boolean) => {
    const input = element("input", {type: "checkbox", checked});
    return {input, label: element("label", {class: "glue-choice"}, input, ` ${text}`)};
  };
  const copies = box("rows read from a copy only", start.secondHand ?? false);
  const slips = box("rows that are probably slips", start.suspect ?? false);
  const read = (): ResultPick => {
    const {task, metric, split} = choices[Number(select.value)] ?? first;
    return {
      task,
      metric,
      split,
      setting: setting.select.value as ResultPick["setting"],
      secondHand: copies.input.checked,
      suspect: slips.input.checked,
      x: across.select.value as ResultPick["x"]
    };
  };
  const node = withValue(
    element(
      "div",
      {class: "glue-form", role: "group", "aria-label": "What to compare"},
      element("label", {class: "glue-choice"}, "test set and metric ", select),
      across.label,
      setting.label,
      copies.label,
      slips.label
    ),
    read()
  );
  // the controls' own events stop here, so that a page hears one event with the new value
  node.addEventListener("input", (e) => e.target !== node && e.stopPropagation(), true);
  node.addEventListener("change", () => emit(node, read()));
  return node;
}
