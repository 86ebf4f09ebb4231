// @vitest-environment jsdom
import {expect, test} from "vitest";
import {lessonView} from "../../src/components/lessonView.js";
import type {LessonState} from "../../src/lib/lessons/desk.js";

const make = () =>
  lessonView<{n: number}, string>({
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

test("what a reader's own model measured is explained, also where it is not the usual", () => {
  const view = make();
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

test("the focus is never lost: it stays on what waits, and goes on where its place is gone", () => {
  const view = make();
  document.body.append(view);
  const acts: string[] = [];
  view.addEventListener("input", () => acts.push(view.value!.kind));
  const blank = {measured: null, result: null, progress: null, message: null, verdict: null};
  const ready: LessonState<{n: number}> = {
    ...blank,
    phase: "ready",
    prediction: "usual",
    isSolved: false
  };
  const predicting: LessonState<{n: number}> = {...ready, phase: "predicting", prediction: null};
  const at = () => document.activeElement;
  const button = (name: string) =>
    [...view.querySelectorAll("button")].find(({textContent}) => textContent === name)!;
  view.update(predicting);
  const radio = view.querySelector("input")!;
  for (const place of [radio, button("This is my prediction")]) {
    view.update(predicting);
    place.focus();
    view.update(ready);
    expect(at()).toBe(button("Run it"));
  }
  view.update({...ready, phase: "running"});
  expect(at()).toBe(button("Run it"));
  expect(button("Run it").disabled).toBe(false);
  button("Run it").click();
  expect(acts).toEqual([]);
  button("Stop").click();
  expect(acts).toEqual(["stop"]);
  view.update({...ready, phase: "measured", measured: "usual", result: {n: 3}});
  expect(at()).toBe(button("Run it again"));
  button("Stop").click();
  button("Check with the model").click();
  expect(acts).toEqual(["stop", "check"]);
  view.update({...ready, phase: "checking", measured: "usual", result: {n: 3}});
  button("Check with the model").click();
  expect(acts).toEqual(["stop", "check"]);
  button("Begin again").focus();
  view.update(predicting);
  expect(at()).toBe(radio);
  view.remove();
});
