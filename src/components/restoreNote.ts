import {element, emit, withValue, type View} from "./dom.js";

/** A run that this browser keeps, as far as an offer to go on needs it. */
export interface KeptRun {
  step: number;
  steps: number;
  savedAt: string;
}

/**
 * Offers to go on with the kept run; nothing where there is none. It dispatches `input` with the
 * value true when the reader accepts, and goes away.
 */
export function restoreNote(kept: KeptRun | null): View<boolean> {
  const node: View<boolean> = withValue(element("div", {class: "obs-restore"}), false);
  if (!kept) {
    node.hidden = true;
    return node;
  }
  const when = new Date(kept.savedAt).toLocaleString("en", {
    dateStyle: "medium",
    timeStyle: "short"
  });
  node.append(
    element(
      "span",
      {},
      `This browser keeps a run at step ${kept.step} of ${kept.steps} (${when}).`
    ),
    element(
      "button",
      {
        type: "button",
        onclick: () => {
          node.hidden = true;
          emit(node, true);
        }
      },
      kept.step < kept.steps ? "Continue it" : "Show it"
    )
  );
  return node;
}
