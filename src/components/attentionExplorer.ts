import type {AttentionResult} from "../lib/engine/protocol.js";
import {attentionGrid} from "./attentionGrid.js";
import type {HeadValue} from "./attentionGrid.js";
import {attentionLines} from "./attentionLines.js";
import {attentionMatrix, attentionRows} from "./attentionMatrix.js";
import {attentionUnits, textWithMasks} from "./attentionUnits.js";
import type {AttentionUnits, SpecialMode} from "./attentionUnits.js";
import {choices} from "./choices.js";
import {element, withValue} from "./dom.js";
import type {View} from "./dom.js";
import type {Row} from "./downloads.js";
import {figure} from "./figure.js";
import {formatNumber, formatPercent} from "./formats.js";
import {headSummary} from "./headSummary.js";
import {probabilityLegend} from "./legends.js";
import {sharingSentence} from "./modelFacts.js";
import {headColor} from "./scales.js";
import type {Lift} from "./scales.js";
import {tokenStrip} from "./tokenStrip.js";

/** Options of {@link attentionExplorer}; `update` takes any of them again. */
export interface AttentionExplorerOptions {
  /** Width in pixels, default 720. */
  width?: number;
  /** How the numbers came about besides the text: recipe, steps. */
  facts?: readonly string[];
  /** The recipe of the model, for the figures' menus. */
  recipe?: unknown;
}

/**
 * The explorer's value is the head in focus. A token masked in it is an `obs-mask` event with
 * `detail` {text, pair}: what the reader would like to ask instead.
 */
export type AttentionExplorer = View<HeadValue> & {
  update(change: AttentionExplorerOptions & {data?: AttentionResult}): void;
};

/**
 * One text seen by all heads: the tokens, every head small, one head as a matrix, and all heads of
 * its depth as lines. A token in focus in one is in focus in all; special pieces can be hidden,
 * with the rest of each row as it is or scaled back to 1; pieces can be merged into words.
 */
export function attentionExplorer(
  first: AttentionResult,
  options: AttentionExplorerOptions = {}
): AttentionExplorer {
  let settings = {width: 720, facts: [] as readonly string[], ...options};
  let data = first;
  let units: AttentionUnits = attentionUnits(data);
  let at: HeadValue = {layer: data.probs.shape[0]! - 1, head: 0};
  let lift: Lift = "sqrt";

  const special = choices<SpecialMode>("[CLS] and [SEP]", [
    {value: "shown", label: "shown"},
    {value: "hidden", label: "grey", title: "their rows and columns are left out"},
    {value: "renormalised", label: "grey, rest sums to 1", title: "each row divided by its sum"}
  ]);
  const unit = choices<"pieces" | "words">("Between", [
    {value: "pieces", label: "pieces"},
    {value: "words", label: "words", title: "into a word: added; from a word: averaged"}
  ]);
  const scale = choices<Lift>("Colour", [
    {value: "sqrt", label: "√ weight", title: "tells small weights apart"},
    {value: "linear", label: "weight"}
  ]);

  const strip = tokenStrip(units.tokens, {maskable: true, title: "tokens of the text"});
  const grid = attentionGrid(units.probs, {selected: at, rowName: "depth"});
  const matrix = attentionMatrix(weights(), {tokens: units.tokens});
  const lines = attentionLines(units.probs[at.layer]!, {tokens: units.tokens});
  const tall = element("div", {class: "obs-tall"}, lines);

  const gridFigure = figure(grid, {title: "Every head at every depth", data: summaryRows});
  const matrixFigure = figure(matrix, {title: "One head", data: weightRows});
  const linesFigure = figure(tall, {title: "One depth", data: lineRows});
  const node: View<HeadValue> = withValue(
    element(
      "div",
      {class: "obs-explorer"},
      element("div", {class: "obs-view obs-questions"}, special, unit, scale),
      strip,
      element("div", {class: "obs-heads-and-matrix"}, gridFigure, matrixFigure),
      linesFigure
    ),
    at
  );

  function weights(): ArrayLike<number> {
    return units.probs[at.layer]![at.head]!;
  }

  function summaryRows(): Row[] {
    return units.probs.flatMap((heads, layer) =>
      heads.map((probs, head) => ({
        depth: layer + 1,
        head: head + 1,
        stored_layer: data.group[layer]! + 1,
        ...headSummary(probs, units.tokens)
      }))
    );
  }

  function weightRows(): Row[] {
    return attentionRows(weights(), units.tokens).map((row) => ({
      depth: at.layer + 1,
      head: at.head + 1,
      ...row
    }));
  }

  function lineRows(): Row[] {
    return lines.value.heads.flatMap((head) =>
      attentionRows(units.probs[at.layer]![head]!, units.tokens).map((row) => ({
        depth: at.layer + 1,
        head: head + 1,
        ...row
      }))
    );
  }

  function describe(layer: number, head: number): string {
    const {entropy, previous, next, self, cls, sep} = headSummary(
      units.probs[layer]![head]!,
      units.tokens
    );
    const places: [string, number][] = [
      ["previous", previous],
      ["next", next],
      ["itself", self],
      ["[CLS]", cls],
      ["[SEP]", sep]
    ];
    const [most, share] = places.reduce((a, b) => (b[1] > a[1] ? b : a));
    return `entropy ${formatNumber(entropy)} nats, ${formatPercent(share)} on ${most}`;
  }

  function words(): void {
    const {facts, recipe} = settings;
    const n = `n = ${data.tokens.length} pieces`;
    const merged = unit.value === "words" ? `${units.tokens.length} words` : null;
    const how =
      special.value === "renormalised"
        ? "rows without [CLS] and [SEP], scaled to sum to 1"
        : "rows sum to 1";
    const common = [data.model, n, merged, ...facts];
    gridFigure.update({
      facts: common,
      recipe,
      legend: probabilityLegend({lift, masked: special.value !== "shown"}),
      caption: `${sharingSentence(data.group)} Select a head to see it large.`
    });
    matrixFigure.update({
      title: `Depth ${at.layer + 1}, head ${at.head + 1}: who looks at whom`,
      facts: [data.model, how],
      recipe,
      name: `attention-depth-${at.layer + 1}-head-${at.head + 1}`,
      caption:
        "A row is a token that looks; its weights say where. [ ] and { } change head and depth."
    });
    linesFigure.update({
      title: `Depth ${at.layer + 1}: its ${data.probs.shape[1]} heads as lines`,
      facts: [data.model, "opacity: weight over the number of heads shown"],
      recipe,
      name: `attention-depth-${at.layer + 1}-lines`,
      caption: "A line runs from the token that looks to the token looked at, in the head's colour."
    });
  }

  /** Grid beside matrix where there is room for both. */
  function widths(): {grid: number; matrix: number; lines: number} {
    const {width} = settings;
    const heads = data.probs.shape[1]!;
    const gridWidth = Math.min(width, 42 + heads * 76);
    const beside = width - gridWidth - 32;
    return {
      grid: gridWidth,
      matrix: Math.min(520, beside >= 300 ? beside : width),
      lines: Math.min(640, width)
    };
  }

  /** The views of one head, after another was selected. */
  function showHead(): void {
    matrix.update({
      probs: weights(),
      color: headColor(at.head, data.probs.shape[1]!),
      title: `attention, depth ${at.layer + 1}, head ${at.head + 1}`
    });
    lines.update({probs: units.probs[at.layer]!});
    words();
  }

  /** Everything, after another text or another way to look at it. */
  function showAll(): void {
    units = attentionUnits(data, {special: special.value, unit: unit.value});
    const [depths, heads] = data.probs.shape as [number, number];
    at = {layer: Math.min(at.layer, depths - 1), head: Math.min(at.head, heads - 1)};
    node.value = at;
    const {tokens, probs} = units;
    const size = widths();
    strip.update({tokens});
    grid.update({probs, selected: at, describe, lift, width: size.grid});
    matrix.update({
      probs: weights(),
      tokens,
      lift,
      color: headColor(at.head, heads),
      title: `attention, depth ${at.layer + 1}, head ${at.head + 1}`,
      width: size.matrix
    });
    lines.update({probs: probs[at.layer]!, tokens, width: size.lines});
    words();
  }

  for (const question of [special, unit, scale])
    question.addEventListener("input", (event) => {
      event.stopPropagation();
      lift = scale.value;
      showAll();
    });

  grid.addEventListener("input", () => {
    at = grid.value;
    node.value = at;
    showHead();
  });
  matrix.addEventListener("obs-step", (event) => {
    const {head = 0, layer = 0} = (event as CustomEvent<{head?: number; layer?: number}>).detail;
    const [depths, heads] = data.probs.shape as [number, number];
    at = {
      layer: Math.min(depths - 1, Math.max(0, at.layer + layer)),
      head: Math.min(heads - 1, Math.max(0, at.head + head))
    };
    node.value = at;
    grid.update({selected: at});
    showHead();
    node.dispatchEvent(new Event("input", {bubbles: true}));
  });

  // Each view tells the others what is in focus; being told makes no sound, so no echo comes back.
  let masked = "";
  let shownHeads = lines.value.heads.join();
  strip.addEventListener("input", (event) => {
    event.stopPropagation();
    const {index, masked: list} = strip.value;
    matrix.light(index, null);
    lines.light("from", index);
    if (list.join() === masked) return;
    masked = list.join();
    if (list.length) askWithout(list);
  });
  matrix.addEventListener("input", (event) => {
    event.stopPropagation();
    const {from} = matrix.value;
    strip.light(from);
    lines.light("from", from);
  });
  lines.addEventListener("input", (event) => {
    event.stopPropagation();
    const {side, index, heads} = lines.value;
    strip.light(index);
    matrix.light(side === "from" ? index : null, side === "to" ? index : null);
    // The table of the figure lists the heads in sight.
    if (heads.join() !== shownHeads) linesFigure.update({});
    shownHeads = heads.join();
  });

  /** Asks the page for the text with these tokens masked; a word is masked piece by piece. */
  function askWithout(tokens: readonly number[]): void {
    const end = (i: number) => units.starts[i + 1] ?? data.tokens.length;
    const pieces = tokens.flatMap((i) =>
      Array.from({length: end(i) - units.starts[i]!}, (_, k) => units.starts[i]! + k)
    );
    const detail = textWithMasks(data.tokens, data.typeIds, pieces);
    node.dispatchEvent(new CustomEvent("obs-mask", {detail, bubbles: true}));
  }

  showAll();
  return Object.assign(node, {
    update({data: next, ...change}: AttentionExplorerOptions & {data?: AttentionResult}) {
      settings = {...settings, ...change};
      if (next) data = next;
      masked = "";
      showAll();
    }
  });
}
