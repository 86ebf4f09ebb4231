import {choices} from "./choices.js";
import {element, emit, withValue, type View} from "./dom.js";

/** What a reader asks for: which model, and what is done to its layers. */
export interface ResharingRequest {
  start: "shared" | "apart" | "run";
  /** "untie", "tie", "keep", or the depth that is untied. */
  change: "untie" | "tie" | "keep" | number;
}

/** Options of {@link resharingForm}. */
export interface ResharingFormOptions {
  /** Depths of the two models of the page. */
  depths: number;
  /** The run that this browser keeps, if any. */
  run: {name: string; depths: number; isShared: boolean} | null;
}

/** A form with a line of progress. */
export type ResharingForm = View<ResharingRequest | null> & {
  /** Shows how far it is; null for a sentence only. */
  show(message: string, share: number | null, isBusy: boolean): void;
};

/** Which model to go on with, what is tied or untied, Go on and Stop; Stop sets the value to null. */
export function resharingForm({depths, run}: ResharingFormOptions): ResharingForm {
  const start = choices("go on with", [
    {value: "shared", label: "everything shared"},
    {value: "apart", label: "nothing shared"},
    ...(run ? [{value: "run", label: `my run ${run.name}`}] : [])
  ] as {value: ResharingRequest["start"]; label: string}[]);
  const place = element("div", {});
  let change: View<string, HTMLElement> | null = null;
  function offerChanges(): void {
    const isRun = start.value === "run";
    const isShared = isRun ? run!.isShared : start.value === "shared";
    const n = isRun ? run!.depths : depths;
    const untying = Array.from({length: n}, (_, d) => ({
      value: `${d}`,
      label: `untie depth ${d + 1}`
    }));
    change = choices("and", [
      ...(isShared
        ? [...untying, {value: "untie", label: "untie all"}]
        : [{value: "tie", label: "tie all"}]),
      {value: "keep", label: "leave it as it is"}
    ]);
    change.addEventListener("input", (event) => event.stopPropagation());
    place.replaceChildren(change);
  }
  start.addEventListener("input", (event) => {
    event.stopPropagation();
    offerChanges();
  });
  const go = element(
    "button",
    {type: "button", class: "obs-button primary", onclick: () => emit(node, read())},
    "Go on"
  );
  const stop = element(
    "button",
    {type: "button", class: "obs-button", disabled: true, onclick: () => emit(node, null)},
    "Stop"
  );
  const progress = element("progress", {max: 1, value: 0, "aria-label": "progress"});
  const status = element("p", {class: "obs-status", role: "status"});
  const read = (): ResharingRequest => {
    const asked = change!.value;
    const depth = /^\d+$/.test(asked) ? Number(asked) : (asked as "untie" | "tie" | "keep");
    return {start: start.value, change: depth};
  };
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-here"},
      start,
      place,
      element("div", {class: "obs-buttons"}, go, stop),
      element("div", {class: "obs-progress"}, progress),
      status
    ),
    null as ResharingRequest | null
  );
  offerChanges();
  return Object.assign(node, {
    show(message: string, share: number | null, isBusy: boolean) {
      status.textContent = message;
      progress.value = share ?? 0;
      go.disabled = isBusy;
      stop.disabled = !isBusy;
    }
  });
}
