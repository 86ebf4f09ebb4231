import type {AttentionChange, EffectResult} from "../lib/engine/attentionCalls.js";
import {element} from "./dom.js";
import type {Child} from "./dom.js";
import type {Row} from "./downloads.js";
import {formatNumber, formatProbability} from "./formats.js";
import {ink} from "./scales.js";
import {pieceName} from "./text.js";
import {tokenStrip} from "./tokenStrip.js";

/** A change in words, for a title. */
export function describeChange(change: AttentionChange, tokens: readonly string[]): string {
  const names = (list: readonly number[]) => list.map((i) => pieceName(tokens[i] ?? "?")).join("");
  const head = `head ${change.head + 1}`;
  const where = change.layer === null ? "at every depth" : `at depth ${change.layer + 1}`;
  switch (change.kind) {
    case "head":
      return `Without ${head} ${where}`;
    case "cell":
      return `With ${head} ${where} not looking from ${names(change.from)} to ${names(change.to)}`;
    case "value":
      return `With ${head} ${where} reading nothing at ${names(change.to)}`;
  }
}

/** The numbers of an effect, for its table. */
export function effectRows({tokens, divergence, places, labels}: EffectResult): Row[] {
  return [
    ...places.flatMap(({position, pieces}) =>
      pieces.map(({piece, before, after}) => ({
        what: "piece",
        position,
        name: piece,
        before,
        after
      }))
    ),
    ...(labels ?? []).map(({label, before, after}) => ({
      what: "label",
      position: null,
      name: label,
      before,
      after
    })),
    ...Array.from(divergence ?? [], (nats, position) => ({
      what: "divergence in nats",
      position,
      name: tokens[position]!,
      before: null,
      after: nats
    }))
  ];
}

/** How large a divergence is, in a word. */
function size(nats: number): string {
  if (nats < 1e-6) return "nothing";
  if (nats < 0.001) return "next to nothing";
  if (nats < 0.02) return "a little";
  return nats < 0.2 ? "clearly" : "a lot";
}

/**
 * What a change did: how far the prediction at every piece moved, and the likeliest pieces and the
 * label before and after.
 */
export function effectView(result: EffectResult): HTMLElement {
  const {tokens, divergence, places, labels} = result;
  const largest = Math.max(1e-12, ...(divergence ?? []));
  const strip =
    divergence &&
    tokenStrip(tokens, {
      values: divergence,
      format: formatProbability,
      color: (i) =>
        `color-mix(in oklab, ${ink.positive} ${Math.round((24 * divergence[i]!) / largest)}%, ${ink.paper})`,
      title: "how far the prediction at each piece moved, in nats"
    });
  return element(
    "div",
    {class: "obs-view obs-effect"},
    places.map((place) => placeView(place, result)),
    labels &&
      pairs(
        "label",
        labels.map(({label, ...p}) => ({name: label, ...p}))
      ),
    strip &&
      element("p", {class: "obs-muted"}, "How far the prediction at each piece moved (nats):"),
    strip
  );
}

function placeView(
  {position, pieces, likeliestAfter}: EffectResult["places"][number],
  {tokens, divergence}: EffectResult
): Child {
  const was = pieces[0]!.piece;
  const nats = divergence![position]!;
  const moved = `It moves the prediction at ${pieceName(tokens[position]!)} (piece ${position}) by ${formatNumber(nats)} nats, ${size(nats)}; `;
  const winner =
    likeliestAfter === was
      ? `the likeliest piece stays “${pieceName(was)}”.`
      : `the likeliest piece changes from “${pieceName(was)}” to “${pieceName(likeliestAfter)}”.`;
  return [
    element("p", {}, moved, element("strong", {}, winner)),
    pairs(
      "piece",
      pieces.map(({piece, ...p}) => ({name: pieceName(piece), ...p}))
    )
  ];
}

/** Probabilities before and after, each with a bar behind it. */
function pairs(
  what: string,
  rows: readonly {name: string; before: number; after: number}[]
): HTMLElement {
  const bar = (p: number) =>
    element("td", {class: "obs-bar", style: `--p: ${(100 * p).toFixed(1)}%`}, formatProbability(p));
  const difference = (d: number) =>
    `${d < 0 ? "−" : "+"}${formatProbability(Math.abs(d)).replace(/^0$/, "0.000")}`;
  return element(
    "table",
    {},
    element("caption", {class: "obs-sr"}, `probability of each ${what} before and after`),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        [what, "before", "after", "change"].map((name) => element("th", {scope: "col"}, name))
      )
    ),
    element(
      "tbody",
      {},
      rows.map(({name, before, after}) =>
        element(
          "tr",
          {},
          element("th", {scope: "row"}, element("bdi", {}, name)),
          bar(before),
          bar(after),
          element("td", {}, difference(after - before))
        )
      )
    )
  );
}
