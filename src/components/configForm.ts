import {choiceControl, numberControl, same} from "./configControls.js";
import type {Control} from "./configControls.js";
import {readPath, writePath} from "./configFields.js";
import type {Field} from "./configFields.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {recipeFields} from "./recipeFields.js";

export {recipeFields} from "./recipeFields.js";
export type {Choice, Field} from "./configFields.js";

/** A named starting point. */
export interface Preset<T> {
  label: string;
  /** One line on what it is for. */
  help?: string;
  value: T;
}

/** Options of {@link configForm}. */
export interface ConfigFormOptions<T> {
  /** Knobs in order; default those of a pretraining recipe. */
  fields?: readonly Field[];
  presets?: readonly Preset<T>[];
  /**
   * What is wrong with a value as one sentence, or null. A sentence that names a field's key is
   * shown at that field.
   */
  validate?: (value: T) => string | null;
  /** Headings open from the start; default none. */
  open?: readonly string[];
  /** Unique on the page, for the labels; default "config". */
  id?: string;
  /** Its name among the landmarks of the page, default "Recipe". */
  label?: string;
}

/** A form that can be told a new value from outside. */
export type ConfigForm<T> = View<T, HTMLFormElement> & {
  /** False while a field holds something that cannot be used; `value` is then the last good one. */
  readonly valid: boolean;
  /** Shows another value (a link, a loaded run); dispatches nothing. */
  update(value: T): void;
};

/**
 * A form whose value is a whole recipe (or any nested object its fields describe). Every knob shows
 * its unit, range, a line of help and its own error. `value` changes and `input` is dispatched only
 * when the whole is valid, so a page never computes with a half-typed number.
 */
export function configForm<T extends object>(
  initial: T,
  {
    fields = recipeFields,
    presets = [],
    validate = () => null,
    open = [],
    id = "config",
    label = "Recipe"
  }: ConfigFormOptions<T> = {}
): ConfigForm<T> {
  let draft = initial;
  const broken = new Map<string, string>();

  const controls = fields.map((field): Control => {
    const make = field.kind === "choice" ? choiceControl : numberControl;
    return make(field, `${id}-${field.key.replaceAll(".", "-")}`, (member, problem) => {
      if (problem) broken.set(field.key, problem);
      else {
        broken.delete(field.key);
        draft = writePath(draft, field.key, member === field.absent ? undefined : member);
      }
      settle();
    });
  });
  const presetButtons = presets.map((preset) =>
    element(
      "button",
      {
        type: "button",
        class: "obs-preset",
        title: preset.help,
        onclick: () => {
          broken.clear();
          draft = preset.value;
          settle();
        }
      },
      preset.label
    )
  );
  const general = element("p", {class: "obs-error", role: "alert"});
  const prominent = controls.filter((c) => c.field.prominent);
  const groups = [...new Set(fields.filter((f) => !f.prominent).map((f) => f.group))];
  const form = withValue(
    element(
      "form",
      {
        class: "obs-view obs-form",
        "aria-label": label,
        novalidate: true,
        autocomplete: "off",
        onsubmit: (event) => event.preventDefault()
      },
      presets.length > 0 &&
        element(
          "div",
          {class: "obs-presets", role: "group", "aria-label": "presets"},
          element("span", {class: "obs-muted"}, "start from"),
          presetButtons
        ),
      element(
        "div",
        {class: "obs-fields obs-prominent"},
        prominent.map((c) => c.node)
      ),
      groups.map((group) =>
        element(
          "details",
          {class: "obs-group", open: open.includes(group)},
          element("summary", {}, group),
          element(
            "div",
            {class: "obs-fields"},
            controls.filter((c) => !c.field.prominent && c.field.group === group).map((c) => c.node)
          )
        )
      ),
      general
    ),
    initial
  ) as View<T, HTMLFormElement>;
  // The boxes' own events stop here: the form speaks once, and only of whole values.
  for (const type of ["input", "change"])
    form.addEventListener(type, (event) => {
      if (event.target !== form) event.stopImmediatePropagation();
    });

  function show(): string | null {
    const problem = broken.size > 0 ? [...broken.values()][0]! : validate(draft);
    const named = fields
      .filter((f) => problem?.includes(f.key))
      .sort((a, b) => b.key.length - a.key.length)[0];
    for (const control of controls) {
      const {field, node, error} = control;
      node.hidden = field.when ? !field.when(draft) : false;
      if (!broken.has(field.key)) control.show(readPath(draft, field.key) ?? field.absent);
      const text = broken.get(field.key) ?? (field === named ? problem! : "");
      error.textContent = text;
      node.classList.toggle("obs-invalid", text !== "");
      for (const input of node.querySelectorAll("input")) {
        if (text) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
      if (text) node.closest("details")?.setAttribute("open", "");
    }
    general.textContent = problem && !named && broken.size === 0 ? problem : "";
    presetButtons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(same(presets[i]!.value, draft)))
    );
    return problem;
  }

  function settle(): void {
    const problem = show();
    if (problem === null && !same(draft, form.value)) emit(form, draft);
  }

  show();
  return Object.defineProperties(form, {
    valid: {get: () => broken.size === 0 && validate(draft) === null},
    update: {
      value: (value: T) => {
        broken.clear();
        draft = form.value = value;
        show();
      }
    }
  }) as ConfigForm<T>;
}
