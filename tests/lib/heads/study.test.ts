import {describe, expect, test} from "vitest";
import {HeadStudy} from "../../../src/lib/heads/study.js";

const tokens = ["[CLS]", "▁a", "▁b", "▁c", "[SEP]"];
const n = tokens.length;

/** One head looks left with the given weight and spreads the rest evenly; the other spreads all. */
function probs(weight: number): Float32Array {
  const data = new Float32Array(2 * n * n).fill(1 / n);
  for (let from = 0; from < n; ++from)
    for (let to = 0; to < n; ++to)
      data[from * n + to] = (1 - weight) / n + (to === Math.max(0, from - 1) ? weight : 0);
  return data;
}

function study(weights: readonly number[]) {
  const heads = new HeadStudy({depths: 1, heads: 2, examples: 2});
  weights.forEach((weight, i) => heads.add({tokens, text: `text ${i}`, probs: probs(weight)}));
  return heads.result({model: "made", corpus: "made", isComplete: true});
}

describe("HeadStudy", () => {
  const weights = [0.5, 0.7, 0.4, 0.65, 0.55, 0.6];
  const found = study(weights);
  const measure = (name: string) => found.measures.find((m) => m.name === name)!;

  test("means, references and counts", () => {
    expect([found.texts, found.rows]).toEqual([6, 18]);
    const mean = weights.reduce((a, b) => a + b) / 6;
    expect(measure("previous").values[0]!.mean).toBeCloseTo(mean + (1 - mean) / n, 6);
    expect(measure("previous").reference.value).toBeCloseTo(1 / n, 6);
    expect(measure("entropy").values[1]!.mean).toBeCloseTo(Math.log(n), 6);
    const {low, high, mean: center} = measure("previous").values[0]!;
    expect(low).toBeLessThan(center);
    expect(high).toBeGreaterThan(center);
    expect(found.syntax).toBeNull();
  });

  test("the planted pattern is detected, and none in even attention", () => {
    expect(found.detected[0]!.pattern).toBe("previous");
    expect(found.detected[0]!.excess).toBeCloseTo(weights.reduce((a, b) => a + b) / 6, 5);
    expect(found.detected[1]).toBeNull();
  });

  test("the strongest rows come first, one a text; the sample is the same for all heads", () => {
    const top = found.top[0]!;
    expect(top.map(({text}) => text)).toEqual(["text 1", "text 3"]);
    expect(top[0]!.weights).toHaveLength(n);
    expect(tokens[top[0]!.from]).not.toMatch(/^\[/);
    expect(found.sample).toHaveLength(2);
    expect(found.sample[0]!.weights).toHaveLength(2);
  });

  test("weights of another size are refused", () => {
    const heads = new HeadStudy({depths: 2, heads: 2});
    expect(() => heads.add({tokens, text: "", probs: probs(0.5)})).toThrow(RangeError);
    expect(() => heads.result({model: "", corpus: "", isComplete: true})).toThrow(RangeError);
  });
});
