import {describe, expect, test} from "vitest";
import {
  drawNgram,
  makeMasker,
  maskTokens,
  ngramProbabilities,
  predictionCount
} from "../../../../src/lib/albert/objectives/masking.js";
import {Random} from "../../../../src/lib/random.js";
import {pieces} from "./text.js";

/** How far an observed count may be from its expectation: four standard errors. */
const bound = (n: number, p: number) => 4 * Math.sqrt(n * p * (1 - p));

describe("ngramProbabilities(maxNgram), drawNgram(random, maxNgram)", () => {
  test("gives 6/11, 3/11 and 2/11 for three", () => {
    expect(ngramProbabilities(3)).toBeAllClose([6 / 11, 3 / 11, 2 / 11], {rtol: 1e-12});
    expect(ngramProbabilities(1)).toEqual([1]);
  });

  test.each([1, 2, 3, 5])("draws lengths up to %i with their probabilities", (maxNgram) => {
    const random = new Random(5, "masks", maxNgram);
    const counts = new Array<number>(maxNgram + 1).fill(0);
    const n = 30000;
    for (let i = 0; i < n; ++i) counts[drawNgram(random, maxNgram)]! += 1;
    ngramProbabilities(maxNgram).forEach((p, i) => {
      expect(Math.abs(counts[i + 1]! - n * p)).toBeLessThanOrEqual(bound(n, p));
    });
  });
});

describe("predictionCount(tokens, probability, maxPredictions)", () => {
  test("rounds halves to the even number", () => {
    expect(predictionCount(10, 0.25)).toBe(2);
    expect(predictionCount(30, 0.25)).toBe(8);
    expect(predictionCount(30, 0.15)).toBe(4);
    expect(predictionCount(1, 0.15)).toBe(1);
    expect(predictionCount(512, 0.15, 20)).toBe(20);
    expect(predictionCount(512, 0)).toBe(0);
  });
});

describe("maskTokens(ids, pieces, random, options)", () => {
  const every = {probability: 1, maxNgram: 1};
  const row = [2, 10, 11, 12, 13, 14, 15, 16, 3, 17, 18, 19, 20, 21, 22, 3, 0, 0];

  test("gives back what was there at the masked positions and nothing else changes", () => {
    for (let step = 0; step < 200; ++step) {
      const {inputIds, positions, labels} = maskTokens(row, pieces, new Random(1, "masks", step));
      const restored = Array.from(inputIds);
      positions.forEach((position, i) => (restored[position] = labels[i]!));
      expect(restored).toEqual(row);
      expect([...positions]).toEqual([...positions].sort((a, b) => a - b));
      expect(new Set(positions).size).toBe(positions.length);
      expect(positions.length).toBeLessThanOrEqual(predictionCount(row.length, 0.15));
    }
  });

  test("never chooses [CLS], [SEP] or padding, even when everything may be masked", () => {
    const {positions} = maskTokens(row, pieces, new Random(1, "masks"), every);
    expect([...positions]).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14]);
  });

  test("masks words as a whole", () => {
    // In `pieces` an id that is a multiple of three continues the word before it.
    for (let step = 0; step < 300; ++step) {
      const {positions} = maskTokens(row, pieces, new Random(2, "masks", step), {
        probability: 0.3
      });
      const chosen = new Set(positions);
      for (let i = 1; i < row.length; ++i)
        if (row[i]! > 4 && row[i]! % 3 === 0 && row[i - 1]! > 4)
          expect(chosen.has(i)).toBe(chosen.has(i - 1));
    }
  });

  test("lets no run reach from one segment into the other", () => {
    // Two masks a row: neighbours come mostly from runs of two, words 10 and 12 never do.
    const ids = [2, ...Array.from({length: 10}, () => 10), 3];
    ids.push(...ids.slice(1));
    const counts = new Map<string, number>();
    const random = new Random(3, "masks");
    for (let i = 0; i < 8000; ++i) {
      const {positions} = maskTokens(ids, pieces, random, {maxNgram: 2, maxPredictions: 2});
      const key = positions.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.get("9,10")).toBeGreaterThan(100);
    expect(counts.get("12,13")).toBeGreaterThan(100);
    expect(counts.get("10,12")).toBeLessThan(counts.get("9,10")! / 4);
  });

  test("makes 80 % masks, 10 % unchanged and 10 % random ids", () => {
    const random = new Random(4, "masks");
    const long = [2, ...Array.from({length: 60}, (_, i) => 5 + (i % 40)), 3];
    let masked = 0;
    let same = 0;
    let n = 0;
    for (let i = 0; i < 4000; ++i) {
      const {inputIds, positions, labels} = maskTokens(long, pieces, random);
      positions.forEach((position, k) => {
        ++n;
        if (inputIds[position] === pieces.special.mask) ++masked;
        else if (inputIds[position] === labels[k]) ++same;
      });
    }
    expect(n).toBeGreaterThan(30000);
    const byChance = 0.1 / pieces.vocabSize; // a random id may be [MASK] or the same id
    expect(Math.abs(masked - n * (0.8 + byChance))).toBeLessThan(bound(n, 0.8));
    expect(Math.abs(same - n * (0.1 + byChance))).toBeLessThan(bound(n, 0.1));
  });

  test("follows other shares of masks and random ids", () => {
    const random = new Random(4, "masks");
    const all = maskTokens(row, pieces, random, {...every, mask: 1, random: 0});
    expect([...all.inputIds].filter((id) => id === 4).length).toBe(13);
    const none = maskTokens(row, pieces, random, {...every, mask: 0, random: 0});
    expect([...none.inputIds]).toEqual(row);
  });

  test("prefers every position alike", () => {
    const flat = [2, ...Array.from({length: 20}, () => 10), 3];
    const counts = new Array<number>(flat.length).fill(0);
    const random = new Random(6, "masks");
    const options = {maxNgram: 1, probability: 0.2};
    let n = 0;
    for (let i = 0; i < 5000; ++i) {
      const {positions} = maskTokens(flat, pieces, random, options);
      n += positions.length;
      for (const position of positions) counts[position]! += 1;
    }
    for (let i = 1; i <= 20; ++i)
      expect(Math.abs(counts[i]! - n / 20)).toBeLessThan(bound(n, 1 / 20));
  });

  test("refuses options out of range", () => {
    const refuse = (options: object) => () => makeMasker(pieces, options, 8);
    expect(refuse({maxNgram: 0})).toThrow("invalid masking.max_ngram: 0");
    expect(refuse({probability: 1.5})).toThrow("invalid masking.probability: 1.5");
    expect(refuse({mask: 0.8, random: 0.3})).toThrow("invalid masking.random: 0.3");
  });
});
