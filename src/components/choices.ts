import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** One of several answers, under the name that the page knows it by. */
export interface Choice<T extends string> {
  value: T;
  label: string;
  /** A longer word on it, shown by the pointer. */
  title?: string;
}

let made = 0;

/**
 * Radio buttons in a row with their question: all answers in sight, one tab stop, arrow keys move.
 *
 * @param label the question
 * @param options at least one
 * @param initial default the first
 */
export function choices<T extends string>(
  label: string,
  options: readonly Choice<T>[],
  initial: T = options[0]!.value
): View<T, HTMLFieldSetElement> {
  const name = `choices-${++made}`;
  const node: View<T, HTMLFieldSetElement> = withValue(
    element(
      "fieldset",
      {class: "obs-view obs-question"},
      element("legend", {}, label),
      element(
        "div",
        {class: "obs-choices"},
        options.map(({value, label: text, title}) =>
          element(
            "label",
            {class: "obs-choice", title},
            element("input", {
              type: "radio",
              name,
              value,
              checked: value === initial,
              onchange: () => emit(node, value)
            }),
            element("span", {}, text)
          )
        )
      )
    ),
    initial
  );
  // A radio's own event would tell the page of a value that is not set yet.
  node.addEventListener("input", (e) => e.target !== node && e.stopPropagation(), true);
  return node;
}
