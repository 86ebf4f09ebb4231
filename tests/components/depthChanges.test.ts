// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {
  depthChangeRows,
  depthChanges,
  depthSentence,
  jensenShannon,
  patternDivergence
} from "../../src/components/depthChanges.js";
import {markup} from "./snapshot.js";

const result = (matrices: number[][], heads: number) => {
  const n = Math.sqrt(matrices[0]!.length);
  const data = Float32Array.from(matrices.flat());
  return {
    tokens: Array<string>(n).fill("▁a"),
    wordIds: Array<number>(n).fill(0),
    typeIds: Array<number>(n).fill(0),
    probs: {shape: [matrices.length / heads, heads, n, n], data},
    group: [0, 0, 0],
    model: "test model"
  };
};

describe("jensenShannon(p, q)", () => {
  test("0 for the same, 1 bit for rows that share nothing, symmetric between", () => {
    expect(jensenShannon([0.25, 0.75, 0], [0.25, 0.75, 0])).toBe(0);
    expect(jensenShannon([1, 0, 0], [0, 0.5, 0.5])).toBe(1);
    const [p, q] = [
      [0.5, 0.5],
      [0.25, 0.75]
    ];
    expect(jensenShannon(p!, q!)).toBe(jensenShannon(q!, p!));
    // H(m) − (H(p) + H(q)) / 2 with m = (3/8, 5/8)
    const entropy = (...all: number[]) => -all.reduce((sum, x) => sum + x * Math.log2(x), 0);
    const expected = entropy(3 / 8, 5 / 8) - (entropy(0.5, 0.5) + entropy(0.25, 0.75)) / 2;
    expect(jensenShannon(p!, q!)).toBeCloseTo(expected, 12);
  });

  test("patternDivergence is the mean over the rows", () => {
    expect(
      patternDivergence(Float32Array.of(1, 0, 0.5, 0.5), Float32Array.of(0, 1, 0.5, 0.5))
    ).toBe(0.5);
  });
});

describe("depthChanges(result)", () => {
  const [same, swapped, even] = [
    [1, 0, 0, 1],
    [0, 1, 1, 0],
    [0.5, 0.5, 0.5, 0.5]
  ] as [number[], number[], number[]];

  test("a row a head, a column a pair of depths", async () => {
    const three = result([same, even, swapped, even, same, even], 2);
    expect(depthChangeRows(three).map(({bits}) => bits)).toEqual([1, 1, 0, 0, 0, 0]);
    const node = depthChanges(three);
    const head = [...node.querySelectorAll("thead th")].map((th) => th.textContent);
    expect(head).toEqual(["head", "1 → 2", "2 → 3", "1 → 3"]);
    await expect(markup(node)).toMatchFileSnapshot("./output/depthChanges.html");
  });

  test("says what the depths have in common", () => {
    expect(depthSentence([0, 0, 0])).toContain("same weights throughout");
    expect(depthSentence([0, 1, 2])).toContain("nothing but their number");
    expect(depthSentence([0, 0, 1])).toContain("1, 1, 2");
  });

  test("the first and the last of two depths are neighbours", () => {
    expect(depthChangeRows(result([same, swapped], 1))).toEqual([
      {head: 1, depth: 1, other_depth: 2, bits: 1}
    ]);
  });
});
