import type {ErrorRow} from "../lib/engine/fineTuning/protocol.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatInteger, formatPercent} from "./formats.js";
import {handOn} from "./handOn.js";

/** Errors shown at first. */
const shownAtFirst = 6;

/**
 * Dev examples that the model gets wrong, the dearest first: the text, what was true, what was said
 * and how surely. Texts are shown as they are, never as markup.
 *
 * @param wrong number of errors in all
 */
export function errorList(errors: readonly ErrorRow[], wrong: number): HTMLElement {
  if (errors.length === 0)
    return element("p", {class: "obs-view obs-muted"}, "No dev example is wrong.");
  const items = errors.map(({text, pair, truth, predicted, confidence}, i) =>
    element(
      "li",
      {hidden: i >= shownAtFirst},
      element("p", {class: "obs-error-text", dir: "auto"}, text),
      pair !== null && element("p", {class: "obs-error-text obs-muted", dir: "auto"}, pair),
      element(
        "p",
        {class: "obs-error-labels"},
        "true ",
        element("strong", {dir: "auto"}, truth),
        ", predicted ",
        element("strong", {dir: "auto"}, predicted),
        confidence !== null && ` (${formatPercent(confidence)})`
      )
    )
  );
  const more = element(
    "button",
    {
      type: "button",
      // no part of a picture or of a printed page
      class: "obs-how",
      hidden: errors.length <= shownAtFirst,
      onclick: () => {
        for (const item of items) item.hidden = false;
        handOn(more);
        more.hidden = true;
      }
    },
    `Show ${formatInteger(Math.max(0, errors.length - shownAtFirst))} more`
  );
  return element(
    "div",
    {class: "obs-view obs-errors"},
    element(
      "p",
      {class: "obs-muted"},
      `${formatInteger(wrong)} wrong in all; those with the greatest loss come first`
    ),
    element("ol", {}, items),
    more
  );
}

/** The errors as rows, for a file. */
export function errorRows(errors: readonly ErrorRow[]): Row[] {
  return errors.map(({text, pair, truth, predicted, confidence, loss}) => ({
    text,
    pair,
    truth,
    predicted,
    confidence,
    loss
  }));
}
