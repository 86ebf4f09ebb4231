import type {PairPart, UnitOptions} from "./attentionUnits.js";
import {choices, type Choice} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Lift} from "./scales.js";

/** How attention is to be shown. */
export type UnitAnswers = Required<UnitOptions> & {lift: Lift};

/** The answers in the words that a link has for them. */
export interface UnitWords {
  special: "shown" | "hidden";
  part: PairPart;
  rest: "kept" | "scaled";
  unit: "pieces" | "words";
  scale: Lift;
}

/** All words of each question, the usual one first. */
export const unitWords: {readonly [K in keyof UnitWords]: readonly UnitWords[K][]} = {
  special: ["shown", "hidden"],
  part: ["all", "a-b", "b-a", "a-a", "b-b"],
  rest: ["kept", "scaled"],
  unit: ["pieces", "words"],
  scale: ["sqrt", "linear"]
};

/** Questions that are told whether there is a pair. */
export type UnitQuestions = View<UnitAnswers> & {update(isPair: boolean): void};

/**
 * Asks how attention is to be shown: with or without the pieces that the model adds, scaled or not,
 * between pieces or words, which part of a pair, and on which colour scale. A question that makes
 * no difference now is not asked.
 *
 * @param initial what is answered beforehand
 * @param changed told all answers whenever one changes
 */
export function unitQuestions(
  initial: Partial<UnitWords> = {},
  changed: (words: UnitWords) => void = () => {}
): UnitQuestions {
  const ask = <K extends keyof UnitWords>(
    name: K,
    label: string,
    options: readonly Choice<UnitWords[K]>[]
  ) => choices<UnitWords[K]>(label, options, initial[name] ?? options[0]!.value);
  const special = ask("special", "[CLS] and [SEP]", [
    {value: "shown", label: "shown"},
    {value: "hidden", label: "grey", title: "their rows and columns are left out"}
  ]);
  const part = ask("part", "Looks", [
    {value: "all", label: "all"},
    {value: "a-b", label: "A → B", title: "only from the first text to the second"},
    {value: "b-a", label: "B → A", title: "only from the second text to the first"},
    {value: "a-a", label: "A → A", title: "only within the first text"},
    {value: "b-b", label: "B → B", title: "only within the second text"}
  ]);
  const rest = ask("rest", "What is left of a row", [
    {value: "kept", label: "as it is"},
    {value: "scaled", label: "scaled to sum to 1", title: "each row divided by its sum"}
  ]);
  const unit = ask("unit", "Between", [
    {value: "pieces", label: "pieces"},
    {value: "words", label: "words", title: "into a word: added; from a word: averaged"}
  ]);
  const scale = ask("scale", "Colour", [
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
      changed({
        special: special.value,
        part: part.value,
        rest: rest.value,
        unit: unit.value,
        scale: scale.value
      });
      emit(node, node.value);
    });
  update(false);
  return Object.assign(node, {update});
}
