import {element, emit, withValue, type View} from "./dom.js";
import {formatInteger} from "./formats.js";
import {handOn} from "./handOn.js";
import type {OfferedRun} from "../lib/engine/offeredRun.js";

/** What the reader wants of the kept run. */
export interface RestoreRequest {
  id: string;
  access: "read" | "write" | "takeOver" | "remove";
}

/** An offer, which can be told that the run has changed, such as that no tab writes it any more. */
export type RestoreNote = View<RestoreRequest | null> & {update(kept: OfferedRun): void};

/**
 * Offers to go on with the kept run; nothing where there is none. A run that another tab writes can
 * be looked at, or taken over. It dispatches `input` when the reader accepts, and goes away.
 *
 * @param options.canRemove whether it offers to remove the run, too
 */
export function restoreNote(
  kept: OfferedRun | null,
  {canRemove = false}: {canRemove?: boolean} = {}
): RestoreNote {
  const view: View<RestoreRequest | null> = withValue(element("div", {class: "obs-restore"}), null);
  view.hidden = !kept;
  const update = (run: OfferedRun) => {
    const hadFocus = view.contains(document.activeElement);
    view.replaceChildren(...parts(view, run, canRemove));
    if (hadFocus) view.querySelector("button")?.focus();
  };
  if (kept) update(kept);
  return Object.assign(view, {update});
}

/** What a run is, and what can be done with it. */
function parts(
  node: View<RestoreRequest | null>,
  kept: OfferedRun,
  canRemove: boolean
): HTMLElement[] {
  const {id, name, step, steps, isInUse} = kept;
  const when = new Date(kept.savedAt).toLocaleString("en", {
    dateStyle: "medium",
    timeStyle: "short"
  });
  const button = (label: string, access: RestoreRequest["access"]) =>
    element(
      "button",
      {
        type: "button",
        onclick: () => {
          handOn(node);
          node.hidden = true;
          emit(node, {id, access});
        }
      },
      label
    );
  const at = `at step ${formatInteger(step)} of ${formatInteger(steps)} (${when})`;
  return [
    element(
      "span",
      {},
      name ? ["This browser keeps the run ", element("bdi", {}, name)] : "This browser keeps a run",
      ` ${at}${isInUse ? ". It is open in another tab." : "."}`
    ),
    ...(isInUse
      ? [button("Show it here", "read"), button("Take it over", "takeOver")]
      : [button(step < steps ? "Continue it" : "Show it", "write")]),
    ...(canRemove ? [button("Remove it", "remove")] : [])
  ];
}
