// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {attentionMatrix, attentionRows, rankInRow} from "../../src/components/attentionMatrix.js";
import {hideTokens} from "../../src/components/hideTokens.js";
import {mergeWords} from "../../src/components/mergeWords.js";
import {ink} from "../../src/components/scales.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁the", "▁cat", "s", "▁sat", "[SEP]"];
const n = tokens.length;
/** Rows that sum to 1, all different. */
const probs = Float32Array.from({length: n * n}, (_, i) => {
  const from = Math.floor(i / n);
  const weight = (to: number) => Math.exp(Math.sin(from * 3.1 + to * 1.7) * 2);
  let sum = 0;
  for (let to = 0; to < n; ++to) sum += weight(to);
  return weight(i % n) / sum;
});
const rowSums = (p: ArrayLike<number>, size: number) =>
  Array.from({length: size}, (_, from) => {
    let sum = 0;
    for (let to = 0; to < size; ++to) sum += p[from * size + to]!;
    return sum;
  });

beforeAll(() => {
  // jsdom has no canvas: the views then leave the pixels out.
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

describe("hideTokens(probs, keep, renormalise)", () => {
  const keep = tokens.map((t) => !t.startsWith("["));

  test("hides rows and columns and leaves the rest as it was", () => {
    const hidden = hideTokens(probs, keep, false);
    expect(hidden[0]).toBeNaN();
    expect(hidden[1 * n + 0]).toBeNaN();
    expect(hidden[1 * n + 2]).toBe(probs[1 * n + 2]);
  });

  test("renormalised rows sum to 1 over what stays", () => {
    const hidden = hideTokens(probs, keep, true);
    const kept = [...hidden].filter((p) => !Number.isNaN(p));
    expect(rowSums(kept, 4)).toBeAllClose([1, 1, 1, 1]);
    expect(hidden[1 * n + 2]! / hidden[1 * n + 3]!).toBeCloseTo(probs[8]! / probs[9]!, 5);
  });

  test("a row with nothing left is unknown, not zero", () => {
    expect([...hideTokens([1, 0, 1, 0], [false, true], true)]).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe("mergeWords(probs, tokens, wordIds)", () => {
  test("adds into a word, averages from it, keeps row sums", () => {
    const merged = mergeWords(probs, tokens, [null, 0, 1, 1, 2, null]);
    expect(merged.words).toEqual(["[CLS]", "▁the", "▁cats", "▁sat", "[SEP]"]);
    expect(merged.starts).toEqual([0, 1, 2, 4, 5]);
    expect(rowSums(merged.probs, 5)).toBeAllClose([1, 1, 1, 1, 1]);
    expect(merged.probs[0 * 5 + 2]).toBeCloseTo(probs[2]! + probs[3]!, 6);
    expect(merged.probs[2 * 5 + 0]).toBeCloseTo((probs[2 * n]! + probs[3 * n]!) / 2, 6);
  });
});

describe("attentionMatrix(probs, options)", () => {
  test("has a cell for every pair, and its labels never share a place", async () => {
    const matrix = attentionMatrix(probs, {tokens});
    expect(matrix.querySelectorAll("g:first-child rect")).toHaveLength(n * n);
    const places = [...matrix.querySelectorAll(".obs-row")].map((t) => t.getAttribute("transform"));
    expect(new Set(places).size).toBe(n);
    await expect(markup(matrix)).toMatchFileSnapshot("./output/attentionMatrix.html");
  });

  test("hidden cells are grey", () => {
    const matrix = attentionMatrix(
      hideTokens(
        probs,
        tokens.map((t) => t !== "[SEP]"),
        false
      ),
      {tokens}
    );
    const grey = [...matrix.querySelectorAll("g:first-child rect")].filter(
      (r) => r.getAttribute("fill") === ink.masked
    );
    expect(grey).toHaveLength(2 * n - 1);
  });

  test("one tab stop; arrows move and speak, Enter locks, Escape clears, brackets ask for a head", () => {
    const matrix = attentionMatrix(probs, {tokens});
    const events: unknown[] = [];
    const steps: unknown[] = [];
    matrix.addEventListener("input", () => events.push(matrix.value));
    matrix.addEventListener("obs-step", (event) => steps.push((event as CustomEvent).detail));
    expect(matrix.querySelectorAll("[tabindex]")).toHaveLength(1);
    const svg = matrix.querySelector("svg")!;
    const press = (key: string) => svg.dispatchEvent(new KeyboardEvent("keydown", {key}));
    press("ArrowDown");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) press(key);
    const {rank, of} = rankInRow(probs, n, 2, 1);
    const spoken = matrix.querySelector("[aria-live]")!;
    expect(spoken.textContent).toBe(
      `row: cat → column: the, ${probs[2 * n + 1]!.toFixed(2)}, rank ${rank} of ${of}`
    );
    press("Enter");
    expect(matrix.value).toEqual({from: 2, to: 1, locked: true});
    press("ArrowDown");
    expect(matrix.value).toEqual({from: 3, to: 1, locked: true});
    press("Escape");
    expect(matrix.value).toEqual({from: null, to: null, locked: false});
    expect(events).toHaveLength(7);
    press("]");
    press("{");
    expect(steps).toEqual([{head: 1}, {layer: -1}]);
  });

  test("update keeps the locked cell and shows another head", () => {
    const matrix = attentionMatrix(probs, {tokens});
    const svg = matrix.querySelector("svg")!;
    svg.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
    matrix.update({probs: new Float32Array(n * n).fill(1 / n)});
    expect(matrix.textContent).toContain("[CLS] (0) → [CLS] (0): 0.17, rank 1 of 6");
  });

  test("512 tokens: pixels, bounded nodes, abbreviated labels", () => {
    const many = Array.from({length: 512}, (_, i) => `▁token${i}`);
    const matrix = attentionMatrix(new Float32Array(512 * 512), {tokens: many, width: 640});
    expect(matrix.querySelectorAll("*").length).toBeLessThan(300);
    expect(matrix.querySelector("canvas")!.hidden).toBe(false);
  });

  test("attentionRows leaves hidden cells out", () => {
    expect(attentionRows([0.5, NaN, 0.25, 0.75], ["a", "b"])).toEqual([
      {from: "a", to: "a", weight: 0.5},
      {from: "b", to: "a", weight: 0.25},
      {from: "b", to: "b", weight: 0.75}
    ]);
  });
});
