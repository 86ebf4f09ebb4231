import {element} from "./dom.js";
import {trainingControls} from "./trainingControls.js";
import type {TrainingControls} from "./trainingControls.js";

/** Where a sweep stands. */
export interface SweepProgress {
  phase: "idle" | "preparing" | "running" | "pausing" | "paused" | "done" | "failed";
  total: number;
  /** Runs that are done. */
  records: readonly unknown[];
  current: {name: string; step: number; steps: number} | null;
  secondsLeft: number | null;
  message: string | null;
  backend: string | null;
}

/** Buttons of a sweep with its progress; its value is what was asked last. */
export type SweepPanel = TrainingControls & {show(progress: SweepProgress): void};

/** The line of a sweep. @example "run 4 of 10: embedding_size 8, seed 2, step 30 of 1400 · wasm" */
export function sweepLine({total, records, current, phase, backend}: SweepProgress): string {
  const done = records.length;
  const what = current
    ? `run ${done + 1} of ${total}: ${current.name}, step ${current.step} of ${current.steps}`
    : total === 0
      ? "counting the runs"
      : `${done} of ${total} runs`;
  const how = {
    idle: "",
    preparing: "preparing",
    running: "",
    pausing: "stopping the run under way",
    paused: "paused",
    done: "done",
    failed: "stopped"
  };
  return [what, how[phase], backend].filter(Boolean).join(" · ");
}

/** What the buttons of a run are called where they start many. */
const labels = [
  ["train", "Run all", "do every run that is left"],
  ["pause", "Pause", "stop the run under way; it is begun anew on going on"],
  ["step", "One run", "do the next run only"],
  ["reset", "Clear", "forget the runs of this sweep"]
] as const;

/** Run all, Pause, One run and Clear, with progress over all runs and the time left. */
export function sweepPanel(): SweepPanel {
  const controls = trainingControls();
  const message = element("p", {class: "obs-error", role: "alert"});
  controls.append(message);
  for (const [name, label, title] of labels) {
    const button = controls.querySelector<HTMLButtonElement>(`.obs-${name}`)!;
    button.textContent = label;
    button.title = title;
  }
  return Object.assign(controls, {
    show(progress: SweepProgress) {
      const {phase, total, records, current, secondsLeft} = progress;
      const share = current ? current.step / current.steps : 0;
      controls.update({
        phase,
        step: Math.round((records.length + share) * 100) / 100,
        total,
        status: sweepLine(progress),
        ...(secondsLeft === null ? {} : {secondsLeft})
      });
      message.textContent = progress.message ?? "";
    }
  });
}
