import {describe, expect, test} from "vitest";
import {ratioEstimates} from "../../../src/lib/heads/ratios.js";
import {ranks} from "../../../src/lib/heads/ranks.js";
import {Random} from "../../../src/lib/random.js";

describe("ratioEstimates(numerators, denominators)", () => {
  test("is the ratio of sums, not the mean of ratios", () => {
    const [a] = ratioEstimates([[1], [9]], [1, 99]);
    expect(a!.mean).toBeCloseTo(0.1, 12);
  });

  test("no spread, no width; one group says nothing of the spread", () => {
    expect(
      ratioEstimates(
        [
          [2, 3],
          [4, 6]
        ],
        [2, 4]
      )
    ).toEqual([
      {mean: 1, low: 1, high: 1},
      {mean: 1.5, low: 1.5, high: 1.5}
    ]);
    expect(ratioEstimates([[1]], [2])).toEqual([{mean: 0.5, low: -Infinity, high: Infinity}]);
  });

  test("95 % intervals hold the truth about as often as they say", () => {
    let held = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; ++round) {
      const random = new Random(round, "splits");
      const groups = Array.from({length: 40}, () => 1 + random.int(9));
      const hits = groups.map((size) => [
        Array.from({length: size}, () => Number(random.uniform() < 0.3)).reduce((a, b) => a + b, 0)
      ]);
      const [interval] = ratioEstimates(hits, groups, {resamples: 200, seed: round});
      const {low, high} = interval!;
      held += Number(low <= 0.3 && 0.3 <= high);
    }
    expect(held / rounds).toBeGreaterThan(0.88);
    expect(held / rounds).toBeLessThan(0.99);
  });
});

test("ranks(values): equal ones share the better place", () => {
  expect(ranks([0.2, 0.5, 0.2, 0.1])).toEqual([2, 1, 2, 4]);
});
