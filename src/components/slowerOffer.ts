import {slowerRecipe} from "../lib/recipe/slower.js";
import {element} from "./dom.js";
import {formatInteger} from "./formats.js";
import {handOn} from "./handOn.js";

/** How a run stands, of pretraining or of fine-tuning. */
export interface SlowerState {
  phase: string;
  /** Of the run; null where there is none. */
  recipe: {optimizer: {learning_rate: number}} | null;
  savedStep: number | null;
}

/** An offer that is told how the run stands. */
export type SlowerOffer = HTMLElement & {update(state: SlowerState): void};

/**
 * Offers to go on at half the learning rate, from the last checkpoint, once a run has diverged; hidden
 * until then.
 *
 * @param onAccept what the button does
 */
export function slowerOffer(onAccept: () => void): SlowerOffer {
  const button = element("button", {type: "button", onclick: onAccept});
  const node = element("div", {class: "obs-slower", hidden: true}, button);
  return Object.assign(node, {
    update({phase, recipe, savedStep}: SlowerState) {
      const isNeeded = phase === "diverged" && recipe !== null;
      if (!isNeeded) handOn(node);
      node.hidden = !isNeeded;
      if (node.hidden || recipe === null) return;
      const from =
        savedStep === null ? "Begin again" : `Go on from step ${formatInteger(savedStep)}`;
      const rate = Number(slowerRecipe(recipe).optimizer.learning_rate.toPrecision(6));
      button.textContent = `${from} at half the learning rate (${rate})`;
    }
  });
}
