import {describe, expect, test} from "vitest";
import {philox, Random} from "../../src/lib/random.js";

describe("philox(out, c0, c1, c2, c3, k0, k1)", () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32-10).
  test.each([
    [[0, 0, 0, 0, 0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [Array(6).fill(0xffffffff), "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1"
    ]
  ])("gives the published answer for %j", (words, expected) => {
    const out = new Uint32Array(4);
    philox(out, ...(words as [number, number, number, number, number, number]));
    expect(Array.from(out, (word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(expected);
  });
});

describe("Random(seed, stream, step, substream)", () => {
  test("is a pure function of its key", () => {
    const draw = (...args: ConstructorParameters<typeof Random>) => {
      const random = new Random(...args);
      return Array.from({length: 9}, () => random.uint32());
    };
    expect(draw(7, "masks", 3, 1)).toEqual(draw(7, "masks", 3, 1));
    expect(draw(7, "masks", 3, 1)).not.toEqual(draw(8, "masks", 3, 1));
    expect(draw(7, "masks", 3, 1)).not.toEqual(draw(7, "dropout", 3, 1));
    expect(draw(7, "masks", 3, 1)).not.toEqual(draw(7, "masks", 4, 1));
    expect(draw(7, "masks", 3, 1)).not.toEqual(draw(7, "masks", 3, 2));
  });

  test("draws normal numbers with mean 0 and variance 1", () => {
    const random = new Random(1, "weights");
    const x = Array.from({length: 20000}, () => random.normal());
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });

  test("shuffles into a permutation that reaches every place", () => {
    const counts = new Int32Array(5);
    for (let step = 0; step < 2000; ++step) {
      const order = new Random(3, "shuffle", step).shuffle([0, 1, 2, 3, 4]);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      counts[order.indexOf(0)]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(80);
  });
});
