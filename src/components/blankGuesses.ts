import type {SentencePrediction} from "../lib/engine/trainingCalls.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatProbability} from "./formats.js";
import {isSpecialPiece, pieceName, splitPiece} from "./text.js";

/** The guesses as rows, the likeliest first. */
export function guessRows({blanks}: SentencePrediction): Row[] {
  return blanks.flatMap(({position, top}) =>
    top.map(({piece, probability}, i) => ({position, rank: i + 1, piece, probability}))
  );
}

/**
 * A text with blanks: the likeliest piece in each, and below it the likeliest pieces with their
 * probabilities. There is no truth to compare with: the reader masked it.
 */
export function blankGuesses({tokens, blanks}: SentencePrediction): HTMLElement {
  const first = new Map(blanks.map(({position, top}) => [position, top[0]?.piece ?? ""]));
  let number = 0;
  const words = tokens.flatMap((token, i) => {
    const guess = first.get(i);
    if (guess !== undefined)
      return [
        " ",
        element(
          "span",
          {class: "obs-guess", title: "the likeliest piece"},
          element("bdi", {}, pieceName(guess)),
          blanks.length > 1 && element("sub", {}, ++number)
        )
      ];
    if (isSpecialPiece(token)) return [];
    const {mark, letters} = splitPiece(token);
    return [mark ? ` ${letters}` : letters];
  });
  return element(
    "div",
    {class: "obs-view obs-predictions"},
    element("p", {class: "obs-words", dir: "auto"}, words),
    blanks.map(({top}, i) =>
      element(
        "div",
        {class: "obs-fill"},
        blanks.length > 1 && element("span", {class: "obs-muted"}, `blank ${i + 1}`),
        element(
          "ol",
          {class: "obs-guesses", "aria-label": `guesses for blank ${i + 1}`},
          top.map(({piece, probability}) =>
            element(
              "li",
              {style: `--p: ${(100 * probability).toFixed(1)}%`},
              element("bdi", {}, pieceName(piece)),
              element("span", {class: "obs-p"}, ` ${formatProbability(probability)}`)
            )
          )
        )
      )
    )
  );
}
