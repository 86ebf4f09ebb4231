// @vitest-environment jsdom
import {expect, test} from "vitest";
import {lessonView} from "../../src/components/lessonView.js";
import type {LessonState} from "../../src/lib/lessons/desk.js";

test("what a reader's own model measured is explained, also where it is not the usual", () => {
  const view = lessonView<{n: number}, string>({
    question: "Which?",
    predictions: [
      {value: "usual", label: "the usual"},
      {value: "other", label: "the other"}
    ],
    experiment: "It runs.",
    figure: () => document.createElement("figure"),
    outcome: ({n}) => `Measured ${n}.`,
    explanation: "Because.",
    surprises: {other: "This is not the usual."},
    task: "Try.",
    answer: Object.assign(document.createElement("input"), {value: ""})
  });
  const state: LessonState<{n: number}> = {
    phase: "measured",
    prediction: "usual",
    measured: "usual",
    result: {n: 3},
    progress: null,
    message: null,
    verdict: null,
    isSolved: false
  };
  const shown = (name: string) => view.querySelector<HTMLElement>(`.obs-lesson-${name}`)!;
  view.update(state);
  expect(shown("outcome").textContent).toBe("Measured 3. As you predicted.");
  expect(shown("surprise").hidden).toBe(true);
  view.update({...state, measured: "other", result: {n: 4}});
  expect(shown("outcome").textContent).toBe(
    "Measured 4. You predicted otherwise; measured was: the other."
  );
  expect(shown("surprise").hidden).toBe(false);
  expect(shown("surprise").textContent).toBe("This is not the usual.");
});
