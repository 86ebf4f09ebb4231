import type {RunEntry} from "../lib/store/runs.js";
import {element} from "./dom.js";
import {runName} from "./runsTable.js";

/** Options of {@link undoNote}. */
export interface UndoNoteOptions {
  undo: (id: string) => void;
  /** Removes folders for good. */
  purge: (ids: string[]) => void;
}

/** What was deleted or cannot be read, with the way back. */
export type UndoNote = HTMLElement & {
  update(state: {
    deleted: readonly RunEntry[];
    problems: readonly {id: string; message: string}[];
  }): void;
};

/** Names the deleted runs, each with a button that brings it back, and the folders that are broken. */
export function undoNote({undo, purge}: UndoNoteOptions): UndoNote {
  const node = element("div", {class: "obs-view", hidden: true});
  const button = (text: string, label: string, act: () => void) =>
    element("button", {type: "button", "aria-label": label, onclick: act}, text);
  return Object.assign(node, {
    update({deleted, problems}: Parameters<UndoNote["update"]>[0]): void {
      node.hidden = deleted.length + problems.length === 0;
      node.replaceChildren(
        ...deleted.map((run) =>
          element(
            "p",
            {class: "obs-deleted"},
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
