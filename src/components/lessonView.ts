import type {LessonState} from "../lib/lessons/desk.js";
import type {Child, View} from "./dom.js";
import {element, emit, withValue} from "./dom.js";
import {isOffered, offer} from "./offer.js";
import {workLine} from "./workLine.js";

/** What a reader does in a lesson. */
export type LessonAct<Answer> =
  | {kind: "predict"; prediction: string}
  | {kind: "run"}
  | {kind: "stop"}
  | {kind: "check"; answer: Answer}
  | {kind: "restart"};

/** The words and the parts of a lesson; its state comes with `update`. */
export interface LessonParts<Result, Answer> {
  /** What is to be predicted. */
  question: string;
  predictions: readonly {value: string; label: string}[];
  /** What the experiment does and how long it takes. */
  experiment: string;
  /**
   * The figure of a measurement. Its width in pixels is given, so that a page whose width changes keeps the
   * lesson, with what is ticked and typed in it.
   */
  figure(result: Result, width: number): Element;
  /** What was measured, in a sentence or two. */
  outcome(result: Result): string;
  /** Why it is so; shown once it was measured. */
  explanation: Child;
  /** By what was measured, what to make of it where it is not what the explanation explains. */
  surprises?: Readonly<Partial<Record<string, string>>>;
  /** The last question, and the controls that answer it. */
  task: Child;
  answer: HTMLElement & {value: Answer};
}

/** A lesson that is told how it stands. */
export type LessonView<Result, Answer> = View<LessonAct<Answer> | null> & {
  update(state: LessonState<Result>): void;
};

let made = 0;

/**
 * A lesson in four steps, each of which opens the next: predict, run, explain, and a question whose
 * answer the model checks. All of it by native controls, so that the keyboard alone goes through it;
 * what changes is announced. The focus stays where it is, also on what cannot be pressed for now, and goes
 * on to what opens only where its own place is gone.
 */
export function lessonView<Result, Answer>(
  parts: LessonParts<Result, Answer>
): LessonView<Result, Answer> {
  const name = `lesson-${++made}`;
  const radios = parts.predictions.map(({value}) =>
    element("input", {type: "radio", name, value, required: true})
  );
  const ask = element("button", {type: "submit"}, "This is my prediction");
  const prediction = element(
    "form",
    {
      class: "obs-lesson-form",
      "aria-label": "Your prediction",
      onsubmit: (event) => {
        event.preventDefault();
        const chosen = radios.find(({checked}) => checked);
        if (chosen) emit(node, {kind: "predict", prediction: chosen.value});
      }
    },
    element(
      "fieldset",
      {},
      element("legend", {}, parts.question),
      parts.predictions.map(({label}, i) => element("label", {}, radios[i]!, " ", label))
    ),
    ask
  );
  const run = element("button", {
    type: "button",
    class: "primary",
    onclick: () => emit(node, {kind: "run"})
  });
  const stop = element(
    "button",
    {type: "button", onclick: () => emit(node, {kind: "stop"})},
    "Stop"
  );
  const line = workLine("progress of the experiment");
  const message = element("p", {class: "obs-error", role: "alert"});
  const figurePlace = element("div");
  const outcome = element("p", {class: "obs-lesson-outcome"});
  const surprise = element("p", {class: "obs-lesson-surprise"});
  const check = element("button", {type: "submit", class: "primary"}, "Check with the model");
  const verdict = element("p", {class: "obs-lesson-verdict", role: "status"});
  const restart = element(
    "button",
    {type: "button", onclick: () => emit(node, {kind: "restart"})},
    "Begin again"
  );
  const section = (title: string, ...children: Child[]) =>
    element("section", {class: "obs-lesson-step"}, element("h2", {}, title), children);
  const sections = {
    predict: section("1. Predict", prediction),
    run: section(
      "2. Run",
      element("p", {}, parts.experiment),
      element("div", {class: "obs-buttons"}, run, stop),
      line,
      message,
      figurePlace
    ),
    explain: section("3. Explain", outcome, surprise, parts.explanation),
    answer: section(
      "4. Try it",
      element("p", {}, parts.task),
      element(
        "form",
        {
          class: "obs-lesson-form",
          "aria-label": "Your answer",
          onsubmit: (event) => {
            event.preventDefault();
            if (isOffered(check)) emit(node, {kind: "check", answer: parts.answer.value});
          }
        },
        parts.answer,
        check
      ),
      verdict
    )
  };
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-lesson"},
      Object.values(sections),
      element("p", {class: "obs-buttons"}, restart)
    ),
    null as LessonAct<Answer> | null
  );
  for (const type of ["input", "change"])
    node.addEventListener(type, (e) => e.target !== node && e.stopImmediatePropagation());

  let shown: Result | null = null;

  function update(state: LessonState<Result>): void {
    const {phase, progress, result, measured, prediction: chosen, isSolved} = state;
    const held = node.contains(document.activeElement) ? document.activeElement : null;
    for (const radio of radios) {
      radio.checked = chosen === null ? radio.checked : radio.value === chosen;
      radio.disabled = chosen !== null;
    }
    ask.hidden = chosen !== null;
    sections.run.hidden = chosen === null;
    run.textContent = result ? "Run it again" : "Run it";
    offer(run, phase !== "running" && phase !== "checking");
    offer(stop, phase === "running");
    if (phase === "running") line.show(progress?.phase ?? "starting", progress?.fraction);
    else line.end(phase === "checking" ? "asking the model" : result ? "measured" : "");
    message.textContent = state.message ?? "";
    if (result !== shown) {
      shown = result;
      figurePlace.replaceChildren(
        ...(result ? [parts.figure(result, Math.min(node.clientWidth || 640, 720))] : [])
      );
    }
    sections.explain.hidden = result === null;
    sections.answer.hidden = result === null;
    if (result) {
      const {label} = parts.predictions.find(({value}) => value === measured)!;
      outcome.textContent = `${parts.outcome(result)} ${
        chosen === measured
          ? "As you predicted."
          : `You predicted otherwise; measured was: ${label}.`
      }`;
      surprise.textContent = parts.surprises?.[measured!] ?? "";
      surprise.hidden = surprise.textContent === "";
    }
    offer(check, phase === "measured");
    verdict.textContent = state.verdict
      ? `${state.verdict.isRight ? "✓ Right." : "✗ Not yet."} ${state.verdict.words}`
      : isSolved
        ? "✓ You have solved this before."
        : "";
    verdict.dataset.state = state.verdict ? (state.verdict.isRight ? "right" : "wrong") : "";
    restart.hidden = chosen === null;
    if (held?.matches("[hidden], [hidden] *, :disabled"))
      (chosen === null ? radios[0]! : run).focus();
  }

  return Object.assign(node, {update});
}
