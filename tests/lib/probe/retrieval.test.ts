import {describe, expect, test} from "vitest";
import {retrievalAccuracy, retrievalByWords} from "../../../src/lib/probe/retrieval.js";
import {Random} from "../../../src/lib/random.js";

const random = new Random(7, "weights");
const noise = (size: number) => Float32Array.from({length: size}, () => random.normal());

describe("retrievalAccuracy(a, b, width)", () => {
  test("is 1 for the same vectors, whatever their lengths and what a set has in common", () => {
    const a = noise(11 * 5);
    const b = a.map((x, i) => 3 * x + [4, -2, 0, 1, 9][i % 5]!);
    expect(retrievalAccuracy(a, b, 5)).toBe(1);
  });

  test("is near chance for vectors that have nothing to do with each other", () => {
    expect(retrievalAccuracy(noise(200 * 7), noise(200 * 7), 7)).toBeLessThan(0.03);
  });

  test("counts each direction, and a part of ties", () => {
    // Centred rows of a: −1, 1; of b: 1, −1 on the same axis, so each finds the other one's.
    expect(retrievalAccuracy(Float32Array.of(0, 2), Float32Array.of(2, 0), 1)).toBe(0);
    expect(retrievalAccuracy(Float32Array.of(1, 1), Float32Array.of(5, 5), 1)).toBe(0.5);
  });
});

test("retrievalByWords finds texts by the words they share", () => {
  expect(retrievalByWords(["a b", "c d"], ["b x", "d y"])).toBe(1);
  expect(retrievalByWords(["a b", "c d"], ["x", "y"])).toBe(0.5);
});
