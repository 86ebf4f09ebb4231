import {choices} from "./choices.js";
import {element, emit, oncePerClick, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {fileDrop} from "./fileDrop.js";
import {offer} from "./offer.js";
import {onceRead} from "./onceRead.js";
import {workLine} from "./workLine.js";
import type {StudySource} from "../lib/engine/headStudy.js";

/** A form that is told how far the study has come; null between studies. */
export type StudyForm = View<StudySource | null> & {
  update(progress: {done: number; of: number} | null): void;
};

/** Options of {@link studyForm}. */
export interface StudyFormOptions {
  /** Seed of the generated texts. */
  seed: number;
  /** Called when the reader wants a study to stop; what was read counts. */
  onStop: () => void;
}

/**
 * Which texts the heads are to read, and how many: generated ones, whose trees are known, or a file
 * of the reader's, which as CoNLL-U has trees too. The value is null while a file is asked for and none is given; `input` says that
 * the reader pressed Read.
 */
export function studyForm({seed, onStop}: StudyFormOptions): StudyForm {
  const what = choices<StudySource["kind"]>("Texts", [
    {value: "generated", label: "the generated language", title: "its trees are known"},
    {
      value: "file",
      label: "a text of yours",
      title: "a treebank in CoNLL-U (.conllu) brings its trees"
    }
  ]);
  const many = choices<"100" | "400" | "1000" | "5000">(
    "How many",
    [
      {value: "100", label: "100"},
      {value: "400", label: "400"},
      {value: "1000", label: "1,000"},
      {value: "5000", label: "5,000"}
    ],
    "400"
  );
  const drop = fileDrop({
    label: "a text file, or a treebank (.conllu)",
    validate: () => null,
    placeholder: "or paste text here, a sentence a line"
  });
  drop.hidden = true;
  const read = element("button", {type: "button", class: "primary"}, "Read them");
  const stop = element("button", {type: "button", onclick: oncePerClick(onStop)}, "Stop");
  offer(stop, false);
  const line = workLine("texts read");
  let isBusy = false;
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-computes"},
      element("div", {class: "obs-questions"}, what, many),
      drop,
      element("div", {class: "obs-buttons obs-asked"}, read, stop),
      line
    ),
    null as StudySource | null
  );

  function value(): StudySource | null {
    const sentences = Number(many.value);
    if (what.value === "generated") return {kind: "generated", seed, sentences};
    const given = drop.value;
    if (given && "bytes" in given)
      return {kind: "file", name: given.name, bytes: given.bytes, sentences};
    if (given && "text" in given)
      return {
        kind: "file",
        name: given.name,
        bytes: new TextEncoder().encode(given.text),
        sentences
      };
    return null;
  }

  function show(): void {
    drop.hidden = what.value !== "file";
    node.value = value();
    offer(read, node.value !== null && !isBusy);
  }

  for (const part of [what, many, drop])
    part.addEventListener("input", (event) => {
      event.stopPropagation();
      show();
    });
  read.addEventListener(
    "click",
    onceRead(() => node.value && emit(node, value()))
  );
  show();
  return Object.assign(node, {
    update(progress: {done: number; of: number} | null) {
      isBusy = progress !== null;
      offer(stop, isBusy);
      show();
      if (progress)
        line.show(`${progress.done} of ${progress.of} texts`, progress.done / progress.of);
      else line.end();
    }
  });
}
