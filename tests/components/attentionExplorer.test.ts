// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {attentionExplorer} from "../../src/components/attentionExplorer.js";
import {attentionUnits} from "../../src/components/attentionUnits.js";
import {summaryRows, weightRows} from "../../src/components/explorerRows.js";
import {headButtons} from "../../src/components/headButtons.js";
import {headSummary} from "../../src/components/headSummary.js";
import {textWithMasks} from "../../src/components/textWithMasks.js";
import type {AttentionResult} from "../../src/lib/engine/attentionCalls.js";
import {markup} from "./snapshot.js";

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

const tokens = ["[CLS]", "▁cat", "s", "[SEP]", "▁they", "[MASK]", "[SEP]"];
const n = tokens.length;
const [depths, heads] = [3, 2];

/** A pair, "cats" and "they [MASK]", at three depths of two heads; rows sum to 1, all different. */
function result(seed = 1): AttentionResult {
  const data = new Float32Array(depths * heads * n * n);
  for (let row = 0; row < data.length; row += n) {
    let sum = 0;
    for (let to = 0; to < n; ++to)
      sum += data[row + to] = Math.exp(2 * Math.sin(seed + row * 3.1 + to * 1.7));
    for (let to = 0; to < n; ++to) data[row + to]! /= sum;
  }
  return {
    tokens,
    wordIds: [null, 0, 0, null, 1, 2, null],
    typeIds: [0, 0, 0, 0, 1, 1, 1],
    probs: {shape: [depths, heads, n, n], data},
    group: [0, 0, 0],
    model: "test model"
  };
}

const rowSums = (weights: ArrayLike<number>, columns: number) =>
  Array.from({length: weights.length / columns}, (_, row) =>
    Array.from({length: columns}, (_, c) => weights[row * columns + c]!)
      .filter((w) => !Number.isNaN(w))
      .reduce((a, b) => a + b, 0)
  );

describe("attentionUnits(result, options)", () => {
  test("a part of a pair is cut out, and can be scaled to sum to 1", () => {
    const all = attentionUnits(result());
    const part = attentionUnits(result(), {part: "a-b"});
    expect([part.rows, part.columns]).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6]
    ]);
    expect(part.probs[1]![0]![1 * 3 + 0]).toBe(all.probs[1]![0]![1 * n + 4]);
    const scaled = attentionUnits(result(), {part: "a-b", renormalise: true}).probs[2]![1]!;
    expect(rowSums(scaled, 3)).toBeAllClose([1, 1, 1, 1]);
    expect(rowSums(part.probs[2]![1]!, 3).every((sum) => sum < 0.99)).toBe(true);
  });

  test.each([
    ["b-a", [4, 5, 6], [0, 1, 2, 3]],
    ["a-a", [0, 1, 2, 3], [0, 1, 2, 3]],
    ["b-b", [4, 5, 6], [4, 5, 6]]
  ] as const)("%s: who looks, at whom, by the weights of the whole", (part, rows, columns) => {
    const all = attentionUnits(result()).probs[2]![1]!;
    const cut = attentionUnits(result(), {part});
    expect([cut.rows, cut.columns]).toEqual([rows, columns]);
    const expected = rows.flatMap((from) => columns.map((to) => all[from * n + to]!));
    expect(cut.probs[2]![1]!).toBeAllClose(expected);
    const scaled = attentionUnits(result(), {part, renormalise: true}).probs[2]![1]!;
    expect(rowSums(scaled, columns.length)).toBeAllClose(rows.map(() => 1));
  });

  test("words of a part without special pieces keep their row sums when scaled", () => {
    const options = {part: "b-a", unit: "words", hideSpecial: true, renormalise: true} as const;
    const {tokens: words, rows, columns, probs} = attentionUnits(result(), options);
    expect(columns.map((i) => words[i])).toEqual(["[CLS]", "▁cats", "[SEP]"]);
    expect(rows.map((i) => words[i])).toEqual(["▁they", "[MASK]", "[SEP]"]);
    const weights = Array.from(probs[0]![0]!);
    expect(weights.map((w) => (Number.isNaN(w) ? null : +w.toFixed(6)))).toEqual([
      ...[null, 1, null],
      ...[null, 1, null],
      ...[null, null, null]
    ]);
  });

  test("[MASK] stands in the text and is not hidden", () => {
    const {probs} = attentionUnits(result(), {hideSpecial: true});
    const weights = probs[0]![0]!;
    expect(weights[5 * n + 1]).toBeGreaterThan(0);
    expect(weights[6 * n + 1]).toBeNaN();
  });
});

describe("headSummary(probs, tokens)", () => {
  test("means over the rows", () => {
    const {entropy, self, previous, next, cls, sep} = headSummary(
      [0, 1, 0, 0.5, 0, 0.5, 0.25, 0.25, 0.5],
      ["[CLS]", "▁a", "[SEP]"]
    );
    expect(entropy).toBeCloseTo((Math.log(2) + 1.5 * Math.log(2)) / 3, 12);
    expect([self, previous, next, cls, sep]).toEqual([0.5 / 3, 0.25, 0.5, 0.25, 1 / 3]);
  });

  test("even attention has entropy ln n", () => {
    const even = new Float64Array(49).fill(1 / 7);
    expect(headSummary(even, tokens).entropy).toBeCloseTo(Math.log(7), 12);
  });

  test("places count in the text, not in the part that is shown; hidden rows do not", () => {
    // Tokens 4 to 6 look at 0 to 3, and the last row is hidden.
    const probs = [0, 0, 0.25, 0.75, 1, 0, 0, 0, NaN, NaN, NaN, NaN];
    const {previous, cls} = headSummary(probs, tokens, [4, 5, 6], [0, 1, 2, 3]);
    expect([previous, cls]).toEqual([0.75 / 2, 0.5]);
  });
});

describe("tables of the explorer", () => {
  test("a row for each head, a row for each weight", () => {
    const units = attentionUnits(result(), {part: "a-b"});
    const rows = summaryRows(units, [0, 0, 0]);
    expect(rows).toHaveLength(depths * heads);
    expect(rows[3]).toMatchObject({depth: 2, head: 2, stored_layer: 1});
    const weights = weightRows(units, 1, [1]);
    expect(weights).toHaveLength(4 * 3);
    expect(weights[4]).toMatchObject({depth: 2, head: 2, from: "▁cat", to: "[MASK]"});
  });
});

describe("textWithMasks(tokens, typeIds, masked)", () => {
  test("the text and the pair with pieces masked", () => {
    expect(textWithMasks(tokens, [0, 0, 0, 0, 1, 1, 1], [1, 2])).toEqual({
      text: "[MASK][MASK]",
      pair: "they [MASK]"
    });
    expect(textWithMasks(["[CLS]", "▁the", "▁cat", "s", "[SEP]"], [0, 0, 0, 0, 0], [2])).toEqual({
      text: "the [MASK]s",
      pair: null
    });
  });
});

describe("headButtons(heads)", () => {
  test("has another number of heads after an update, all in sight", () => {
    const buttons = headButtons(2, [1]);
    expect(buttons.value).toEqual([1]);
    buttons.update(2);
    expect(buttons.value).toEqual([1]);
    buttons.update(3);
    expect(buttons.value).toEqual([0, 1, 2]);
    expect(buttons.children).toHaveLength(3);
  });
});

describe("attentionExplorer(result, options)", () => {
  const question = (node: Element, value: string) => {
    const input = node.querySelector<HTMLInputElement>(`.obs-questions input[value="${value}"]`)!;
    input.checked = true;
    input.dispatchEvent(new Event("change", {bubbles: true}));
  };
  const matrixCells = (node: Element) => node.querySelectorAll(".obs-matrix g:first-child rect");
  const titles = (node: Element) =>
    [...node.querySelectorAll(".obs-title")].map((title) => title.textContent);

  test("tokens, every head, one head, one depth", async () => {
    const node = attentionExplorer(result(), {facts: ["seed 7"]});
    expect(node.value).toEqual({layer: 2, head: 0, cell: null});
    expect(titles(node)).toEqual([
      "Every head at every depth",
      "Depth 3, head 1: who looks at whom",
      "Depth 3: its 2 heads as lines"
    ]);
    expect(node.textContent).toContain("one stored layer is applied 3 times");
    expect(matrixCells(node)).toHaveLength(n * n);
    await expect(markup(node)).toMatchFileSnapshot("./output/attentionExplorer.html");
  });

  test("a part of a pair is asked for only where there is a pair", () => {
    const node = attentionExplorer(result());
    const part = node.querySelector('input[value="a-b"]')!.closest("fieldset")!;
    expect(part.hidden).toBe(false);
    question(node, "a-b");
    expect(matrixCells(node)).toHaveLength(4 * 3);
    question(node, "words");
    expect(matrixCells(node)).toHaveLength(3 * 3);
    node.update({data: {...result(), typeIds: [0, 0, 0, 0, 0, 0, 0]}});
    expect(part.hidden).toBe(true);
    expect(matrixCells(node)).toHaveLength(6 * 6);
  });

  test("another head by key; a locked cell is told in pieces and is gone with its text", () => {
    const node = attentionExplorer(result());
    const values: unknown[] = [];
    node.addEventListener("input", () => values.push(node.value));
    question(node, "words");
    const svg = node.querySelector(".obs-matrix svg")!;
    const press = (key: string) =>
      svg.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    press("{");
    for (const key of ["ArrowDown", "ArrowRight", "Enter"]) press(key);
    expect(values).toEqual([
      {layer: 1, head: 0, cell: null},
      {layer: 1, head: 0, cell: {from: [0], to: [1, 2]}}
    ]);
    expect(titles(node)[1]).toBe("Depth 2, head 1: who looks at whom");
    node.update({data: {...result(2), tokens: tokens.with(4, "▁we")}});
    expect(node.value.cell).toBeNull();
  });

  test("m masks the token in focus and asks for that text", () => {
    const node = attentionExplorer(result());
    const asked: unknown[] = [];
    node.addEventListener("obs-mask", (event) => asked.push((event as CustomEvent).detail));
    const boxes = node.querySelectorAll<HTMLButtonElement>(".obs-token");
    boxes[4]!.dispatchEvent(new Event("focus"));
    boxes[4]!.dispatchEvent(new KeyboardEvent("keydown", {key: "m", bubbles: true}));
    expect(asked).toEqual([{text: "cats", pair: "[MASK] [MASK]"}]);
  });
});

describe("a long text", () => {
  test("512 pieces: as many nodes as there are pieces and lines, not as there are cells", async () => {
    const long = 512;
    const data = new Float32Array(3 * long * long).fill(1 / long);
    const names = Array.from({length: long}, (_, i) => `▁w${i}`);
    const node = attentionExplorer({
      tokens: names,
      wordIds: names.map((_, i) => i),
      typeIds: names.map(() => 0),
      probs: {shape: [1, 3, long, long], data},
      group: [0, 0],
      model: "test model"
    });
    expect(node.querySelectorAll(".obs-token")).toHaveLength(long);
    expect(node.querySelector(".obs-matrix canvas")).not.toBeNull();
    const ends = () => node.querySelectorAll(".obs-side-to .obs-end");
    await vi.waitFor(() => expect(ends()).toHaveLength(long));
    // 262,144 cells a head; strip, both sides of the lines and 600 lines are what is there.
    expect(node.querySelectorAll("*").length).toBeLessThan(14 * long + 600);
    const boxes = node.querySelectorAll<HTMLButtonElement>(".obs-token");
    boxes[7]!.dispatchEvent(new Event("pointerenter"));
    expect(node.querySelectorAll(".obs-token.obs-lit")).toHaveLength(1);
    boxes[8]!.dispatchEvent(new Event("pointerenter"));
    expect([...node.querySelectorAll(".obs-token.obs-lit")]).toEqual([boxes[8]]);
    expect(node.querySelectorAll(".obs-side-from .obs-lit")).toHaveLength(1);
  });
});
