import type {LessonNote} from "../lib/lessons/notes.js";
import {element} from "./dom.js";

/** A lesson in the list. */
export interface ListedLesson {
  id: string;
  title: string;
  href: string;
}

/** How far each lesson is, one a row. */
export function lessonTable(
  lessons: readonly ListedLesson[],
  noteOf: (id: string) => LessonNote | null
): HTMLElement {
  const state = (note: LessonNote | null) =>
    note === null
      ? "not begun"
      : note.solvedAt
        ? "✓ solved"
        : note.measured
          ? "measured; the last question is open"
          : "predicted";
  const guess = (note: LessonNote | null) =>
    !note?.measured ? "–" : note.prediction === note.measured ? "as measured" : "otherwise";
  return element(
    "div",
    {class: "obs-view obs-table", tabindex: 0, role: "region", "aria-label": "lessons, table"},
    element(
      "table",
      {},
      element("caption", {class: "obs-sr"}, "How far each lesson is"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ["lesson", "state", "prediction", "wrong tries"].map((text) =>
            element("th", {scope: "col"}, text)
          )
        )
      ),
      element(
        "tbody",
        {},
        lessons.map(({id, title, href}) => {
          const note = noteOf(id);
          return element(
            "tr",
            {},
            element("th", {scope: "row"}, element("a", {href}, title)),
            element("td", {}, state(note)),
            element("td", {}, guess(note)),
            element("td", {class: "obs-num"}, note ? note.tries : "–")
          );
        })
      )
    )
  );
}
