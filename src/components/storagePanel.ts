import type {StorageReport} from "../lib/store/persistence.js";
import {element} from "./dom.js";
import {formatBytes} from "./formats.js";

/** What the panel tells. */
export interface StorageState {
  storage: StorageReport | null;
  /** Whether runs survive the page. */
  lasting: boolean;
}

const answers: Record<StorageReport["persistence"], string> = {
  granted: "The browser was asked to keep them and promised to.",
  refused:
    "The browser was asked to keep them and did not promise: it may drop them when the disk gets full, so save what you cannot lose.",
  "not asked yet": "The browser will be asked to keep them when the first run is saved.",
  "not offered": "This browser gives no promise to keep them: save what you cannot lose."
};

/** Room used and left, and whether the browser promises to keep the runs. */
export function storagePanel(): HTMLElement & {update(state: StorageState): void} {
  const node = element("p", {class: "obs-view obs-storage"});
  return Object.assign(node, {
    update({storage, lasting}: StorageState): void {
      if (!lasting) {
        node.textContent =
          "This browser gives this page no lasting room (a private window?): runs end with the page that trained them.";
        return;
      }
      if (!storage) return node.replaceChildren();
      const {used, left, persistence} = storage;
      const room =
        used === null
          ? "The browser does not tell how much room is used."
          : `${formatBytes(used)} are used${left === null ? "" : `, ${formatBytes(left)} are left`}.`;
      node.textContent = `${room} ${answers[persistence]}`;
    }
  });
}
