import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatDuration, formatNumber, unitSpace} from "./formats.js";
import {offer} from "./offer.js";

/** What a reader asked for; a new object each time, so that the same wish twice is two events. */
export interface TrainingRequest {
  action: "train" | "pause" | "step" | "reset";
}

/** Whether what was asked begins or goes on with a run, for which files that are being read are waited for. */
export const isStart = (action: TrainingRequest["action"]): boolean =>
  action === "train" || action === "step";

/** Where a run stands. */
export interface TrainingState {
  phase: "idle" | "preparing" | "running" | "pausing" | "paused" | "done" | "failed";
  /** Steps done. */
  step?: number;
  /** Steps of the whole run. */
  total?: number;
  /** The status line; default made by {@link statusLine} from the rest. */
  status?: string;
  loss?: number;
  tokensPerSecond?: number;
  backend?: string;
  /** Time left, in seconds; shown while running. */
  secondsLeft?: number;
  /** Progress of the preparation in [0, 1], where it is known. */
  fraction?: number;
}

/** Buttons that are told how the run stands. */
export type TrainingControls = View<TrainingRequest | null> & {
  update(state: TrainingState): void;
};

/**
 * The line under the buttons.
 *
 * @example "step 120 of 2000 · loss 3.21 · 15.3k tokens/s · webgpu"
 */
export function statusLine({
  phase,
  step = 0,
  total,
  loss,
  tokensPerSecond,
  backend
}: TrainingState): string {
  const parts = [total == null ? `step ${step}` : `step ${step} of ${total}`];
  if (loss != null) parts.push(`loss ${formatNumber(loss)}`);
  if (tokensPerSecond != null) parts.push(`${formatNumber(tokensPerSecond)}${unitSpace}tokens/s`);
  if (backend != null) parts.push(backend);
  if (phase === "preparing") parts.push("preparing");
  if (phase === "pausing") parts.push("pausing");
  if (phase === "paused") parts.push("paused");
  if (phase === "done") parts.push("done");
  if (phase === "failed") parts.push("stopped");
  return parts.join(" · ");
}

/**
 * Train, Pause, Step and Reset, always in these places, a status line, and a progress bar with the
 * time left. Its value is what was asked last; the run itself belongs to the page.
 */
export function trainingControls(initial: TrainingState = {phase: "idle"}): TrainingControls {
  const ask = (action: TrainingRequest["action"]) => () => emit(node, {action});
  const button = (label: string, action: TrainingRequest["action"], title: string) =>
    element(
      "button",
      {type: "button", class: `obs-button obs-${action}`, title, onclick: ask(action)},
      label
    );
  const train = button("Train", "train", "start the run, or go on where it stands");
  const pause = button("Pause", "pause", "stop after this step and keep everything");
  const step = button("Step", "step", "do one step");
  const reset = button("Reset", "reset", "forget the run and start from the first weights");
  const progress = element("progress", {"aria-label": "progress of the run", max: 1, value: 0});
  const left = element("span", {class: "obs-muted obs-left"});
  const status = element("p", {class: "obs-status", role: "status"});
  const live = liveRegion();
  let spoken = "";

  const node: View<TrainingRequest | null> = withValue(
    element(
      "div",
      {class: "obs-view obs-controls", role: "group", "aria-label": "training"},
      element("div", {class: "obs-buttons"}, train, pause, step, reset),
      element("div", {class: "obs-progress"}, progress, left),
      status,
      live
    ),
    null as TrainingRequest | null
  );

  function update(state: TrainingState): void {
    const {phase, step: at = 0, total, secondsLeft, fraction} = state;
    const busy = phase === "running" || phase === "preparing" || phase === "pausing";
    offer(train, !busy && phase !== "done");
    offer(pause, busy && phase !== "pausing");
    offer(step, !busy && phase !== "done");
    offer(reset, phase !== "idle" || at > 0);
    if (phase === "preparing" && fraction == null) progress.removeAttribute("value");
    else progress.value = phase === "preparing" ? fraction! : total ? at / total : 0;
    left.textContent =
      phase === "running" && secondsLeft != null && Number.isFinite(secondsLeft)
        ? `${formatDuration(secondsLeft)} left`
        : "";
    status.textContent = state.status ?? statusLine(state);
    // Every step would be read aloud: while running, only each tenth of the run is.
    status.setAttribute("aria-live", busy ? "off" : "polite");
    const tenth = `${phase} ${total ? Math.floor((10 * at) / total) : 0}`;
    if (busy && tenth !== spoken) live.textContent = status.textContent;
    spoken = tenth;
    node.dataset.phase = phase;
  }

  update(initial);
  return Object.assign(node, {update});
}
