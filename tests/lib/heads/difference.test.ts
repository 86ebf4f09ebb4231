import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {
  attentionDifference,
  expectedDifferences,
  pairPieces
} from "../../../src/lib/heads/difference.js";

/** Attention of one depth and two heads; rows sum to 1. */
function side(tokens: string[], seed: number) {
  const n = tokens.length;
  const data = new Float32Array(2 * n * n);
  for (let row = 0; row < 2 * n; ++row) {
    let sum = 0;
    for (let to = 0; to < n; ++to)
      sum += data[row * n + to] = Math.exp(Math.sin(seed + row * 2.3 + to * 1.1));
    for (let to = 0; to < n; ++to) data[row * n + to]! /= sum;
  }
  return {tokens, probs: {shape: [1, 2, n, n], data}};
}

describe("pairPieces(a, b)", () => {
  test("pairs what is common in order; what is left stands alone, A first", () => {
    expect(pairPieces(["the", "old", "cat"], ["the", "red", "cat", "!"])).toEqual([
      {a: 0, b: 0},
      {a: 1, b: null},
      {a: null, b: 1},
      {a: 2, b: 2},
      {a: null, b: 3}
    ]);
  });

  test("every piece is there once and in order; a text with itself is paired throughout", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c"), {maxLength: 9});
    fc.assert(
      fc.property(text, text, (a, b) => {
        const pairs = pairPieces(a, b);
        expect(pairs.flatMap((pair) => pair.a ?? [])).toEqual(a.map((_, i) => i));
        expect(pairs.flatMap((pair) => pair.b ?? [])).toEqual(b.map((_, i) => i));
        for (const pair of pairs)
          if (pair.a !== null && pair.b !== null) expect(a[pair.a]).toBe(b[pair.b]);
        expect(pairPieces(a, a).every((pair) => pair.a === pair.b)).toBe(true);
      }),
      {seed: 5}
    );
  });
});

describe("attentionDifference(a, b)", () => {
  const a = side(["[CLS]", "▁old", "▁cat", "[SEP]"], 1);

  test("A − A is 0 everywhere", () => {
    const {moved, matrix} = attentionDifference(a, a);
    expect(moved.flat()).toEqual([0, 0]);
    expect([...matrix(0, 1)].every((value) => value === 0)).toBe(true);
  });

  test("one changed weight is found where it is, and nowhere else", () => {
    const b = {...a, probs: {...a.probs, data: a.probs.data.slice()}};
    const n = 4;
    b.probs.data[n * n + 2 * n + 1]! -= 0.1;
    b.probs.data[n * n + 2 * n + 3]! += 0.1;
    const {moved, matrix} = attentionDifference(a, b);
    expect(moved[0]![0]).toBe(0);
    expect(moved[0]![1]).toBeCloseTo(0.1 / n, 6);
    const changed = [...matrix(0, 1)].flatMap((value, i) => (value === 0 ? [] : [[i, value]]));
    expect(changed.map(([i]) => i)).toEqual([2 * n + 1, 2 * n + 3]);
    expect(changed[0]![1]).toBeCloseTo(0.1, 6);
  });

  test("a piece of one text only is not there, and weight on it counts as moved", () => {
    const b = side(["[CLS]", "▁cat", "[SEP]"], 1);
    const {labels, moved, matrix} = attentionDifference(a, b);
    expect(labels).toEqual(["[CLS]", "▁old", "▁cat", "[SEP]"]);
    const values = matrix(0, 0);
    expect([values[1], values[4], values[5]].every(Number.isNaN)).toBe(true);
    expect(values[0]).toBeCloseTo(a.probs.data[0]! - b.probs.data[0]!, 6);
    const least = (a.probs.data[1]! + a.probs.data[9]! + a.probs.data[13]!) / 3 / 2;
    expect(moved[0]![0]).toBeGreaterThanOrEqual(least - 1e-6);
    expect(moved[0]![0]).toBeLessThan(1);
  });
});

describe("expectedDifferences(a, b, pairs)", () => {
  const at = (...shares: [string, number][]) =>
    shares.map(([piece, probability]) => ({piece, probability}));

  test("the same moves nothing; a swap of halves moves half", () => {
    const a = [at(["x", 0.75], ["y", 0.25])];
    const b = [at(["y", 0.75], ["x", 0.25])];
    const pairs = [{a: 0, b: 0}];
    expect(expectedDifferences(a, a, pairs)[0]!.moved).toBe(0);
    expect(expectedDifferences(a, b, pairs)[0]!.moved).toBeCloseTo(0.5, 12);
  });

  test("what one does not list is unknown, not 0; places of one text are left out", () => {
    const [one] = expectedDifferences(
      [at(["x", 0.9])],
      [at(["z", 0.1]), at(["y", 0.8])],
      [
        {a: null, b: 0},
        {a: 0, b: 1}
      ]
    );
    expect(one!.place).toBe(1);
    expect(one!.pieces).toEqual([
      {piece: "x", a: 0.9, b: null},
      {piece: "y", a: null, b: 0.8}
    ]);
  });
});
