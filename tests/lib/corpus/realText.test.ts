import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {corpusStatistics, readText} from "../../../src/lib/corpus/index.js";

const folder = process.env.ALBERT_DATA_DIR;
const read = (name: string) => readText(readFileSync(join(folder!, name)), name);

describe.skipIf(!folder)("readText on published texts (skipped: no ALBERT_DATA_DIR)", () => {
  test("tinyshakespeare: speeches become documents of a few sentences", () => {
    const corpus = read("tinyshakespeare/input.txt");
    const {documents, meanDocumentLength, words} = corpusStatistics(corpus);
    expect(documents).toBeGreaterThan(2000);
    expect(meanDocumentLength).toBeGreaterThan(3);
    expect(words).toBeGreaterThan(190_000);
    expect(Math.min(...corpus.documents.map((document) => document.length))).toBeGreaterThanOrEqual(
      2
    );
    expect(corpus.documents[0]![0]).toMatch(/^First Citizen: /);
  });

  test("SST-2: a document a row, with a note about pairs", () => {
    const corpus = read("SST-2/train.tsv");
    expect(corpus.documents).toHaveLength(6920);
    expect(corpus.notes!.join()).toContain("sentence-pair objectives");
  });

  test.each([
    ["CoLA/train.tsv", 8551],
    ["STS-B/train.csv", 5749],
    ["MRPC/msr_paraphrase_train.txt", 4076],
    ["xquad/xquad.en.json", 32],
    ["xquad/xquad.de.json", 32],
    ["xquad/xquad.es.json", 32],
    ["xquad/xquad.zh.json", 32]
  ])("%s gives %i documents", (name, documents) => {
    expect(read(name).documents).toHaveLength(documents);
  });

  test("CoNLL-U and CoNLL: as many sentences as the files have", () => {
    const sentences = (name: string) => read(name).documents.flat().length;
    expect(sentences("ud-ewt/dev.conllu")).toBe(2001);
    expect(sentences("wnut17/dev.conll")).toBe(1009);
  });
});
