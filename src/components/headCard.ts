import type {HeadStudyResult} from "../lib/heads/study.js";
import type {HeadValue} from "./attentionGrid.js";
import {element} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatProbability} from "./formats.js";
import {valueWithRank} from "./headFinder.js";
import {shadeColor} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";
import {isSpecialPiece, pieceName, splitPiece} from "./text.js";

/** The examples of a head as rows of a file. */
export function exampleRows(
  {top, sample, heads}: HeadStudyResult,
  {layer, head}: HeadValue
): Row[] {
  const i = layer * heads + head;
  const all = [
    ...top[i]!.map((example) => ({...example, kind: "strongest"})),
    ...sample.map((example) => ({...example, weights: example.weights[i]!, kind: "random"}))
  ];
  return all.flatMap(({kind, text, tokens, from, weights}) =>
    tokens.map((piece, to) => ({
      kind,
      text,
      from: tokens[from]!,
      position: to,
      piece,
      weight: weights[to]!
    }))
  );
}

/**
 * One head over many texts: its measures with interval and rank, the rows with its strongest single
 * weights, and rows drawn at random, without which the strongest would be taken for the usual. A
 * sentence is a button: an `obs-text` event with `detail` {text} asks to see it above.
 */
export function headCard(study: HeadStudyResult, {layer, head}: HeadValue): HTMLElement {
  const i = layer * study.heads + head;
  const pattern = study.detected[i];
  const node = element("div", {class: "obs-view obs-head-card"});
  const sentence = (
    text: string,
    tokens: readonly string[],
    from: number,
    weights: ArrayLike<number>
  ) =>
    element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          class: "obs-example",
          title: "see this text above",
          "aria-label": `${said(tokens, from, weights)}. See this text above: ${text}`,
          onclick: () =>
            node.dispatchEvent(new CustomEvent("obs-text", {detail: {text}, bubbles: true}))
        },
        tokens.map((token, at) => {
          const {mark, letters} = splitPiece(token);
          const p = weights[at]!;
          return [
            mark || isSpecialPiece(token) ? " " : "",
            element(
              "span",
              {
                class: at === from ? "obs-looks" : null,
                style: p >= 0.02 ? `background: ${shadeColor(p, "sqrt")}` : null
              },
              letters
            )
          ];
        })
      )
    );
  node.append(
    element(
      "p",
      {},
      pattern
        ? `Most above even attention: ${about(study, pattern.pattern)} (${(100 * pattern.excess).toFixed(0)}% of what is possible).`
        : "No pattern beyond what even attention gives."
    ),
    scrolledTable(
      "measures of the head",
      ["measure", "value [95%], rank", "compared with"],
      study.measures.map((measure) =>
        element(
          "tr",
          {},
          element(
            "th",
            {scope: "row"},
            `${measure.name}${measure.unit ? ` (${measure.unit})` : ""}`
          ),
          element("td", {}, valueWithRank(measure, i)),
          element("td", {}, `${formatNumber(measure.reference.value)} (${measure.reference.name})`)
        )
      )
    ),
    element("h3", {}, "Strongest"),
    element(
      "ol",
      {class: "obs-examples"},
      study.top[i]!.map(({text, tokens, from, weights}) => sentence(text, tokens, from, weights))
    ),
    element("h3", {}, "Drawn at random"),
    element(
      "ol",
      {class: "obs-examples"},
      study.sample.map(({text, tokens, from, weights}) => sentence(text, tokens, from, weights[i]!))
    )
  );
  return node;
}

function about({measures}: HeadStudyResult, pattern: string): string {
  return measures.find(({name}) => name === pattern)!.about;
}

/** "dog looks most at the, 0.41". */
function said(tokens: readonly string[], from: number, weights: ArrayLike<number>): string {
  const best = Array.from(weights).reduce((top, p, i, all) => (p > all[top]! ? i : top), 0);
  return `${pieceName(tokens[from]!)} looks most at ${pieceName(tokens[best]!)}, ${formatProbability(weights[best]!)}`;
}
