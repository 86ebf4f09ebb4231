import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {choices} from "./choices.js";

/** One answer that a reader may bet on. */
export interface Guess {
  value: string;
  label: string;
  /** What to say to it, once it is chosen. */
  reply: string;
  isRight?: boolean;
}

/**
 * A question to bet on before looking: the reader chooses, and is told what the measurement says.
 * Nothing is hidden from a reader who does not want to play.
 *
 * @param question in one sentence
 * @param guesses at least two, exactly one of them right
 * @returns a view whose value is the chosen guess, or null before one is
 */
export function predict(question: string, guesses: readonly Guess[]): View<string | null> {
  const open = {value: "", label: "", reply: ""};
  const form = choices(question, guesses, open.value);
  const verdict = element("p", {class: "obs-verdict", "data-verdict": "open"});
  const live = liveRegion();
  const node: View<string | null> = withValue(
    element("div", {class: "obs-view obs-predict"}, form, verdict, live),
    null
  );
  verdict.textContent = "Choose before you look at the figure below.";
  form.addEventListener("input", (event) => {
    event.stopPropagation();
    const guess = guesses.find(({value}) => value === form.value);
    if (!guess) return;
    verdict.dataset.verdict = guess.isRight ? "right" : "wrong";
    verdict.textContent = `${guess.isRight ? "Yes." : "Not here."} ${guess.reply}`;
    live.textContent = verdict.textContent;
    emit(node, guess.value);
  });
  return node;
}
