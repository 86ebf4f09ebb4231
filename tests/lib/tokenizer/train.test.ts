import {Tokenizer as HuggingFaceTokenizer} from "@huggingface/tokenizers";
import {describe, expect, test} from "vitest";
import {generateCorpus} from "../../../src/lib/corpus/generate.js";
import {corpusText} from "../../../src/lib/corpus/text.js";
import {InputError} from "../../../src/lib/errors.js";
import {Random} from "../../../src/lib/random.js";
import {PieceTrie} from "../../../src/lib/tokenizer/pieceTrie.js";
import {readSpiece} from "../../../src/lib/tokenizer/spiece.js";
import {trainUnigram, trainUnigramAsync} from "../../../src/lib/tokenizer/train.js";
import {findEdges, layStrings} from "../../../src/lib/tokenizer/training/edges.js";
import {
  digamma,
  expectedCounts,
  scoresOf
} from "../../../src/lib/tokenizer/training/expectation.js";

const texts = corpusText(generateCorpus({documents: 24, seed: 7})).split("\n");

describe("a learnt vocabulary", () => {
  const tokenizer = trainUnigram(texts, {vocabSize: 311});

  test("has the size asked for and ALBERT's first ids", () => {
    expect(tokenizer.vocabSize).toBe(311);
    expect(tokenizer.special).toEqual({pad: 0, unk: 1, cls: 2, sep: 3, mask: 4});
    expect(tokenizer.pieces.slice(0, 13)).toEqual([
      ...["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"],
      ...["(", ")", '"', "-", ".", "–", "£", "€"]
    ]);
    expect(new Set(tokenizer.pieces).size).toBe(311);
  });

  test("covers its own text without unknown pieces, in fewer pieces than characters", () => {
    let pieces = 0;
    let characters = 0;
    for (const text of texts) {
      const ids = tokenizer.ids(text);
      expect(ids).not.toContain(tokenizer.special.unk);
      pieces += ids.length;
      characters += text.length;
    }
    expect(pieces).toBeLessThan(characters / 2);
  });

  test("gives its text back in lower case", () => {
    for (const text of texts.slice(0, 50)) {
      const normalised = text.trim().replace(/\s+/g, " ").replace(/''|``/g, '"').toLowerCase();
      if (/^[ -~]*$/.test(normalised))
        expect(tokenizer.decode(tokenizer.ids(text))).toBe(normalised);
    }
  });

  test("holds frequent words whole, and its scores are log probabilities that fall", () => {
    expect(tokenizer.pieces).toContain("▁the");
    const scores = Array.from(tokenizer.scores.slice(13));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const mass = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    expect(mass).toBeGreaterThan(0.9);
    expect(mass).toBeLessThanOrEqual(1);
  });

  test("is the same however often it is learnt, and for whoever waits for it", async () => {
    const again = trainUnigram(texts, {vocabSize: 311});
    const waited = await trainUnigramAsync(texts, {vocabSize: 311});
    expect(again.toSpiece()).toEqual(tokenizer.toSpiece());
    expect(waited.toSpiece()).toEqual(tokenizer.toSpiece());
  });

  test("written as spiece.model is read back", () => {
    const read = readSpiece(tokenizer.toSpiece(), "learnt");
    for (const text of texts.slice(0, 40)) expect(read.ids(text)).toEqual(tokenizer.ids(text));
  });

  test("written as tokenizer.json gives the same ids in Hugging Face's own library", () => {
    const other = new HuggingFaceTokenizer(
      JSON.parse(tokenizer.toTokenizerJson()) as object,
      JSON.parse(tokenizer.toTokenizerConfig()) as object
    );
    for (const text of texts) {
      const {ids, tokens} = tokenizer.encode(text);
      expect(Array.from(other.encode(text).ids)).toEqual(ids);
      expect(other.encode(text).tokens).toEqual(tokens);
    }
  });

  test("keeps capitals where asked to", () => {
    const cased = trainUnigram(texts, {vocabSize: 311, lowerCase: false});
    expect(cased.pieces.some((piece) => /[A-Z]/.test(piece.slice(1)))).toBe(true);
    expect(tokenizer.pieces.slice(5).some((piece) => /[A-Z]/.test(piece))).toBe(false);
  });

  test("reports how far it is, and stops when told to", async () => {
    const seen: number[] = [];
    trainUnigram(texts, {vocabSize: 200}, ({fraction}) => seen.push(fraction));
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(trainUnigramAsync(texts, {vocabSize: 200, signal: stop})).rejects.toThrow(
      "enough"
    );
  });

  test("needs text and room", () => {
    expect(() => trainUnigram([" "], {vocabSize: 50})).toThrow(InputError);
    expect(() => trainUnigram(["a"], {vocabSize: 13})).toThrow(
      "vocabulary size: 13, expected a whole number above 13, the special pieces"
    );
    expect(trainUnigram(["ab ab"], {vocabSize: 500}).vocabSize).toBeLessThan(500);
  });
});

describe("EM", () => {
  const words = ["abab", "abc", "cab", "bcbc", "aabbc"];
  const counts = Float64Array.of(5, 3, 4, 2, 1);
  const pieces = ["a", "b", "c", "ab", "bc", "abc", "ca", "bab"];
  const {units, starts} = layStrings(words);
  const edges = findEdges(units, starts, new PieceTrie(pieces));

  /** All ways to cut a word. */
  function cuts(word: string): string[][] {
    if (word === "") return [[]];
    return pieces
      .filter((piece) => word.startsWith(piece))
      .flatMap((piece) => cuts(word.slice(piece.length)).map((rest) => [piece, ...rest]));
  }

  test("expects of each piece what all segmentations, weighed, have of it", () => {
    const random = new Random(3, "weights");
    const scores = Float64Array.from(pieces, () => Math.log(0.05 + random.uniform()));
    const score = new Map(pieces.map((piece, i) => [piece, scores[i]!]));
    const wanted = new Map(pieces.map((piece) => [piece, 0]));
    let logLikelihood = 0;
    words.forEach((word, w) => {
      const paths = cuts(word);
      const weights = paths.map((path) =>
        Math.exp(path.reduce((sum, piece) => sum + score.get(piece)!, 0))
      );
      const total = weights.reduce((a, b) => a + b, 0);
      logLikelihood += counts[w]! * Math.log(total);
      paths.forEach((path, i) => {
        for (const piece of path)
          wanted.set(piece, wanted.get(piece)! + (counts[w]! * weights[i]!) / total);
      });
    });
    const found = expectedCounts(edges, counts, scores);
    expect(found.expected).toBeAllClose([...wanted.values()], {rtol: 1e-12});
    expect(found.logLikelihood).toBeCloseTo(logLikelihood, 10);
  });

  test("raises the likelihood at every step", () => {
    let scores = new Float64Array(pieces.length).fill(-Math.log(pieces.length));
    const likelihoods: number[] = [];
    for (let step = 0; step < 12; ++step) {
      const {expected, logLikelihood} = expectedCounts(edges, counts, scores);
      likelihoods.push(logLikelihood);
      const total = expected.reduce((a, b) => a + b, 0);
      scores = expected.map((count) => Math.log(count / total));
    }
    for (let i = 1; i < likelihoods.length; ++i)
      expect(likelihoods[i]!).toBeGreaterThanOrEqual(likelihoods[i - 1]! - 1e-9);
    expect(likelihoods.at(-1)!).toBeGreaterThan(likelihoods[0]! + 5);
  });

  test("estimates with digamma, which is harder on what is rare", () => {
    expect([1, 0.5, 10, 100].map(digamma)).toBeAllClose(
      [-0.5772156649015329, -1.9635100260214235, 2.251752589066721, 4.600161852738087],
      {rtol: 1e-7}
    );
    const scores = scoresOf(Float64Array.of(1, 99));
    expect(scores[0]!).toBeLessThan(Math.log(1 / 100) - 0.5);
    expect(scores[1]!).toBeCloseTo(Math.log(99 / 100), 3);
  });
});
