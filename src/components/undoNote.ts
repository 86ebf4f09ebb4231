import type {RunEntry} from "../lib/store/runs.js";
import {element, oncePerClick} from "./dom.js";
import {runName} from "./runsTable.js";

/** Options of {@link undoNote}. */
export interface UndoNoteOptions {
  undo: (id: string) => void;
  /** Removes folders for good. */
  purge: (ids: string[]) => void;
}

/** What was deleted or cannot be read, with the way back. */
export type UndoNote = HTMLElement & {
  /** Puts the focus on the way back of a run that was just deleted. */
  focusRun(id: string): void;
  update(state: {
    deleted: readonly RunEntry[];
    problems: readonly {id: string; message: string}[];
  }): void;
};

/** Names the deleted runs, each with a button that brings it back, and the folders that are broken. */
export function undoNote({undo, purge}: UndoNoteOptions): UndoNote {
  const node = element("div", {class: "obs-view", hidden: true});
  let shown = "";
  const button = (text: string, label: string, act: () => void) =>
    element("button", {type: "button", "aria-label": label, onclick: oncePerClick(act)}, text);
  return Object.assign(node, {
    focusRun(id: string): void {
      const found = [...node.children].find((each) => (each as HTMLElement).dataset.run === id);
      found?.querySelector("button")!.focus();
    },
    update({deleted, problems}: Parameters<UndoNote["update"]>[0]): void {
      // what did not change keeps its buttons, and the focus with them
      const key = JSON.stringify([deleted.map((run) => [run.id, runName(run)]), problems]);
      if (key === shown) return;
      shown = key;
      node.hidden = deleted.length + problems.length === 0;
      node.replaceChildren(
        ...deleted.map((run) =>
          element(
            "p",
            {class: "obs-deleted", "data-run": run.id},
            element("span", {}, "Deleted: ", element("bdi", {}, runName(run)), "."),
            button("Undo", `bring ${runName(run)} back`, () => undo(run.id)),
            button("Remove for good", `remove ${runName(run)} for good`, () => purge([run.id]))
          )
        ),
        ...problems.map(({id, message}) =>
          element(
            "p",
            {class: "obs-deleted"},
            element("span", {class: "obs-error"}, `The run ${id} cannot be read: ${message}.`),
            button("Remove it", `remove ${id} for good`, () => purge([id]))
          )
        )
      );
    }
  });
}
