import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {PieceTrie} from "../../../src/lib/tokenizer/pieceTrie.js";
import {Viterbi, type UnigramTable} from "../../../src/lib/tokenizer/viterbi.js";
import {tinyTokenizer} from "./tiny.js";

/** The score of the likeliest of all ways to cut a text, tried one by one. */
function bestByTrying(text: string, scores: ReadonlyMap<string, number>, unknown: number): number {
  if (text === "") return 0;
  let best = scores.has(text[0]!)
    ? -Infinity
    : unknown + bestByTrying(text.slice(1), scores, unknown);
  for (let end = 1; end <= text.length; ++end) {
    const score = scores.get(text.slice(0, end));
    if (score !== undefined)
      best = Math.max(best, score + bestByTrying(text.slice(end), scores, unknown));
  }
  return best;
}

const vocabulary = fc
  .uniqueArray(fc.string({unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4}), {
    minLength: 1,
    maxLength: 9
  })
  .chain((pieces) =>
    fc.tuple(
      fc.constant(pieces),
      fc.array(fc.integer({min: -80, max: -1}), {
        minLength: pieces.length,
        maxLength: pieces.length
      })
    )
  );

describe("Viterbi", () => {
  test("finds the likeliest of all paths", () => {
    const texts = fc.string({unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 9});
    fc.assert(
      fc.property(vocabulary, texts, ([pieces, eighths], text) => {
        const scores = new Map(pieces.map((piece, i) => [piece, eighths[i]! / 8]));
        const unkScore = -20;
        const table: UnigramTable = {
          trie: new PieceTrie(pieces),
          ids: Int32Array.from(pieces, (_, i) => i + 1),
          scores: Float64Array.from(scores.values()),
          unkId: 0,
          unkScore,
          single: true
        };
        const viterbi = new Viterbi(table);
        const units = Uint16Array.from(text, (c) => c.charCodeAt(0));
        const count = viterbi.run(units, 0, units.length);
        let sum = 0;
        let start = 0;
        for (let i = 0; i < count; ++i) {
          const id = viterbi.pieceIds[i]!;
          const end = viterbi.ends[i]!;
          if (id === 0) sum += unkScore * (end - start);
          else {
            expect(pieces[id - 1]).toBe(text.slice(start, end));
            sum += scores.get(text.slice(start, end))!;
          }
          start = end;
        }
        expect(start).toBe(text.length);
        expect(sum).toBe(bestByTrying(text, scores, unkScore));
      }),
      {seed: 1, numRuns: 1500}
    );
  });
});

describe("a lattice", () => {
  const tokenizer = tinyTokenizer();

  test("holds every piece that fits, and the best path's score", () => {
    const {characters, edges, path, score, text} = tokenizer.lattice("The cats");
    expect(text).toBe("▁the▁cats");
    expect(characters).toHaveLength(9);
    expect(edges.map(({piece}) => piece).sort()).toEqual(
      ["▁", "▁the", "t", "h", "e", "▁", "▁c", "▁cat", "c", "a", "at", "t", "s"].sort()
    );
    expect(path.map((i) => edges[i]!.piece)).toEqual(["▁the", "▁cat", "s"]);
    expect(score).toBe(-2 - 4 - 3.5);
  });

  test("has the pieces of encode as its best path, end to end", () => {
    const words = fc.array(
      fc.constantFrom("the", "cats", "sat", "thx", "日本", "a.b", "[MASK]", "tt", "9"),
      {maxLength: 6}
    );
    fc.assert(
      fc.property(words, (words) => {
        const text = words.join(" ");
        const {characters, edges, path, score} = tokenizer.lattice(text);
        const best = path.map((i) => edges[i]!);
        const {ids} = tokenizer.encode(text, {addSpecialTokens: false});
        expect(best.map(({id}) => id)).toEqual(ids);
        let at = 0;
        for (const {from, to, isBest} of best) {
          expect([from, isBest]).toEqual([at, true]);
          at = to;
        }
        expect(at).toBe(characters.length);
        expect(edges.filter(({isBest}) => isBest)).toHaveLength(path.length);
        expect(score).toBeCloseTo(
          best.reduce((sum, edge) => sum + edge.score, 0),
          9
        );
      }),
      {seed: 2, numRuns: 500}
    );
  });
});
