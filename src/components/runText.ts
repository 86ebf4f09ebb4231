import type {RunSummary} from "../lib/engine/trainingCalls.js";
import {element} from "./dom.js";
import {formatInteger} from "./formats.js";

/** What a run reads, told anew when the run changes. */
export type RunText = HTMLElement & {update(summary: RunSummary | null): void};

/**
 * The text of a run in figures, and what a reader should know of how it was read (joined, cut,
 * left out). Nothing before there is a run.
 */
export function runText(): RunText {
  const line = element("p", {class: "obs-muted"});
  const notes = element("ul", {class: "obs-muted obs-notes"});
  const node = element("div", {class: "obs-view obs-run-text", hidden: true}, line, notes);
  return Object.assign(node, {
    update(summary: RunSummary | null): void {
      node.hidden = summary === null;
      if (!summary) return;
      const {corpus, documents, sentences, tokens, vocabSize, sequences} = summary;
      line.textContent = [
        `Reads ${corpus}`,
        // the generated language has it in its name
        ...(corpus.includes(`${documents} document`)
          ? []
          : [`${formatInteger(documents)} ${documents === 1 ? "document" : "documents"}`]),
        `${formatInteger(sentences)} sentences`,
        `${formatInteger(tokens)} pieces to train on, of ${formatInteger(vocabSize)} kinds`,
        `${formatInteger(sequences)} rows an epoch`
      ].join(" · ");
      notes.replaceChildren(...summary.notes.map((note) => element("li", {}, note)));
    }
  });
}
