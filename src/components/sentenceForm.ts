import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

/** A text, and a second one where there is a pair. */
export interface SentenceValue {
  text: string;
  pair: string | null;
}

/** Options of {@link sentenceForm}. */
export interface SentenceFormOptions {
  /** What to choose from; the first is there at the start. */
  examples: readonly SentenceValue[];
  /** Most characters of either text, default 4000. */
  maxLength?: number;
  /** What is done with the text, for a page that has several such forms; default "Text to read". */
  label?: string;
}

/** A form that can be given another text. */
export type SentenceForm = View<SentenceValue> & {update(value: SentenceValue): void};

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 59).trimEnd()}…` : text);

/**
 * A sentence to type or pick, and a second one on demand. Every keystroke is a new value; `Run`
 * gives the same value again.
 */
export function sentenceForm({
  examples,
  maxLength = 4000,
  label = "Text to read"
}: SentenceFormOptions): SentenceForm {
  const area = (label: string) =>
    element("textarea", {
      rows: 2,
      maxlength: maxLength,
      spellcheck: "false",
      "aria-label": label,
      oninput: () => told()
    });
  const first = area("Sentence");
  const second = area("Second sentence");
  const pick = element(
    "select",
    {
      onchange: () => {
        const example = examples[Number(pick.value)];
        if (!example) return;
        show(example);
        told();
      }
    },
    element("option", {value: "", disabled: true}, "your own"),
    examples.map(({text, pair}, i) =>
      element("option", {value: i}, shorten(pair === null ? text : `${text} + ${pair}`))
    )
  );
  const more = element(
    "button",
    {
      type: "button",
      "aria-expanded": "false",
      onclick: () => {
        open(second.hidden === true);
        (second.hidden ? more : second).focus();
        told();
      }
    },
    ""
  );
  const run = element("button", {type: "button", class: "primary", onclick: () => told()}, "Run");
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-sentence-form obs-computes", role: "group", "aria-label": label},
      element("label", {class: "obs-pick"}, element("span", {}, "Example"), pick),
      first,
      second,
      element("div", {class: "obs-buttons"}, run, more)
    ),
    examples[0]!
  );

  function read(): SentenceValue {
    return {text: first.value, pair: second.hidden || !second.value.trim() ? null : second.value};
  }

  function open(isOpen: boolean): void {
    second.hidden = !isOpen;
    more.textContent = isOpen ? "Remove the second sentence" : "Add a second sentence";
    more.setAttribute("aria-expanded", String(isOpen));
  }

  function show({text, pair}: SentenceValue): void {
    first.value = text;
    second.value = pair ?? "";
    open(pair !== null);
    mark();
  }

  function mark(): void {
    const {text, pair} = read();
    const known = examples.findIndex((e) => e.text === text && e.pair === pair);
    pick.value = known < 0 ? "" : String(known);
  }

  function told(): void {
    mark();
    emit(node, read());
  }

  // Only told() speaks: the fields' own events come before the value is read.
  for (const type of ["input", "change"])
    node.addEventListener(type, (e) => e.target !== node && e.stopImmediatePropagation());
  show(examples[0]!);
  return Object.assign(node, {
    update(value: SentenceValue) {
      show(value);
      node.value = read();
    }
  });
}
