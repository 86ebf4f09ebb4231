import type {OfflineMessage} from "../serviceWorker.js";
import {element} from "./dom.js";
import {formatBytes} from "./formats.js";
import {handOn} from "./handOn.js";

/** What {@link offlineNote} asks its page to do. */
export interface OfflineActions {
  keep(): void;
  forget(): void;
}

/** The line that says whether the site is kept for use without a network. */
export type OfflineNote = HTMLElement & {
  update(state: OfflineMessage | {type: "forgotten"} | {type: "failed"; message: string}): void;
};

/** Says how far the site is kept, and lets the reader forget it or keep it again. */
export function offlineNote({keep, forget}: OfflineActions): OfflineNote {
  const words = element("span", {});
  const button = element("button", {type: "button", class: "site-link", hidden: true});
  let act = keep;
  button.addEventListener("click", () => act());
  const offer = (label: string, next: () => void) => {
    button.textContent = label;
    button.hidden = false;
    act = next;
  };
  const node = element("p", {class: "site-offline"}, words, " ", button);
  return Object.assign(node, {
    update(state: Parameters<OfflineNote["update"]>[0]): void {
      if (state.type === "progress")
        words.textContent = `Being kept for use without a network: ${state.done} of ${state.total} files.`;
      else if (state.type === "kept") {
        words.textContent = `Kept in this browser for use without a network (${formatBytes(state.bytes)}; DuckDB when it is first used).`;
        offer("Forget it", forget);
      } else if (state.type === "forgotten") {
        words.textContent = "Not kept for use without a network.";
        offer("Keep it", keep);
      } else words.textContent = `Not kept for use without a network: ${state.message}.`;
    }
  });
}

/** Tells the reader that a newer version of the site is there, with a button that loads it. */
export function newVersionNote(reload: () => void): HTMLElement {
  const node = element(
    "div",
    {class: "site-notice", role: "region", "aria-label": "New version", "aria-live": "polite"},
    element(
      "span",
      {},
      "A new version of this site is ready. This page goes on with the old one. A run under way goes on after Reload from the step at which it was last kept."
    ),
    element("button", {type: "button", onclick: reload}, "Reload"),
    element(
      "button",
      {
        type: "button",
        onclick: () => {
          handOn(node);
          node.remove();
        }
      },
      "Later"
    )
  );
  return node;
}
