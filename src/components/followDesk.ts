import type {DeskState} from "../lib/engine/modelDesk.js";
import type {ModelPicker} from "./modelPicker.js";

/** What can be followed: a desk, or anything that tells its state in the same way. */
export interface DeskSource {
  subscribe(subscriber: (state: DeskState) => void): () => void;
}

/** Views to keep up to date. */
export interface DeskViews {
  picker: ModelPicker;
  /** The line that says what is going on. */
  status: HTMLElement;
  /** Where a sentence about what went wrong is shown. */
  message: HTMLElement;
}

/** The status line of a desk; null where it has nothing to say. */
export function deskStatus({phase, device, model, choice}: DeskState): string | null {
  if (phase === "starting") return "trying the devices of this browser";
  if (phase === "loading") return "loading the model";
  if (phase === "asking") return `asking ${model?.name ?? choice.kind}`;
  return model && device ? `answered by ${model.name} · ${device.backend}` : null;
}

/**
 * Shows what a desk is doing.
 *
 * @returns the way to stop
 */
export function followDesk(source: DeskSource, {picker, status, message}: DeskViews): () => void {
  let isLoading = false;
  let problem: string | null = null;
  return source.subscribe((state) => {
    if (isLoading && state.phase === "idle") problem = state.message;
    else if (state.phase !== "idle") problem = null;
    isLoading = state.phase === "loading";
    const line = deskStatus(state);
    if (line !== null) status.textContent = line;
    if (message.textContent !== (state.message ?? "")) message.textContent = state.message ?? "";
    picker.update({
      ...(state.model && {model: state.model}),
      loading: state.phase === "loading" ? {progress: state.progress} : null,
      problem
    });
  });
}
