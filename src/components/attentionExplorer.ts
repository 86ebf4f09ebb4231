import type {AttentionResult} from "../lib/engine/attentionCalls.js";
import {attentionGrid} from "./attentionGrid.js";
import type {HeadValue} from "./attentionGrid.js";
import {attentionLines} from "./attentionLines.js";
import {attentionMatrix} from "./attentionMatrix.js";
import {attentionUnits} from "./attentionUnits.js";
import type {AttentionUnits} from "./attentionUnits.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {describeHead, summaryRows, weightRows} from "./explorerRows.js";
import {figure} from "./figure.js";
import {probabilityLegend} from "./legends.js";
import {sharingSentence} from "./modelFacts.js";
import {headColor} from "./scales.js";
import {textWithMasks} from "./textWithMasks.js";
import {tokenStrip} from "./tokenStrip.js";
import {unitQuestions, type UnitWords} from "./unitQuestions.js";

/** Options of {@link attentionExplorer}; `update` takes any of them again. */
export interface AttentionExplorerOptions {
  /** Width in pixels, default 720. */
  width?: number;
  /** How the numbers came about besides the text: recipe, steps. */
  facts?: readonly string[];
  /** The recipe of the model, for the figures' menus. */
  recipe?: unknown;
}

/** How attention is shown at first, and who is told when that changes. */
export interface ExplorerAnswers {
  answers?: Partial<UnitWords>;
  onAnswers?: (answers: UnitWords) => void;
}

/** The head in focus, and the cell locked in it by the pieces that look and are looked at. */
export interface ExplorerValue extends HeadValue {
  cell: {from: number[]; to: number[]} | null;
}

/**
 * An explorer that can be given another text. A token masked in it is an `obs-mask` event with
 * `detail` {text, pair}: what the reader would like to ask instead.
 */
export type AttentionExplorer = View<ExplorerValue> & {
  update(change: AttentionExplorerOptions & {data?: AttentionResult; selected?: HeadValue}): void;
};

/**
 * One text seen by all heads: the tokens, every head small, one head as a matrix, and all heads of
 * its depth as lines. A token in focus in one is in focus in all.
 */
export function attentionExplorer(
  first: AttentionResult,
  {answers, onAnswers, ...options}: AttentionExplorerOptions & ExplorerAnswers = {}
): AttentionExplorer {
  let settings = {width: 720, facts: [] as readonly string[], ...options};
  let data = first;
  let units: AttentionUnits = attentionUnits(data);
  let at: HeadValue = {layer: data.probs.shape[0]! - 1, head: 0};

  const questions = unitQuestions(answers, onAnswers);
  const strip = tokenStrip(units.tokens, {maskable: true, title: "tokens of the text"});
  const grid = attentionGrid(units.probs, {selected: at, rowName: "depth"});
  const matrix = attentionMatrix(units.probs[at.layer]![at.head]!, {tokens: units.tokens});
  const lines = attentionLines(units.probs[at.layer]!, {tokens: units.tokens});

  const gridFigure = figure(grid, {
    title: "Every head at every depth",
    data: () => summaryRows(units, data.group)
  });
  const matrixFigure = figure(matrix, {
    title: "One head",
    data: () => weightRows(units, at.layer, [at.head])
  });
  const linesFigure = figure(lines, {
    title: "One depth",
    data: () => weightRows(units, at.layer, lines.value.heads)
  });
  const node: View<ExplorerValue> = withValue(
    element(
      "div",
      {class: "obs-explorer"},
      questions,
      strip,
      element("div", {class: "obs-heads-and-matrix"}, gridFigure, matrixFigure),
      linesFigure
    ),
    {...at, cell: null}
  );

  function words(): void {
    const {facts, recipe} = settings;
    const {unit, hideSpecial, part, renormalise, lift} = questions.value;
    const [depth, heads] = [at.layer + 1, data.probs.shape[1]!];
    const isCut = hideSpecial || part !== "all";
    const pieces = `n = ${data.tokens.length} pieces`;
    const merged = unit === "words" ? `${units.tokens.length} words` : null;
    const who = part === "all" ? null : part.toUpperCase().replace("-", " → ");
    gridFigure.update({
      facts: [data.model, pieces, merged, who, ...facts],
      recipe,
      legend: probabilityLegend({lift, masked: hideSpecial}),
      caption: `${sharingSentence(data.group)} Select a head to see it large.`
    });
    matrixFigure.update({
      title: `Depth ${depth}, head ${at.head + 1}: who looks at whom`,
      facts: [
        data.model,
        pieces,
        who,
        !isCut
          ? "rows sum to 1"
          : renormalise
            ? "what is left of each row is scaled to sum to 1"
            : "what is left of each row sums to less than 1",
        ...facts
      ],
      recipe,
      name: `attention-depth-${depth}-head-${at.head + 1}`,
      caption:
        "A row is a token that looks; its weights say where. [ ] and { } change head and depth."
    });
    linesFigure.update({
      title: `Depth ${depth}: its ${heads} heads as lines`,
      facts: [
        data.model,
        pieces,
        who,
        `the stronger the colour, the greater the ${lift === "sqrt" ? "√ " : ""}weight`,
        ...facts
      ],
      recipe,
      name: `attention-depth-${depth}-lines`,
      caption: "A line runs from the token that looks to the token looked at, in the head's colour."
    });
  }

  /** Grid beside matrix where there is room for both. */
  function widths(): {grid: number; matrix: number; lines: number} {
    // A page that is not laid out yet is 0 wide.
    const width = Math.max(240, settings.width);
    const gridWidth = Math.min(width, 42 + data.probs.shape[1]! * 76);
    const beside = width - gridWidth - 32;
    const isBeside = beside >= 300;
    // Its words take no more room than the grid does.
    gridFigure.style.width = isBeside ? `${gridWidth}px` : "";
    return {
      grid: gridWidth,
      matrix: Math.min(520, isBeside ? beside : width),
      lines: Math.min(640, width)
    };
  }

  /** The views of one head, after another was selected, or with other rows and columns. */
  function showHead(matrixChange = {}, linesChange = {}): void {
    matrix.update({
      ...matrixChange,
      probs: units.probs[at.layer]![at.head]!,
      color: headColor(at.head, data.probs.shape[1]!),
      title: `attention, depth ${at.layer + 1}, head ${at.head + 1}`
    });
    lines.update({...linesChange, probs: units.probs[at.layer]!});
    words();
  }

  /** Everything, after another text or another way to look at it. */
  function showAll(): void {
    questions.update(data.typeIds.includes(1));
    const answers = questions.value;
    units = attentionUnits(data, answers);
    const [depths, heads] = data.probs.shape as [number, number];
    at = {layer: Math.min(at.layer, depths - 1), head: Math.min(at.head, heads - 1)};
    const size = widths();
    const {lift} = answers;
    const {tokens, probs} = units;
    const names = (list: readonly number[]) => list.map((i) => tokens[i]!);
    const sides = {tokens: names(units.rows), columns: names(units.columns)};
    const describe = (layer: number, head: number) => describeHead(units, layer, head);
    strip.update({tokens});
    grid.update({
      probs,
      columns: units.columns.length,
      selected: at,
      describe,
      lift,
      width: size.grid
    });
    showHead({...sides, lift, width: size.matrix}, {...sides, lift, width: size.lines});
    node.value = read();
  }

  /** The pieces of a token; a word has several. */
  function piecesOf(token: number): number[] {
    const {starts} = units;
    const end = starts[token + 1] ?? data.tokens.length;
    return Array.from({length: end - starts[token]!}, (_, k) => starts[token]! + k);
  }

  function read(): ExplorerValue {
    const {from, to, locked} = matrix.value;
    const isCell = locked && from !== null && to !== null;
    const cell = isCell
      ? {from: piecesOf(units.rows[from]!), to: piecesOf(units.columns[to]!)}
      : null;
    return {...at, cell};
  }

  function go(layer: number, head: number): void {
    at = {layer, head};
    showHead();
    emit(node, read());
  }

  questions.addEventListener("input", (event) => {
    event.stopPropagation();
    showAll();
  });
  grid.addEventListener("input", (event) => {
    event.stopPropagation();
    go(grid.value.layer, grid.value.head);
  });
  matrix.addEventListener("obs-step", (event) => {
    const {head = 0, layer = 0} = (event as CustomEvent<{head?: number; layer?: number}>).detail;
    const within = (i: number, size: number) => Math.min(size - 1, Math.max(0, i));
    const [depths, heads] = data.probs.shape as [number, number];
    const selected = {layer: within(at.layer + layer, depths), head: within(at.head + head, heads)};
    grid.update({selected});
    go(selected.layer, selected.head);
  });

  // Each view tells the others what is in focus; being told makes no sound, so no echo comes back.
  let masked = "";
  let shownHeads = lines.value.heads.join();
  const placeIn = (list: readonly number[], token: number | null) => {
    const place = token === null ? -1 : list.indexOf(token);
    return place < 0 ? null : place;
  };
  strip.addEventListener("input", (event) => {
    event.stopPropagation();
    const {index, masked: list} = strip.value;
    const row = placeIn(units.rows, index);
    const column = placeIn(units.columns, index);
    matrix.light(row, row === null ? column : null);
    if (row === null && column !== null) lines.light("to", column);
    else lines.light("from", row);
    if (list.join() === masked) return;
    masked = list.join();
    if (list.length === 0) return;
    const detail = textWithMasks(data.tokens, data.typeIds, list.flatMap(piecesOf));
    node.dispatchEvent(new CustomEvent("obs-mask", {detail, bubbles: true}));
  });
  matrix.addEventListener("input", (event) => {
    event.stopPropagation();
    const {from} = matrix.value;
    strip.light(from === null ? null : units.rows[from]!);
    lines.light("from", from);
    const value = read();
    if (JSON.stringify(value) !== JSON.stringify(node.value)) emit(node, value);
  });
  lines.addEventListener("input", (event) => {
    event.stopPropagation();
    const {side, index, heads} = lines.value;
    const list = side === "from" ? units.rows : units.columns;
    strip.light(index === null ? null : list[index]!);
    matrix.light(side === "from" ? index : null, side === "to" ? index : null);
    // The table of the figure lists the heads in sight.
    if (heads.join() !== shownHeads) linesFigure.update({});
    shownHeads = heads.join();
  });

  showAll();
  return Object.assign(node, {
    update({
      data: next,
      selected,
      ...change
    }: AttentionExplorerOptions & {data?: AttentionResult; selected?: HeadValue}) {
      settings = {...settings, ...change};
      if (selected) at = selected;
      if (next) data = next;
      masked = "";
      showAll();
    }
  });
}
