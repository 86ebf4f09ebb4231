import type {AttentionChange} from "../lib/engine/attentionCalls.js";
import type {ExplorerValue} from "./attentionExplorer.js";
import {choices} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {offer} from "./offer.js";

/** A form that is told which head, and which cell of it, is in focus. */
export type EffectForm = View<AttentionChange | null> & {update(focus: ExplorerValue): void};

/**
 * Asks what is to be taken away from the head in focus, where, and whether the rest of a row is
 * scaled up in its place. The value is null while a cell is asked for and none is locked; `input`
 * says that the reader pressed `Measure`, or changed an answer after that.
 */
export function effectForm(first: ExplorerValue): EffectForm {
  let focus = first;
  let isAsked = false;
  const what = choices<AttentionChange["kind"]>("Take away", [
    {value: "head", label: "the whole head", title: "all its attention set to 0"},
    {value: "cell", label: "the locked weight", title: "one cell set to 0"},
    {
      value: "value",
      label: "what it reads there",
      title: "the value of the token looked at, set to 0"
    }
  ]);
  const where = choices<"one" | "all">("Where", [
    {value: "one", label: "at this depth"},
    {value: "all", label: "at every depth"}
  ]);
  const rest = choices<"kept" | "scaled">("The rest of the row", [
    {value: "kept", label: "as it is"},
    {value: "scaled", label: "scaled to sum to 1"}
  ]);
  const button = element(
    "button",
    {
      type: "button",
      class: "primary",
      onclick: () => {
        isAsked = true;
        tell();
      }
    },
    "Measure"
  );
  const hint = element("span", {class: "obs-muted", "aria-live": "polite"});
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-computes"},
      element("div", {class: "obs-questions"}, what, where, rest),
      element("div", {class: "obs-buttons obs-asked"}, button, hint)
    ),
    null as AttentionChange | null
  );

  function read(): AttentionChange | null {
    const {head, cell} = focus;
    const layer = where.value === "all" ? null : focus.layer;
    if (what.value === "head") return {kind: "head", head, layer};
    if (!cell) return null;
    const {from, to} = cell;
    if (what.value === "value") return {kind: "value", head, layer, to};
    return {kind: "cell", head, layer, from, to, renormalise: rest.value === "scaled"};
  }

  function show(): void {
    node.value = read();
    rest.hidden = what.value !== "cell";
    offer(button, node.value !== null);
    hint.textContent = node.value === null ? "Lock a cell of the matrix above first." : "";
  }

  function tell(): void {
    show();
    if (isAsked && node.value) emit(node, node.value);
  }

  for (const question of [what, where, rest])
    question.addEventListener("input", (event) => {
      event.stopPropagation();
      tell();
    });
  show();
  return Object.assign(node, {
    update(next: ExplorerValue) {
      focus = next;
      tell();
    }
  });
}
