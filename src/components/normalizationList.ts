import type {NormalizationStep} from "../lib/tokenizer/normalizationSteps.js";
import {element} from "./dom.js";
import type {Child} from "./dom.js";

/** Characters above which what is new is not marked. */
const mostMarked = 300;

/**
 * Which characters of `after` are not left over from `before`: those outside a longest common
 * subsequence of the two.
 *
 * @example newCharacters([..."Cafe"], [..."cafe"]) → [true, false, false, false]
 */
export function newCharacters(before: readonly string[], after: readonly string[]): boolean[] {
  const [n, m] = [before.length, after.length];
  const width = m + 1;
  const length = new Uint16Array((n + 1) * width);
  for (let i = n - 1; i >= 0; --i)
    for (let j = m - 1; j >= 0; --j)
      length[i * width + j] =
        before[i] === after[j]
          ? length[(i + 1) * width + j + 1]! + 1
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
  const isNew = new Array<boolean>(m).fill(true);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (before[i] === after[j]) {
      isNew[j] = false;
      ++i;
      ++j;
    } else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) ++i;
    else ++j;
  }
  return isNew;
}

/** An accent that stands alone is drawn on a dotted circle; white space gets its sign. */
const visible = (c: string) =>
  /^\p{M}$/u.test(c) ? `\u25cc${c}` : c === "\n" ? "\u21b5\n" : c === "\t" ? "\u21e5\t" : c;

/** The steps of normalisation below each other; what a step put there is marked. */
export function normalizationList(steps: readonly NormalizationStep[]): HTMLElement {
  return element(
    "ol",
    {class: "obs-view obs-steps"},
    steps.map(({name, does, text}, i) => {
      const before = steps[i - 1]?.text ?? text;
      return element(
        "li",
        {class: i > 0 && before === text ? "obs-same" : null},
        element(
          "div",
          {},
          element("strong", {}, name),
          i > 0 && before === text && element("span", {}, " · no change")
        ),
        element(
          "div",
          {},
          element("div", {class: "obs-step-text", dir: "auto"}, marked(before, text)),
          does && element("div", {class: "obs-muted"}, does)
        )
      );
    })
  );
}

function marked(before: string, text: string): Child[] {
  const [old, now] = [Array.from(before), Array.from(text)];
  if (before === text || now.length > mostMarked || old.length > mostMarked)
    return [now.map(visible).join("")];
  const isNew = newCharacters(old, now);
  const parts: Child[] = [];
  for (let i = 0; i < now.length;) {
    const start = i;
    while (i < now.length && isNew[i] === isNew[start]) ++i;
    const run = now.slice(start, i).map(visible).join("");
    parts.push(isNew[start] ? element("mark", {}, run) : run);
  }
  return parts;
}
