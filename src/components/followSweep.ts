import type {SweepQueue} from "../lib/engine/sweepQueue.js";
import type {TimedRecord} from "../lib/experiments/record.js";
import {resized} from "../lib/experiments/sweep.js";
import {classLink, classRules} from "./classLink.js";
import {element} from "./dom.js";
import {sweepPanel} from "./sweepPanel.js";

/** Options of {@link followSweep}. */
export interface FollowSweepOptions {
  /** The sweep that the page shows recorded; the reader's has its grid. */
  sweep: {base: {steps?: number}};
  /** What the reader's runs show so far, at least one. */
  draw: (records: readonly TimedRecord[]) => Element;
  /** The page's query: `seeds` and `steps` may be given by a link; see `classRules` for the rest. */
  search?: string;
}

/** A whole number of a query within bounds, or the usual one. */
function numberOf(query: URLSearchParams, name: string, usual: number, most: number): number {
  const value = Number(query.get(name) ?? NaN);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : usual;
}

/**
 * A sweep that runs in the page: how many seeds and steps, the buttons, the progress, and what has
 * come out so far. Runs that this browser has kept are there after a reload.
 */
export function followSweep(
  queue: SweepQueue,
  {sweep, draw, search = ""}: FollowSweepOptions
): HTMLElement {
  const query = new URLSearchParams(search);
  const {isLocked} = classRules(search);
  const field = (label: string, name: string, usual: number, most: number) => {
    const input = element("input", {
      type: "number",
      min: 1,
      max: most,
      step: 1,
      value: numberOf(query, name, usual, most),
      disabled: isLocked,
      onchange: () => void configure()
    });
    input.addEventListener("input", (event) => event.stopPropagation());
    return {input, label: element("label", {}, label, input)};
  };
  const seeds = field("seeds", "seeds", 2, 100);
  const steps = field("steps of a run", "steps", sweep.base.steps ?? 1000, 100_000);
  const panel = sweepPanel();
  const results = element("div", {class: "obs-sweep-results"});
  let shown = 0;

  function configure(): Promise<void> {
    if (!seeds.input.reportValidity() || !steps.input.reportValidity()) return Promise.resolve();
    return queue.configure(
      resized(sweep, {seeds: Number(seeds.input.value), steps: Number(steps.input.value)})
    );
  }

  panel.addEventListener("input", (event) => {
    event.stopPropagation();
    const {action} = panel.value!;
    if (action === "pause") queue.pause();
    else if (action === "reset") void queue.clear();
    else void queue.start(action === "step" ? 1 : Infinity);
  });
  queue.subscribe((state) => {
    panel.show(state);
    const isBusy = state.phase === "running" || state.phase === "preparing";
    for (const {input} of [seeds, steps]) input.disabled = isLocked || isBusy;
    if (state.records.length === shown) return;
    shown = state.records.length;
    results.replaceChildren(...(shown > 0 ? [draw(state.records)] : []));
  });
  void configure();
  return element(
    "div",
    {class: "obs-view obs-sweep"},
    element("div", {class: "controls"}, seeds.label, steps.label),
    panel,
    results,
    classLink({
      address: `${location.origin}${location.pathname}`,
      search,
      settings: () => ({seeds: seeds.input.value, steps: steps.input.value})
    })
  );
}
