import type {PhaseProgress} from "../lib/engine/trainingCalls.js";
import {choices} from "./choices.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {fileDrop} from "./fileDrop.js";
import type {FileValue} from "./fileDrop.js";
import {formatPercent} from "./formats.js";
import {offer} from "./offer.js";
import {onceRead} from "./onceRead.js";
import {workLine} from "./workLine.js";

/** What a reader asked for; a new object each time. */
export interface VocabularyRequest {
  action: "train" | "cancel";
  /** Pieces in all. */
  size: number;
  /** Documents of the generated language. */
  documents: number;
  /** The reader's own text; null for the generated language. */
  file: FileValue | null;
}

/** How the training stands. */
export interface VocabularyState {
  /** null where nothing is trained. */
  progress: PhaseProgress | null;
  /** What is shown below the buttons. */
  status?: string;
  /** What went wrong, as a sentence. */
  message?: string;
}

/** A form that is told how the training stands. */
export type VocabularyTrainer = View<VocabularyRequest | null> & {
  update(state: VocabularyState): void;
};

/** Sizes that are filled in at first, and who is told of others. */
export interface VocabularyTrainerOptions {
  /** Pieces in all, default 1,000. */
  size?: number;
  /** Documents of the generated language, default 600. */
  documents?: number;
  onSizes?: (sizes: {size: number; documents: number}) => void;
}

/** The least and the most of both sizes. */
export const vocabularySizes = {size: [50, 8000], documents: [1, 5000]} as const;

/**
 * Asks for a text and a size, and trains. Its value is what was asked last; the training belongs to
 * the page.
 */
export function vocabularyTrainer({
  size: firstSize = 1000,
  documents: firstDocuments = 600,
  onSizes = () => {}
}: VocabularyTrainerOptions = {}): VocabularyTrainer {
  const source = choices("Text", [
    {value: "generated", label: "generated language"},
    {value: "own", label: "my own text"}
  ]);
  const number = (value: number, min: number, max: number) =>
    element("input", {type: "number", value, min, max, step: 1, inputmode: "numeric"});
  const size = number(firstSize, ...vocabularySizes.size);
  const documents = number(firstDocuments, ...vocabularySizes.documents);
  const field = (label: string, input: HTMLInputElement) =>
    element("label", {}, `${label} `, input);
  const count = field("documents", documents);
  const drop = fileDrop({
    label: "a text file (plain text, TSV, CSV or JSONL)",
    accept: ".txt,.tsv,.csv,.jsonl,.json,.md",
    maxBytes: 67_108_864
  });
  const own = element("div", {class: "obs-source", hidden: true}, drop);
  const train = element(
    "button",
    {type: "button", class: "primary", onclick: onceRead(() => ask("train"))},
    "Train vocabulary"
  );
  const cancel = element("button", {type: "button", onclick: () => ask("cancel")}, "Cancel");
  offer(cancel, false);
  const line = workLine("training the vocabulary");
  const problem = element("p", {class: "obs-error", role: "alert"});
  const node: View<VocabularyRequest | null> = withValue(
    element(
      "div",
      {class: "obs-view obs-picker-panel obs-vocabulary-trainer obs-computes"},
      source,
      element("div", {class: "obs-vocabulary-fields"}, field("vocabulary size", size), count),
      own,
      element("div", {class: "obs-buttons"}, train, cancel),
      line,
      problem
    ),
    null as VocabularyRequest | null
  );

  function ask(action: VocabularyRequest["action"]): void {
    const isOwn = source.value === "own";
    if (action === "train" && isOwn && !drop.value) {
      drop.fail("no text yet (drop, choose or paste one)");
      return;
    }
    emit(node, {
      action,
      size: size.valueAsNumber,
      documents: documents.valueAsNumber,
      file: isOwn ? drop.value : null
    });
  }

  // Choosing a text is no request yet: only the buttons speak.
  for (const part of [source, drop])
    part.addEventListener("input", (event) => {
      event.stopPropagation();
      own.hidden = source.value !== "own";
      count.hidden = source.value === "own";
    });
  for (const part of [size, documents])
    part.addEventListener("input", (event) => {
      event.stopPropagation();
      if (size.checkValidity() && documents.checkValidity())
        onSizes({size: size.valueAsNumber, documents: documents.valueAsNumber});
    });

  return Object.assign(node, {
    update({progress, status = "", message = ""}: VocabularyState) {
      offer(train, progress === null);
      offer(cancel, progress !== null);
      const {phase, fraction = null} = progress ?? {};
      const part = fraction === null ? "" : ` · ${formatPercent(fraction)}`;
      if (phase !== undefined) line.show(`${phase}${part}`, fraction);
      else line.end(status);
      problem.textContent = message;
    }
  });
}
