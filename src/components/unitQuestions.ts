import type {PairPart, UnitOptions} from "./attentionUnits.js";
import {choices} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Lift} from "./scales.js";

/** How attention is to be shown. */
export type UnitAnswers = Required<UnitOptions> & {lift: Lift};

/** Questions that are told whether there is a pair. */
export type UnitQuestions = View<UnitAnswers> & {update(isPair: boolean): void};

/**
 * Asks how attention is to be shown: with or without the pieces that the model adds, scaled or not,
 * between pieces or words, which part of a pair, and on which colour scale. A question that makes
 * no difference now is not asked.
 */
export function unitQuestions(): UnitQuestions {
  const special = choices<"shown" | "hidden">("[CLS] and [SEP]", [
    {value: "shown", label: "shown"},
    {value: "hidden", label: "grey", title: "their rows and columns are left out"}
  ]);
  const part = choices<PairPart>("Looks", [
    {value: "all", label: "all"},
    {value: "a-b", label: "A → B", title: "only from the first text to the second"},
    {value: "b-a", label: "B → A", title: "only from the second text to the first"},
    {value: "a-a", label: "A → A", title: "only within the first text"},
    {value: "b-b", label: "B → B", title: "only within the second text"}
  ]);
  const rest = choices<"kept" | "scaled">("What is left of a row", [
    {value: "kept", label: "as it is"},
    {value: "scaled", label: "scaled to sum to 1", title: "each row divided by its sum"}
  ]);
  const unit = choices<"pieces" | "words">("Between", [
    {value: "pieces", label: "pieces"},
    {value: "words", label: "words", title: "into a word: added; from a word: averaged"}
  ]);
  const scale = choices<Lift>("Colour", [
    {value: "sqrt", label: "√ weight", title: "tells small weights apart"},
    {value: "linear", label: "weight"}
  ]);
  const questions = [special, part, rest, unit, scale];
  let isPair = false;

  function read(): UnitAnswers {
    return {
      hideSpecial: special.value === "hidden",
      renormalise: rest.value === "scaled",
      unit: unit.value,
      part: isPair ? part.value : "all",
      lift: scale.value
    };
  }

  function update(next: boolean): void {
    isPair = next;
    part.hidden = !isPair;
    node.value = read();
    rest.hidden = !node.value.hideSpecial && node.value.part === "all";
  }

  const node = withValue(element("div", {class: "obs-view obs-questions"}, questions), read());
  for (const question of questions)
    question.addEventListener("input", (event) => {
      event.stopPropagation();
      update(isPair);
      emit(node, node.value);
    });
  update(false);
  return Object.assign(node, {update});
}
