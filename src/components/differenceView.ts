import {attentionDifference, expectedDifferences} from "../lib/heads/difference.js";
import type {AttentionDifference, Expected, ExpectedDifference} from "../lib/heads/difference.js";
import type {AttentionResult} from "../lib/engine/attentionCalls.js";
import {attentionMatrix} from "./attentionMatrix.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatProbability, formatSigned} from "./formats.js";
import {divergingLegend} from "./legends.js";
import {divergingColor, headColor, shadeColor} from "./scales.js";
import {scrolledTable} from "./scrolledTable.js";
import {isSpecialPiece, pieceName, splitPiece} from "./text.js";

/** One side of a comparison. */
export interface DifferenceSide {
  attention: AttentionResult;
  /** What the model expects at each piece; null for a model without a masked LM head. */
  expected: readonly Expected[] | null;
}

/** Places of expectations that are listed besides the blanks. */
const mostPlaces = 4;

/** A − B of every head as rows of a file. */
export function differenceRows(a: DifferenceSide, b: DifferenceSide): Row[] {
  const {moved} = attentionDifference(a.attention, b.attention);
  return moved.flatMap((heads, depth) =>
    heads.map((variation, head) => ({
      depth: depth + 1,
      head: head + 1,
      "total variation": variation
    }))
  );
}

/** Whether A and B have what a comparison by number needs, and what a reader should know of it. */
export function differenceNotes(a: DifferenceSide, b: DifferenceSide): string[] {
  const [p, q] = [a.attention.probs.shape, b.attention.probs.shape];
  return [
    ...(p[0] === q[0] && p[1] === q[1]
      ? []
      : [
          `A has ${p[0]} depths of ${p[1]} heads, B ${q[0]} of ${q[1]}: those that both have are compared by number`
        ]),
    ...(a.expected && b.expected
      ? []
      : ["one of them has no masked LM head: no guesses to compare"])
  ];
}

/**
 * A − B: which pieces are in one text only, how far the attention of each head moved, one head's
 * difference cell by cell, and how the guesses changed. Two equal sides give 0 everywhere.
 *
 * @param options.width in pixels, default 720
 * @returns a view whose value is the head in sight
 */
export function differenceView(
  a: DifferenceSide,
  b: DifferenceSide,
  {width = 720}: {width?: number} = {}
): View<{layer: number; head: number}> {
  const difference = attentionDifference(a.attention, b.attention);
  const {labels, moved, depths, heads} = difference;
  const all = moved.flat();
  const most = all.reduce((best, value, i) => (value > all[best]! ? i : best), 0);
  const extent = (values: ArrayLike<number>) =>
    Array.from(values).reduce((top, x) => (Math.abs(x) > top ? Math.abs(x) : top), 0);
  const legend = element("div", {});
  const title = element("p", {class: "obs-muted"});
  const differenceOf = ({layer, head}: {layer: number; head: number}) => {
    const probs = difference.matrix(layer, head);
    const shown = Array.from(probs).filter((value) => !Number.isNaN(value));
    const full = extent(shown);
    const title = `A − B, depth ${layer + 1}, head ${head + 1}`;
    return {shown, full, drawn: {probs, extent: full || 1, color: headColor(head, heads), title}};
  };
  const first = {layer: Math.floor(most / heads), head: most % heads};
  // drawn once, as it is shown first
  const {probs, ...look} = differenceOf(first).drawn;
  const matrix = attentionMatrix(probs, {
    ...look,
    tokens: labels,
    width: Math.min(520, width)
  });
  matrix.addEventListener("input", (event) => event.stopPropagation());
  const buttons: HTMLButtonElement[] = [];
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-difference"},
      textDifference(difference, a.attention.tokens, b.attention.tokens),
      scrolledTable(
        "how far the attention of each head moved",
        ["depth", ...Array.from({length: heads}, (_, head) => headTitle(head, heads))],
        moved.map((row, layer) =>
          element(
            "tr",
            {},
            element("th", {scope: "row"}, layer + 1),
            row.map((value, head) => {
              const button = element(
                "button",
                {
                  type: "button",
                  class: "obs-finder-cell",
                  style: `background: ${shadeColor(value, "sqrt")}`,
                  "aria-label": `depth ${layer + 1}, head ${head + 1}: moved by ${formatProbability(value)}`,
                  onclick: () => choose(layer, head)
                },
                formatProbability(value)
              );
              buttons.push(button);
              return element("td", {}, button);
            })
          )
        )
      ),
      title,
      legend,
      matrix,
      expectations(a, b, difference)
    ),
    first
  );

  function show(): void {
    const {layer, head} = node.value;
    const {shown, full, drawn} = differenceOf(node.value);
    if (node.value !== first) matrix.update(drawn);
    title.textContent = `Depth ${layer + 1}, head ${head + 1} of ${depths} × ${heads}: A − B, cell by cell.${full === 0 ? " There is no difference." : ""}`;
    legend.replaceChildren(
      divergingLegend({
        title: "A − B",
        extent: full || 1,
        minimum: Math.min(0, ...shown),
        maximum: Math.max(0, ...shown),
        width: 260
      })
    );
    buttons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === layer * heads + head))
    );
  }

  function choose(layer: number, head: number): void {
    node.value = {layer, head};
    show();
    emit(node, node.value);
  }

  show();
  return node;
}

function headTitle(head: number, heads: number): HTMLElement {
  return element(
    "th",
    {scope: "col", style: `border-bottom: 3px solid ${headColor(head, heads)}`},
    `head ${head + 1}`
  );
}

/** Both texts as one, with what is in A only struck out and what is in B only underlined. */
function textDifference(
  {pairs}: AttentionDifference,
  inA: readonly string[],
  inB: readonly string[]
): HTMLElement {
  const isSame = pairs.every(({a, b}) => a !== null && b !== null);
  return element(
    "p",
    {class: "obs-words", dir: "auto"},
    pairs.flatMap(({a, b}) => {
      const piece = a === null ? inB[b!]! : inA[a]!;
      const {mark, letters} = splitPiece(piece);
      const space = mark || isSpecialPiece(piece) ? " " : "";
      if (a !== null && b !== null) return [`${space}${letters}`];
      return [space, element(a === null ? "ins" : "del", {}, letters || "▁")];
    }),
    isSame ? element("span", {class: "obs-muted"}, " (the same pieces)") : null
  );
}

/** The guesses at the blanks, and where they moved most. */
function expectations(
  a: DifferenceSide,
  b: DifferenceSide,
  {pairs, labels}: AttentionDifference
): HTMLElement | null {
  if (!a.expected || !b.expected) return null;
  const all = expectedDifferences(a.expected, b.expected, pairs);
  const isBlank = ({place}: ExpectedDifference) => labels[place] === "[MASK]";
  const others = all
    .filter((one) => !isBlank(one) && !isSpecialPiece(labels[one.place]!))
    .sort((x, y) => y.moved - x.moved)
    .slice(0, mostPlaces);
  const share = (value: number | null) =>
    element(
      "td",
      {class: "obs-bar", style: `--p: ${(100 * (value ?? 0)).toFixed(1)}%`},
      value === null ? "not listed" : formatProbability(value)
    );
  return element(
    "div",
    {class: "obs-guess-changes"},
    [...all.filter(isBlank), ...others].map((one) =>
      element(
        "div",
        {},
        element(
          "p",
          {},
          isBlank(one) ? "Guesses at " : "Expected at ",
          element("strong", {}, pieceName(labels[one.place]!)),
          ` (place ${one.place}): moved by ${formatProbability(one.moved)}`
        ),
        element(
          "table",
          {},
          element(
            "caption",
            {class: "obs-sr"},
            `guesses of A and B at ${pieceName(labels[one.place]!)}, place ${one.place}`
          ),
          element(
            "thead",
            {},
            element(
              "tr",
              {},
              ["piece", "A", "B", "A − B"].map((name) => element("th", {scope: "col"}, name))
            )
          ),
          element(
            "tbody",
            {},
            one.pieces.map(({piece, a: p, b: q}) =>
              element(
                "tr",
                {},
                element("th", {scope: "row"}, element("bdi", {}, pieceName(piece))),
                share(p),
                share(q),
                element(
                  "td",
                  {style: `background: ${divergingColor(0.34 * ((p ?? 0) - (q ?? 0)), 1)}`},
                  p === null || q === null ? "–" : formatSigned(p - q)
                )
              )
            )
          )
        )
      )
    )
  );
}
