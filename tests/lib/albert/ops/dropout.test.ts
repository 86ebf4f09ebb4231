import {describe, expect, test} from "vitest";
import {
  classifierDropoutSite,
  dropoutMask,
  dropoutSite,
  embeddingsDropoutSite
} from "../../../../src/lib/albert/ops/dropout.js";

const key = {seed: 7, step: 3};

describe("dropoutMask(size, probability, key, site)", () => {
  test("keeps the share that it should and scales what it keeps", () => {
    for (const probability of [0.1, 0.5, 0.9]) {
      const mask = dropoutMask(100_000, probability, key, 4);
      const kept = mask.filter((m) => m !== 0);
      expect(Math.abs(kept.length / 1e5 - (1 - probability))).toBeLessThan(0.006);
      expect(kept.every((m) => m === Math.fround(1 / (1 - probability)))).toBe(true);
    }
  });

  test("is a function of seed, step, site and element only", () => {
    const mask = dropoutMask(64, 0.5, key, 4);
    expect(dropoutMask(32, 0.5, key, 4)).toEqual(mask.slice(0, 32));
    expect(dropoutMask(64, 0.5, {seed: 8, step: 3}, 4)).not.toEqual(mask);
    expect(dropoutMask(64, 0.5, {seed: 7, step: 4}, 4)).not.toEqual(mask);
    expect(dropoutMask(64, 0.5, key, 5)).not.toEqual(mask);
  });

  test("never changes: other executors and stored runs depend on it", () => {
    const bits = Array.from(dropoutMask(32, 0.5, key, 4), (m) => (m ? 1 : 0)).join("");
    expect(bits).toBe("01011111101110011000101010110001");
  });

  test("neighbouring sites, steps and elements are independent", () => {
    const size = 40_000;
    const masks = [
      dropoutMask(size, 0.5, key, 4),
      dropoutMask(size, 0.5, key, 5),
      dropoutMask(size, 0.5, {seed: 7, step: 4}, 4)
    ].map((mask) => mask.map((m) => (m ? 1 : -1)));
    const correlation = (a: Float32Array, b: Float32Array, lag: number) => {
      let sum = 0;
      for (let i = 0; i + lag < size; ++i) sum += a[i]! * b[i + lag]!;
      return Math.abs(sum / size);
    };
    for (const lag of [0, 1, 2, 64])
      for (const [i, a] of masks.entries())
        for (const [j, b] of masks.entries())
          if (lag > 0 || i !== j) expect(correlation(a, b, lag)).toBeLessThan(0.02);
  });
});

test("every dropout of a model has a site of its own", () => {
  const sites = [embeddingsDropoutSite, classifierDropoutSite];
  for (let depth = 0; depth < 24; ++depth)
    for (const place of ["probs", "attention", "ffn"] as const)
      sites.push(dropoutSite(depth, place));
  expect(new Set(sites).size).toBe(sites.length);
});
