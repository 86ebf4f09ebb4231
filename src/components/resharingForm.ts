import {choices} from "./choices.js";
import {element, emit, withValue, type View} from "./dom.js";
import {offer} from "./offer.js";
import {workLine} from "./workLine.js";

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
  /** What is chosen at first, in the words of a link; what is not offered is passed over. */
  initial?: ResharingWords;
  /** Told of every choice. */
  onChoice?: (words: ResharingWords) => void;
}

/** A request in the words of a link; a depth counts from 1. */
export interface ResharingWords {
  model: ResharingRequest["start"];
  change: string;
}

/** A form with a line of progress. */
export type ResharingForm = View<ResharingRequest | null> & {
  /** Shows how far it is; null for a sentence only. */
  show(message: string, share: number | null, isBusy: boolean): void;
};

/** Which model to go on with, what is tied or untied, Go on and Stop; Stop sets the value to null. */
export function resharingForm({
  depths,
  run,
  initial,
  onChoice = () => {}
}: ResharingFormOptions): ResharingForm {
  const starts = [
    {value: "shared", label: "everything shared"},
    {value: "apart", label: "nothing shared"},
    ...(run ? [{value: "run", label: `my run ${run.name}`}] : [])
  ] as {value: ResharingRequest["start"]; label: string}[];
  const offered = <T extends string>(options: readonly {value: T}[], value: string | undefined) =>
    options.find((option) => option.value === value)?.value;
  const start = choices("go on with", starts, offered(starts, initial?.model));
  const place = element("div", {});
  let change: View<string, HTMLElement> | null = null;
  function offerChanges(asked?: string): void {
    const isRun = start.value === "run";
    const isShared = isRun ? run!.isShared : start.value === "shared";
    const n = isRun ? run!.depths : depths;
    const untying = Array.from({length: n}, (_, d) => ({
      value: `${d + 1}`,
      label: `untie depth ${d + 1}`
    }));
    const changes = [
      ...(isShared
        ? [...untying, {value: "untie", label: "untie all"}]
        : [{value: "tie", label: "tie all"}]),
      {value: "keep", label: "leave it as it is"}
    ];
    change = choices("and", changes, offered(changes, asked));
    change.addEventListener("input", (event) => {
      event.stopPropagation();
      tell();
    });
    place.replaceChildren(change);
  }
  const tell = () => onChoice({model: start.value, change: change!.value});
  start.addEventListener("input", (event) => {
    event.stopPropagation();
    offerChanges();
    tell();
  });
  const go = element(
    "button",
    {type: "button", class: "obs-button primary", onclick: () => emit(node, read())},
    "Go on"
  );
  const stop = element(
    "button",
    {type: "button", class: "obs-button", onclick: () => emit(node, null)},
    "Stop"
  );
  offer(stop, false);
  const line = workLine("going on");
  const read = (): ResharingRequest => {
    const asked = change!.value;
    const depth = /^\d+$/.test(asked) ? Number(asked) - 1 : (asked as "untie" | "tie" | "keep");
    return {start: start.value, change: depth};
  };
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-computes"},
      start,
      place,
      element("div", {class: "obs-buttons"}, go, stop),
      line
    ),
    null as ResharingRequest | null
  );
  offerChanges(initial?.change);
  return Object.assign(node, {
    show(message: string, share: number | null, isBusy: boolean) {
      if (isBusy) line.show(message, share);
      else line.end(message);
      offer(go, !isBusy);
      offer(stop, isBusy);
    }
  });
}
