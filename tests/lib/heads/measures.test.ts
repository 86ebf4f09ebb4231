import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {
  lookingRows,
  measureEven,
  measureHead,
  measureNames
} from "../../../src/lib/heads/measures.js";

const tokens = ["[CLS]", "▁the", "▁cat", ",", "▁the", ".", "[SEP]"];
const n = tokens.length;
const at = (name: string) => measureNames.indexOf(name);

/** All weight of each row on one place. */
function hard(to: (from: number) => number): Float32Array {
  const probs = new Float32Array(n * n);
  for (let from = 0; from < n; ++from) probs[from * n + Math.min(n - 1, Math.max(0, to(from)))] = 1;
  return probs;
}

describe("measureHead(probs, tokens)", () => {
  test("only pieces of the text look", () => {
    expect(lookingRows(tokens)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ["previous", (i: number) => i - 1],
    ["next", (i: number) => i + 1],
    ["self", (i: number) => i],
    ["[CLS]", () => 0],
    ["[SEP]", () => 6]
  ])("a head that looks at %s has all its mass there, and no entropy", (name, to) => {
    const sums = measureHead(hard(to), tokens);
    expect(sums[at(name)]).toBe(5);
    expect(sums[at("entropy")]).toBe(0);
  });

  test("the same piece elsewhere, punctuation other than itself, distance", () => {
    const sums = measureHead(
      hard((i) => (i === 1 ? 4 : i === 4 ? 1 : 3)),
      tokens
    );
    expect(sums[at("same piece")]).toBe(2);
    expect(sums[at("punctuation")]).toBe(2);
    expect(sums[at("self")]).toBe(1);
    expect(sums[at("distance")]).toBe(3 + 1 + 0 + 3 + 2);
  });

  test("even attention has its closed form", () => {
    const even = measureEven(tokens);
    expect(even[at("entropy")]! / 5).toBeCloseTo(Math.log(n), 12);
    for (const name of ["previous", "next", "self", "[CLS]", "[SEP]"])
      expect(even[at(name)]! / 5).toBeCloseTo(1 / n, 12);
    // Two marks: each looks at the other, three pieces look at both.
    expect(even[at("punctuation")]).toBeCloseTo(8 / n, 12);
    expect(even[at("same piece")]).toBeCloseTo(2 / n, 12);
  });
});

const folder = process.env.ALBERT_PARITY_DIR;
const file = folder ? join(folder, "numerics", "entropy.json") : "";
describe.skipIf(!existsSync(file))("entropy against SciPy (skipped: no ALBERT_PARITY_DIR)", () => {
  interface Case {
    name: string;
    attention: number[][][][];
    entropy_nats: number[][][];
    mean_distance_per_head: number[][];
    share_on_self_per_head: number[][];
  }
  const read = () => (JSON.parse(readFileSync(file, "utf8")) as {cases: Case[]}).cases;

  test("every row of every case", () => {
    const cases = read();
    expect(cases.length).toBeGreaterThan(1);
    for (const {attention, entropy_nats} of cases)
      attention.forEach((heads, layer) =>
        heads.forEach((rows, head) => {
          const names = rows.map(() => "▁a");
          rows.forEach((_, row) => {
            const [value] = measureHead(rows.flat(), names, [row]);
            expect(Math.abs(value! - entropy_nats[layer]![head]![row]!)).toBeLessThan(1e-5);
          });
        })
      );
  });
});
