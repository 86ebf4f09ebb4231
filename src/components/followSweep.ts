import type {SweepQueue} from "../lib/engine/sweepQueue.js";
import type {TimedRecord} from "../lib/experiments/record.js";
import {resized} from "../lib/experiments/resizeSweep.js";
import {countField} from "../lib/link/codec.js";
import {element} from "./dom.js";
import type {PageLink} from "./pageLink.js";
import {sweepPanel} from "./sweepPanel.js";

/** Options of {@link followSweep}. */
export interface FollowSweepOptions {
  /** The sweep that the page shows recorded; the reader's has its grid. */
  sweep: {base: {steps?: number}};
  /** What the reader's runs show so far, at least one. */
  draw: (records: readonly TimedRecord[]) => Element;
  /** The page's link, which holds seeds and steps. */
  link: Pick<PageLink<SweepSize>, "value" | "isLocked" | "set">;
}

/** How large the reader's own sweep is. */
export interface SweepSize {
  seeds: number;
  steps: number;
}

const [mostSeeds, mostSteps] = [100, 100_000];

/** Seeds and steps of a page's own sweep, as its link holds them. */
export const sweepFields = ({base}: {base: {steps?: number}}) => ({
  seeds: countField(2, {max: mostSeeds}),
  steps: countField(base.steps ?? 1000, {max: mostSteps})
});

/**
 * A sweep that runs in the page: how many seeds and steps, the buttons, the progress, and what has
 * come out so far. Runs that this browser has kept are there after a reload.
 */
export function followSweep(
  queue: SweepQueue,
  {sweep, draw, link}: FollowSweepOptions
): HTMLElement {
  const {isLocked} = link;
  const field = (label: string, name: keyof SweepSize, most: number) => {
    const input = element("input", {
      type: "number",
      min: 1,
      max: most,
      step: 1,
      value: link.value[name],
      disabled: isLocked,
      onchange: () => void configure()
    });
    input.addEventListener("input", (event) => event.stopPropagation());
    return {input, label: element("label", {}, label, input)};
  };
  const seeds = field("seeds", "seeds", mostSeeds);
  const steps = field("steps of a run", "steps", mostSteps);
  const panel = sweepPanel();
  const results = element("div", {class: "obs-sweep-results"});
  let shown = 0;

  function configure(): Promise<void> {
    if (!seeds.input.reportValidity() || !steps.input.reportValidity()) return Promise.resolve();
    const size = {seeds: Number(seeds.input.value), steps: Number(steps.input.value)};
    if (size.seeds !== link.value.seeds || size.steps !== link.value.steps) link.set(size);
    return queue.configure(resized(sweep, size));
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
    const isBusy = ["preparing", "running", "pausing"].includes(state.phase);
    for (const {input} of [seeds, steps]) input.disabled = isLocked || isBusy;
    if (state.records.length === shown) return;
    shown = state.records.length;
    results.replaceChildren(...(shown > 0 ? [draw(state.records)] : []));
  });
  void configure();
  return element(
    "div",
    {class: "obs-view obs-sweep obs-computes"},
    element("div", {class: "controls"}, seeds.label, steps.label),
    panel,
    results
  );
}
