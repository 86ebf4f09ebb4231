import type {FineTuneAnswer} from "../lib/engine/fineTuning/protocol.js";
import {element} from "./dom.js";
import type {Child} from "./dom.js";
import {formatNumber, formatPercent} from "./formats.js";
import {categoryColor} from "./scales.js";

/**
 * What a model says of a text: a bar for each class, a number, the text with its entities marked, or
 * the context with the answer marked.
 *
 * @param text what was asked
 * @param pair the second text; of a question its context
 */
export function taskAnswer(answer: FineTuneAnswer, text: string, pair: string | null): HTMLElement {
  switch (answer.kind) {
    case "classification":
      return element("div", {class: "obs-view obs-bars"}, classBars(answer.probabilities));
    case "regression":
      return element(
        "p",
        {class: "obs-view"},
        "similarity ",
        element("strong", {}, formatNumber(answer.value)),
        " on the scale of the training rows (STS-B: 0 to 5)"
      );
    case "tags":
      return element("p", {class: "obs-view obs-marked", dir: "auto"}, markedWords(answer, text));
    case "answers": {
      const {start, text: span} = answer;
      if (start < 0 || pair === null)
        return element("p", {class: "obs-view"}, "The model finds no answer in the context.");
      return element(
        "p",
        {class: "obs-view obs-marked", dir: "auto"},
        pair.slice(0, start),
        element("mark", {}, pair.slice(start, start + span.length)),
        pair.slice(start + span.length)
      );
    }
  }
}

function classBars(probabilities: readonly {label: string; probability: number}[]): Child[] {
  const sorted = [...probabilities].sort((a, b) => b.probability - a.probability).slice(0, 12);
  return sorted.map(({label, probability}) =>
    element(
      "div",
      {class: "obs-bar-row"},
      element("span", {class: "obs-bar-name", dir: "auto"}, label),
      element("meter", {min: 0, max: 1, value: probability, "aria-label": label}),
      element("span", {class: "obs-bar-value"}, formatPercent(probability))
    )
  );
}

/** The text as it is, with each entity in a mark that names its type. */
function markedWords({words}: Extract<FineTuneAnswer, {kind: "tags"}>, text: string): Child[] {
  const parts: Child[] = [];
  const types: string[] = [];
  let at = 0;
  for (let i = 0; i < words.length;) {
    const {tag, start} = words[i]!;
    if (tag === "O") {
      ++i;
      continue;
    }
    const type = tag.slice(2);
    let last = i;
    while (words[last + 1]?.tag === `I-${type}`) ++last;
    const {end} = words[last]!;
    if (!types.includes(type)) types.push(type);
    const color = categoryColor(types.indexOf(type));
    parts.push(
      text.slice(at, start),
      element(
        "mark",
        {style: `--obs-mark: ${color}`},
        text.slice(start, end),
        element("span", {class: "obs-mark-type"}, type)
      )
    );
    at = end;
    i = last + 1;
  }
  parts.push(text.slice(at));
  if (types.length === 0) parts.push(element("span", {class: "obs-muted"}, " (no entity found)"));
  return parts;
}
