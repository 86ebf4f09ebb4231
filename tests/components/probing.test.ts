// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {cellGrid} from "../../src/components/cellGrid.js";
import {lensRows, lensSentence, lensView} from "../../src/components/lensView.js";
import type {LensResult} from "../../src/lib/engine/probing/protocol.js";
import {markup} from "./snapshot.js";

const place = (row: number, column: number) => ({
  color: "var(--x)",
  text: `${row}${column}`,
  isStrong: row === column,
  speech: `row ${row}, column ${column}`
});

describe("cellGrid(cell, options)", () => {
  const make = () =>
    cellGrid(place, {rows: ["a", "b", "c"], columns: ["x", "y"], corner: "r ↓ c →", label: "test"});

  test("draws a cell for each row and column", async () => {
    const node = make();
    expect(node.querySelectorAll("rect.obs-cell")).toHaveLength(6);
    await expect(markup(node)).toMatchFileSnapshot("./output/cellGrid.html");
  });

  test("is read by keyboard: arrows move, Enter locks, Escape lets go", () => {
    const node = make();
    const svg = node.querySelector("svg")!;
    const heard: unknown[] = [];
    node.addEventListener("input", () => heard.push({...node.value}));
    const press = (key: string) => svg.dispatchEvent(new KeyboardEvent("keydown", {key}));
    for (const key of ["ArrowDown", "ArrowDown", "End", "Enter"]) press(key);
    expect(node.value).toEqual({row: 1, column: 1, locked: true});
    expect(node.querySelector("[aria-live]")!.textContent).toBe("row 1, column 1");
    expect(node.querySelector(".obs-readout")!.textContent).toBe("row 1, column 1 · locked");
    for (let i = 0; i < 5; ++i) press("ArrowDown");
    expect(node.value).toEqual({row: 2, column: 1, locked: true});
    press("Escape");
    expect(node.value).toEqual({row: null, column: null, locked: false});
    expect(node.querySelector(".obs-readout")!.textContent).toContain("arrow keys");
    expect(heard.at(0)).toEqual({row: 0, column: 0, locked: false});
  });
});

const lens: LensResult = {
  tokens: ["[CLS]", "▁the", "▁cat", "[SEP]"],
  positions: [1, 2],
  depths: 3,
  isHidden: true,
  truth: ["▁the", "▁cat"],
  entropy: Float32Array.of(2, 1, 0.5, 3, 2.5, 0),
  truthRank: Int32Array.of(4, 1, 1, 9, 3, 2),
  truthProbability: Float32Array.of(0.01, 0.5, 0.75, 0.125, 0.25, 0.375),
  divergence: Float32Array.of(2, 0.25, 0, 3, 0.5, 0),
  top: ["▁a", "▁the", "▁the", "▁of", "▁dog", "▁dog"].map((piece) => [{piece, probability: 0.5}]),
  lastDepthError: 0,
  vocabSize: 29,
  model: "test model"
};

describe("lensView(result)", () => {
  test("the likeliest piece of each depth, bold where it is the last answer", async () => {
    const node = lensView(lens);
    const words = [...node.querySelectorAll(".obs-cell-text")];
    expect(words.map((word) => word.textContent)).toEqual(["a", "the", "the", "of", "dog", "dog"]);
    expect(words.map((word) => word.getAttribute("font-weight") === "700")).toEqual([
      false,
      true,
      true,
      false,
      true,
      true
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/lensView.html");
  });

  test("the shade is what is asked for", () => {
    const fill = (node: Element, i: number) =>
      node.querySelectorAll(".obs-cell")[i]!.getAttribute("fill");
    expect(fill(lensView(lens, {shade: "agreement"}), 2)).toBe("var(--obs-seq-high, #0b2f6b)");
    expect(fill(lensView(lens, {shade: "entropy"}), 5)).toBe("var(--obs-seq-high, #0b2f6b)");
    expect(fill(lensView(lens), 1)).toBe("var(--obs-seq-mid, #5b9bd5)");
  });

  test("its rows and its sentence", () => {
    expect(lensRows(lens)).toHaveLength(6);
    expect(lensRows(lens)[4]).toMatchObject({
      piece: "▁cat",
      depth: 1,
      likeliest: "▁dog",
      "rank of the piece": 3,
      "KL from the last depth (nats)": 0.5
    });
    expect(lensSentence(lens)).toBe(
      "Of 2 pieces that stand there, in first place: 0 at the embeddings, 1 at depth 1, 1 at depth 2. Of 2 answers, already the last one: 0 at the embeddings, 2 at depth 1."
    );
  });
});
