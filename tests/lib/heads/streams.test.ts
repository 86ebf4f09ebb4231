import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {Reservoir, TopK} from "../../../src/lib/heads/streams.js";
import {Random} from "../../../src/lib/random.js";

describe("TopK", () => {
  test("equals sorting everything, ties by order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 0, max: 9})),
        fc.integer({min: 1, max: 7}),
        (scores, k) => {
          const top = new TopK<number>(k);
          scores.forEach((score, i) => top.offer(score, () => i));
          const expected = scores
            .map((score, item) => ({score, item}))
            .sort((a, b) => b.score - a.score || a.item - b.item)
            .slice(0, k);
          expect(top.ranked()).toEqual(expected);
        }
      ),
      {seed: 3}
    );
  });

  test("makes a thing only when it is taken", () => {
    const top = new TopK<string>(1);
    top.offer(2, () => "taken");
    top.offer(1, () => {
      throw new Error("made");
    });
    expect(top.ranked()).toEqual([{score: 2, item: "taken"}]);
  });
});

describe("Reservoir", () => {
  test("keeps each of 20 things equally often, by a chi-square test", () => {
    const [things, k, rounds] = [20, 5, 4000];
    const counts = new Float64Array(things);
    for (let round = 0; round < rounds; ++round) {
      const reservoir = new Reservoir<number>(k, new Random(round, "probes"));
      for (let i = 0; i < things; ++i) reservoir.offer(() => i);
      expect(new Set(reservoir.items).size).toBe(k);
      for (const i of reservoir.items) counts[i]! += 1;
    }
    const expected = (rounds * k) / things;
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 43.8 is the 99.9 % quantile of chi-square with 19 degrees of freedom; seeds are fixed.
    expect(chi).toBeLessThan(43.8);
    // Keeping the first five always would be found out.
    expect(Math.min(...counts)).toBeGreaterThan(expected * 0.8);
  });
});
