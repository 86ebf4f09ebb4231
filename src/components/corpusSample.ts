import type {GeneratedCorpus} from "../lib/corpus/types.js";
import {element} from "./dom.js";
import {saveFile} from "./downloads.js";

/**
 * One document of the generated language, its topic and tense, and the whole sample as a file.
 *
 * @param text the sample as plain text
 * @param name file name of the download
 */
export function corpusSample(sample: GeneratedCorpus, text: string, name: string): HTMLElement {
  const sentences = sample.documents.reduce((sum, document) => sum + document.length, 0);
  let shown = 0;
  const story = element("blockquote", {class: "obs-story", "aria-live": "polite"});
  const about = element("p", {class: "obs-muted obs-small"});
  const show = (): void => {
    const {topic, tense, sentences: truth} = sample.truth[shown]!;
    story.textContent = sample.documents[shown]!.join(" ");
    about.textContent = `Document ${shown + 1} of ${sample.documents.length}: ${topic}, ${tense} tense, ${truth.length} sentences, seed ${sample.seed}.`;
  };
  show();
  return element(
    "div",
    {class: "obs-sample"},
    story,
    about,
    element(
      "p",
      {class: "obs-buttons"},
      element(
        "button",
        {
          type: "button",
          onclick: () => {
            shown = (shown + 1) % sample.documents.length;
            show();
          }
        },
        "Another document"
      ),
      element(
        "button",
        {type: "button", onclick: () => saveFile(name, "text/plain", text)},
        `Save ${sentences} sentences as text`
      )
    )
  );
}
