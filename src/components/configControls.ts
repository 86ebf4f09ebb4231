import type {Field} from "./configFields.js";
import {element} from "./dom.js";

/** A knob with its label, help and error line. */
export interface Control {
  field: Field;
  node: HTMLElement;
  error: HTMLElement;
  show(value: unknown): void;
}

/** Whether two nested values are equal, member by member. */
export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Told what a control holds now, or what is wrong with it. */
export type Report = (member: unknown, problem: string | null) => void;

function frame(field: Field, id: string, input: Node, group: boolean): Omit<Control, "show"> {
  const error = element("div", {class: "obs-error", id: `${id}-error`, "aria-live": "polite"});
  const label = element("span", {class: "obs-field-label"}, field.label);
  const node = element(
    group ? "fieldset" : "div",
    {class: "obs-field", "data-key": field.key},
    group ? element("legend", {}, label) : element("label", {for: id}, label),
    input,
    element("div", {class: "obs-help", id: `${id}-help`}, field.help, range(field)),
    error
  );
  return {field, node, error};
}

function range({kind, min, max, unit}: Field): string {
  if (kind === "choice" || min == null || max == null) return "";
  return ` (${min.toLocaleString("en")} to ${max.toLocaleString("en")}${unit ? ` ${unit}` : ""})`;
}

/** A box for the exact number, and a slider over the useful ones. */
export function numberControl(field: Field, id: string, report: Report): Control {
  const {stops, min = -Infinity, max = Infinity, kind, unit} = field;
  const described = `${id}-help ${id}-error`;
  const box = element("input", {
    id,
    type: "number",
    inputmode: kind === "integer" ? "numeric" : "decimal",
    step: kind === "integer" ? 1 : "any",
    min: field.min,
    max: field.max,
    "aria-describedby": described
  });
  const slider =
    stops &&
    element("input", {
      type: "range",
      min: 0,
      max: stops.length - 1,
      step: 1,
      "aria-label": `${field.label}, slider`
    });
  const check = (text: string): string | null => {
    const number = text.trim() === "" ? NaN : Number(text);
    const expected = `expected ${kind === "integer" ? "a whole number" : "a number"} from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
    if (!Number.isFinite(number) || (kind === "integer" && !Number.isInteger(number)))
      return `${field.label}: ${text.trim() === "" ? "empty" : text} (${expected})`;
    return number < min || number > max ? `${field.label}: ${text} (${expected})` : null;
  };
  box.addEventListener("input", () => report(Number(box.value), check(box.value)));
  slider?.addEventListener("input", () => report(stops![Number(slider.value)]!, null));
  const control = frame(
    field,
    id,
    element(
      "div",
      {class: "obs-number"},
      slider,
      box,
      unit && element("span", {class: "obs-muted"}, unit)
    ),
    false
  );
  return {
    ...control,
    show(value) {
      // Rewriting what is being typed would move the caret ("0." is 0 already).
      if (typeof value !== "number" || (box.value !== "" && Number(box.value) === value)) {
        if (typeof value !== "number") return;
      } else box.value = String(value);
      if (!slider) return;
      slider.value = String(nearest(stops!, value));
      slider.setAttribute("aria-valuetext", unit ? inUnits(value, unit) : String(value));
    }
  };
}

/** @example inUnits(1, "batches") → "1 batch" */
const inUnits = (value: number, unit: string) =>
  `${value.toLocaleString("en")} ${value === 1 ? unit.replace(/(?<=ch)es$|s$/, "") : unit}`;

function nearest(stops: readonly number[], value: number): number {
  let best = 0;
  stops.forEach((stop, i) => {
    if (Math.abs(stop - value) < Math.abs(stops[best]! - value)) best = i;
  });
  return best;
}

/** Radio buttons: all choices in sight, arrow keys move between them. */
export function choiceControl(field: Field, id: string, report: Report): Control {
  const choices = field.choices ?? [];
  const radios = choices.map((choice, i) =>
    element("input", {
      type: "radio",
      id: `${id}-${i}`,
      name: id,
      value: i,
      onchange: () => report(choice.value, null)
    })
  );
  const node = element(
    "div",
    {class: "obs-choices"},
    choices.map((choice, i) =>
      element("label", {class: "obs-choice"}, radios[i]!, element("span", {}, choice.label))
    )
  );
  return {
    ...frame(field, id, node, true),
    show(value) {
      const exact = choices.findIndex((choice) => same(choice.value, value));
      const kind = choices.findIndex(
        (choice) => typeof choice.value === "object" && typeof value === "object"
      );
      radios.forEach((radio, i) => (radio.checked = i === (exact >= 0 ? exact : kind)));
    }
  };
}
