import {describe, expect, test} from "vitest";
import {
  countHeadHits,
  groupPieces,
  offsets,
  wordAttention,
  type HeadHits
} from "../../../src/lib/heads/syntax.js";
import {summarizeSyntax} from "../../../src/lib/heads/syntaxFindings.js";
import {Random} from "../../../src/lib/random.js";

describe("groupPieces(pieces, words)", () => {
  test("a piece belongs to the word it shares most characters with", () => {
    const words = [
      [0, 3],
      [4, 8],
      [8, 9]
    ] as const;
    const pieces = [
      [0, 0],
      [0, 3],
      [3, 6],
      [6, 9],
      [8, 9],
      [9, 9]
    ] as const;
    expect(groupPieces(pieces, words)).toEqual([-1, 0, 1, 1, 2, -1]);
  });
});

describe("wordAttention(probs, group, words)", () => {
  test("adds up into a word and averages from it; rows of text alone still sum to 1", () => {
    const group = [0, 0, 1];
    const probs = [0.2, 0.3, 0.5, 0.6, 0.2, 0.2, 0.1, 0.1, 0.8];
    expect(wordAttention(probs, group, 2)).toBeAllClose([0.65, 0.35, 0.2, 0.8]);
  });

  test("what goes to pieces of no word is left out", () => {
    expect(wordAttention([0.5, 0.5, 0.25, 0.75], [-1, 0], 1)).toBeAllClose([0.75]);
  });
});

/** Sentences of six words whose heads are drawn; a head that knows them, and one that looks left. */
function texts(count: number): Map<string, HeadHits>[] {
  const random = new Random(5, "corpus");
  return Array.from({length: count}, () => {
    const n = 6;
    const heads = Array.from({length: n}, (_, i) =>
      i === 0 ? 0 : 1 + ((i + 1 + random.int(n - 1)) % n)
    );
    const relations = heads.map((_, i) => (i === 5 ? "punct" : i % 2 ? "obj" : "det"));
    const knows = new Float64Array(n * n);
    const before = new Float64Array(n * n);
    for (let i = 0; i < n; ++i) {
      if (heads[i]! > 0) knows[i * n + heads[i]! - 1] = 1;
      before[i * n + Math.max(0, i - 1)] = 1;
    }
    const hits = new Map<string, HeadHits>();
    countHeadHits([knows, before], {heads, relations}, hits);
    return hits;
  });
}

describe("summarizeSyntax(texts, heads)", () => {
  const {measures, findings} = summarizeSyntax(texts(80), 2, 1);

  test("a head that knows the tree finds every head, and is told from a distance", () => {
    expect(measures[0]!.values[0]!.mean).toBe(1);
    expect(findings.relations.map(({relation}) => relation).sort()).toEqual(["det", "obj"]);
    for (const {head, way, accuracy, difference, p} of findings.relations) {
      expect([head, way, accuracy.mean]).toEqual([0, "own", 1]);
      expect(difference.low).toBeGreaterThan(0.3);
      expect(p).toBeLessThan(0.001);
    }
  });

  test("a head that only looks left does no better than a distance", () => {
    const left = findings.differences[1]!;
    expect(left.mean).toBeLessThan(0.15);
    const rule = measures[0]!.reference;
    expect(rule.value).toBeCloseTo(findings.baseline, 12);
    expect(offsets).toContain(findings.offset);
  });
});
