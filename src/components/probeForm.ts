import type {ProbeSettings} from "../lib/engine/probing/protocol.js";
import {probeTasks} from "../lib/probe/tasks.js";
import {element, emit, oncePerClick, withValue} from "./dom.js";
import type {View} from "./dom.js";

const numberField = (label: string, value: number, min: number, max: number, step: number) => {
  const input = element("input", {type: "number", value, min, max, step, required: true});
  return {input, node: element("label", {class: "obs-number"}, element("span", {}, label), input)};
};

/** A form for probes that can be told how far they are. */
export type ProbeForm = View<ProbeSettings> & {
  /** Shows that probes run, and how far; null that none does. */
  progress(state: {phase: string; fraction: number | null} | null): void;
};

/**
 * Which properties to probe for, on how many words and seeds. `Probe` gives the value with an
 * `input` event; while probes run it is `Stop`, which dispatches `obs-stop`.
 */
export function probeForm(
  initial: ProbeSettings = {tasks: ["pos", "number"], rows: 600, seeds: 3}
): ProbeForm {
  const boxes = probeTasks.map(({id, name, about}) => {
    const input = element("input", {
      type: "checkbox",
      value: id,
      checked: initial.tasks.includes(id)
    });
    const text = element("span", {}, name);
    return {id, input, node: element("label", {class: "obs-choice", title: about}, input, text)};
  });
  const rows = numberField("words to train on", initial.rows, 100, 20_000, 100);
  const seeds = numberField("seeds", initial.seeds, 1, 50, 1);
  const problem = element("p", {class: "obs-error", role: "alert"});
  const bar = element("progress", {max: 1, "aria-label": "probing", hidden: true});
  const words = element("span", {class: "muted", "aria-live": "off"});
  let isRunning = false;
  const button = element(
    "button",
    {
      type: "button",
      class: "primary",
      onclick: oncePerClick(() => {
        if (isRunning) {
          node.dispatchEvent(new Event("obs-stop"));
          return;
        }
        const tasks = boxes.filter(({input}) => input.checked).map(({id}) => id);
        const wrong =
          tasks.length === 0
            ? "nothing to probe for (expected at least one property)"
            : ![rows.input, seeds.input].every((input) => input.checkValidity())
              ? "words: expected 100 to 20,000 in hundreds; seeds: expected 1 to 50"
              : "";
        problem.textContent = wrong;
        if (!wrong)
          emit(node, {tasks, rows: Number(rows.input.value), seeds: Number(seeds.input.value)});
      })
    },
    "Probe"
  );
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-probe-form obs-computes"},
      element(
        "fieldset",
        {class: "obs-question"},
        element("legend", {}, "Look for"),
        element(
          "div",
          {class: "obs-choices"},
          boxes.map((box) => box.node)
        )
      ),
      element("div", {class: "obs-questions"}, rows.node, seeds.node),
      element("div", {class: "obs-buttons"}, button, bar, words),
      problem
    ),
    initial
  );
  // Only the button speaks.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => event.target !== node && event.stopPropagation(), true);
  return Object.assign(node, {
    progress(state: {phase: string; fraction: number | null} | null) {
      isRunning = state !== null;
      button.textContent = isRunning ? "Stop" : "Probe";
      bar.hidden = !isRunning;
      if (state?.fraction != null) bar.value = state.fraction;
      else bar.removeAttribute("value");
      words.textContent = state?.phase ?? "";
    }
  });
}
