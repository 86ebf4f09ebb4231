import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test, vi} from "vitest";
import {parallelSentences} from "../../../src/lib/corpus/parallelSentences.js";
import {readText} from "../../../src/lib/corpus/readText.js";
import {coverageOf, coverageRow} from "../../../src/lib/tokenizer/coverage.js";
import {trainUnigram} from "../../../src/lib/tokenizer/train.js";

const vocabulary = (texts: readonly string[], vocabSize: number) =>
  trainUnigram([...texts, ...texts], {vocabSize, seed: 1});

describe("coverageOf(tokenizer, name, texts)", () => {
  const english = vocabulary(parallelSentences.English!, 120);

  test("counts words, characters, pieces, and what is unknown", async () => {
    const found = await coverageOf(english, "mine", ["the river ö", " 河 the "]);
    expect(found).toMatchObject({name: "mine", texts: 2, words: 5, characters: 13});
    // ö loses its dots before it is cut; 河 has no piece
    expect(found.unknownCharacters).toBe(1);
    expect(coverageRow(found)).toMatchObject({texts: 2, "unknown characters, %": 7.69});
    expect(coverageRow(await coverageOf(english, "none", []))["pieces per word"]).toBeNull();
  });

  test("counts the words of a very long text as those of its parts, and in no more time", async () => {
    const part = "the river, a 🌊 and the sea. ";
    const one = await coverageOf(english, "one", [part]);
    const long = await coverageOf(english, "long", [part.repeat(20_000)]);
    expect(long.words).toBe(20_000 * one.words);
    expect(long.characters).toBe(20_000 * one.characters);
    // without white space a word may be cut, once in a thousand characters
    const unbroken = await coverageOf(english, "unbroken", ["river".repeat(1000)]);
    expect(unbroken.words).toBe(5);
  });

  test("lets other work in between texts", async () => {
    const pause = vi.fn(() => Promise.resolve());
    await coverageOf(english, "many", new Array<string>(45).fill("the river"), pause);
    expect(pause).toHaveBeenCalledTimes(2);
  });

  test("one vocabulary over all four languages knows them all, an English one no Chinese", async () => {
    const together = vocabulary(Object.values(parallelSentences).flat(), 400);
    for (const [language, texts] of Object.entries(parallelSentences)) {
      const own = await coverageOf(together, language, texts);
      expect(own.unknownCharacters, language).toBe(0);
      const foreign = coverageRow(await coverageOf(english, language, texts));
      if (language === "Chinese") expect(foreign["unknown characters, %"]).toBeGreaterThan(90);
    }
  });

  test("the sentences stand side by side", () => {
    const lengths = Object.values(parallelSentences).map(({length}) => length);
    expect(new Set(lengths).size).toBe(1);
  });
});

const data = process.env.ALBERT_DATA_DIR;
describe.skipIf(!data)("xquad in three languages (skipped: no ALBERT_DATA_DIR)", () => {
  test("one vocabulary over German, Spanish and Chinese covers each", async () => {
    const texts = new Map(
      ["de", "es", "zh"].map((language) => {
        const name = `xquad.${language}.json`;
        const {documents} = readText(
          new Uint8Array(readFileSync(join(data!, "xquad", name))),
          name
        );
        return [language, documents.flat().slice(0, 400)];
      })
    );
    const together = vocabulary([...texts.values()].flat(), 4000);
    for (const [language, own] of texts) {
      const row = coverageRow(await coverageOf(together, language, own));
      expect(row["unknown characters, %"], language).toBeLessThan(1);
      expect(row["pieces per word"]!, language).toBeLessThan(3);
    }
  });
});
