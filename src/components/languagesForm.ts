import {choices} from "./choices.js";
import {element, emit, withValue, type View} from "./dom.js";
import {offer} from "./offer.js";
import {workLine} from "./workLine.js";

/** Which text a model of two languages is to read; null to stop. */
export type LanguagesRequest = {parallel: number} | null;

/** A form with a line of progress. */
export type LanguagesForm = View<LanguagesRequest> & {
  /** Shows how far it is; `fraction` in [0, 1], null where that is not known. */
  show(message: string, isBusy: boolean, fraction?: number | null): void;
};

/** The share of parallel text, Train and Stop. @param shares in [0, 1] */
export function languagesForm(shares: readonly number[]): LanguagesForm {
  const pick = choices(
    "documents that say everything in both languages",
    shares.map((share) => ({value: String(share), label: `${Math.round(100 * share)}%`}))
  );
  const train = element("button", {type: "button", onclick: () => tell(false)}, "Train on both");
  const stop = element("button", {type: "button", onclick: () => tell(true)}, "Stop");
  offer(stop, false);
  const line = workLine("training on both");
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-computes"},
      pick,
      element("div", {class: "obs-buttons"}, train, stop),
      line
    ),
    null as LanguagesRequest
  );
  // Only the buttons speak.
  for (const type of ["input", "change"])
    pick.addEventListener(type, (event) => event.stopPropagation());
  function tell(isStop: boolean): void {
    emit(node, isStop ? null : {parallel: Number(pick.value)});
  }
  return Object.assign(node, {
    show(message: string, isBusy: boolean, fraction: number | null = null) {
      if (isBusy) line.show(message, fraction);
      else line.end(message);
      offer(train, !isBusy);
      offer(stop, isBusy);
    }
  });
}
