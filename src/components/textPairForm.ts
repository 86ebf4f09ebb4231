import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** Two texts with [MASK] in the same place and the words that it must be; null: the likeliest. */
export interface TextPair {
  clean: string;
  corrupted: string;
  answers: [string, string] | null;
}

/** Two texts that differ in a word, and the two answers; `Patch` gives the value. */
export function textPairForm(initial: TextPair): View<TextPair> {
  const area = (label: string, value: string) => {
    const input = element("textarea", {
      rows: 2,
      maxlength: 2000,
      spellcheck: "false",
      "aria-label": label
    });
    input.value = value;
    return input;
  };
  const word = (label: string, value: string) => {
    const input = element("input", {type: "text", value, size: 12, spellcheck: "false"});
    return {input, node: element("label", {class: "obs-pick"}, label, input)};
  };
  const clean = area("First text", initial.clean);
  const corrupted = area("Second text", initial.corrupted);
  const [first, second] = [
    word("answer of the first", initial.answers?.[0] ?? ""),
    word("of the second", initial.answers?.[1] ?? "")
  ];
  const read = (): TextPair => {
    const words = [first.input.value.trim(), second.input.value.trim()] as [string, string];
    return {
      clean: clean.value,
      corrupted: corrupted.value,
      answers: words.every((each) => each === "") ? null : words
    };
  };
  const node = withValue(
    element(
      "div",
      {
        class: "obs-view obs-sentence-form obs-computes",
        role: "group",
        "aria-label": "Texts to patch between"
      },
      clean,
      corrupted,
      element("div", {class: "obs-questions"}, first.node, second.node),
      element(
        "p",
        {class: "obs-muted"},
        "Both with [MASK] in the same place and as many pieces; without answers, the likeliest guess of each text."
      ),
      element(
        "div",
        {class: "obs-buttons"},
        element(
          "button",
          {type: "button", class: "primary", onclick: () => emit(node, read())},
          "Patch"
        )
      )
    ),
    initial
  );
  // Only the button speaks.
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => event.target !== node && event.stopPropagation(), true);
  return node;
}
