import {describe, expect, test} from "vitest";
import {divergence, entropyOf, logSoftmax, rankOf} from "../../../src/lib/probe/distribution.js";

describe("rows of logits", () => {
  test("log probabilities do not mind a constant, however large", () => {
    const expected = [0.5, 0.3, 0.2].map(Math.log);
    expect(Array.from(logSoftmax(expected.map((x) => x + 900)))).toBeAllClose(expected, {
      rtol: 1e-12,
      atol: 1e-12
    });
  });

  test("entropy runs from 0 to the logarithm of the length", () => {
    expect(entropyOf([4, 4, 4, 4, 4])).toBeCloseTo(Math.log(5), 12);
    expect(entropyOf([900, 0, 0])).toBe(0);
  });

  test("divergence is not symmetric, and 0 for the same", () => {
    const [p, q] = [
      [Math.log(0.5), Math.log(0.5)],
      [Math.log(0.9), Math.log(0.1)]
    ];
    expect(divergence(p!, p!)).toBe(0);
    expect(divergence(p!, q!)).toBeCloseTo(0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(5), 12);
    expect(divergence(q!, p!)).toBeCloseTo(0.9 * Math.log(1.8) + 0.1 * Math.log(0.2), 12);
  });

  test("ranks count what is greater; ties share the better place", () => {
    expect([0, 1, 2, 3].map((id) => rankOf([2, 7, 2, -1], id))).toEqual([2, 1, 2, 4]);
  });
});
