import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** Options of {@link textBox}. */
export interface TextBoxOptions {
  label: string;
  value: string;
  /** Texts to try, each a button under its name. */
  examples?: readonly {label: string; text: string}[];
  /** Most characters, default 2000. */
  maxLength?: number;
}

/** A box for a text, each keystroke a new value, and texts to try. */
export function textBox({
  label,
  value,
  examples = [],
  maxLength = 2000
}: TextBoxOptions): View<string> {
  const box = element("textarea", {
    rows: 2,
    maxlength: maxLength,
    spellcheck: "false",
    "aria-label": label,
    oninput: () => emit(node, box.value)
  });
  box.value = value;
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-sentence-form"},
      box,
      examples.length > 0 &&
        element(
          "div",
          {class: "obs-buttons", role: "group", "aria-label": "texts to try"},
          examples.map(({label: name, text}) =>
            element(
              "button",
              {
                type: "button",
                title: text,
                onclick: () => {
                  box.value = text;
                  emit(node, text);
                }
              },
              name
            )
          )
        )
    ),
    value
  );
  for (const type of ["input", "change"])
    node.addEventListener(type, (e) => e.target !== node && e.stopImmediatePropagation());
  return node;
}
