import {readFileSync} from "node:fs";
import {join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {attentionUnits} from "../../src/components/attentionUnits.js";
import {mergeWords} from "../../src/components/mergeWords.js";
import {wordGroups} from "../../src/components/wordGroups.js";
import {makeConfig} from "../../src/lib/albert/config.js";
import {attend} from "../../src/lib/engine/ask.js";
import {readText} from "../../src/lib/corpus/readText.js";
import {trainUnigram} from "../../src/lib/tokenizer/train.js";
import {useBackend} from "../lib/albert/backends.js";
import {tinyParameters} from "../lib/albert/tiny.js";

const sums = (weights: ArrayLike<number>, columns: number) =>
  Array.from({length: weights.length / columns}, (_, row) => {
    let sum = 0;
    for (let i = 0; i < columns; ++i) sum += weights[row * columns + i]!;
    return sum;
  });

describe("wordGroups(tokens, wordIds)", () => {
  test("pieces of one word are one; what the model adds stands alone", () => {
    const tokens = ["[CLS]", "▁inter", "national", "▁cat", "[SEP]", "[SEP]"];
    expect(wordGroups(tokens, [null, 0, 0, 1, null, null])).toEqual([0, 1, 1, 2, 3, 4]);
  });

  test("a Chinese sentence is not one word: the browser's words are kept apart", () => {
    const tokens = ["▁我", "喜欢", "北", "京", "。"];
    expect(wordGroups(tokens, [0, 0, 0, 0, 0])).toEqual([0, 1, 2, 2, 3]);
    // A piece that holds the end of one word and the beginning of another stays whole.
    expect(wordGroups(["▁我喜", "欢北京"], [0, 0])).toEqual([0, 0]);
  });

  test("German and Spanish compounds and accents are left to their spaces", () => {
    expect(wordGroups(["▁Donau", "dampf", "▁año", "s"], [0, 0, 1, 1])).toEqual([0, 0, 1, 1]);
  });
});

describe("mergeWords(probs, tokens, wordIds)", () => {
  test("into a word added, from a word averaged", () => {
    const probs = [0.2, 0.3, 0.5, 0.6, 0.2, 0.2, 0.1, 0.1, 0.8];
    const {words, probs: merged} = mergeWords(probs, ["▁ca", "t", "▁a"], [0, 0, 1]);
    expect(words).toEqual(["▁cat", "▁a"]);
    expect(merged).toBeAllClose([0.65, 0.35, 0.2, 0.8]);
  });
});

const folder = process.env.ALBERT_DATA_DIR;
const files = [
  "xquad/xquad.de.json",
  "xquad/xquad.es.json",
  "xquad/xquad.zh.json",
  "SST-2/dev.tsv"
];

describe.skipIf(!folder)("real texts (skipped: no ALBERT_DATA_DIR)", () => {
  beforeAll(() => useBackend("cpu"));

  test.each(files)("%s: rows sum to 1 between pieces and between words", async (name) => {
    const bytes = new Uint8Array(readFileSync(join(folder!, name)));
    const texts = readText(bytes, name).documents.slice(0, 60).flat();
    const text = texts.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
    const tokenizer = trainUnigram(texts.slice(0, 200), {vocabSize: 600});
    const config = makeConfig({
      vocabSize: tokenizer.vocabSize,
      embeddingSize: 4,
      hiddenSize: 6,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 5,
      maxPositionEmbeddings: 200
    });
    const before = tf.memory().numTensors;
    const model = {name, config, tokenizer, notes: [], data: tinyParameters(config)};
    const result = await attend(model, text, null);
    expect(tf.memory().numTensors).toBe(before);
    const n = result.tokens.length;
    expect(n).toBeGreaterThan(40);
    expect(sums(result.probs.data, n)).toBeAllClose(new Float32Array(4 * n).fill(1), {atol: 1e-5});
    const words = attentionUnits(result, {unit: "words"});
    const w = words.tokens.length;
    expect(w).toBeLessThan(n);
    // A word is a word: also in Chinese none holds a whole sentence.
    expect(w).toBeGreaterThan(n / 6);
    expect(sums(words.probs[1]![1]!, w)).toBeAllClose(new Float32Array(w).fill(1), {atol: 1e-5});
    expect(words.tokens.join("")).toBe(result.tokens.join(""));
    const scaled = attentionUnits(result, {unit: "words", hideSpecial: true, renormalise: true});
    const rows = sums(
      Array.from(scaled.probs[0]![0]!, (p) => (Number.isNaN(p) ? 0 : p)),
      w
    );
    expect(rows.slice(1, -1)).toBeAllClose(new Float32Array(w - 2).fill(1), {atol: 1e-5});
  });
});
