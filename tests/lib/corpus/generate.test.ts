import {describe, expect, test} from "vitest";
import {
  corpusStatistics,
  corpusText,
  generateCorpus,
  generateDocument,
  templateNames,
  topics
} from "../../../src/lib/corpus/index.js";

const sample = generateCorpus({documents: 2000, seed: 11});
const sentences = sample.truth.flatMap((document) => document.sentences);

describe("generateCorpus({documents, seed})", () => {
  test("writes the same document i however many are made", () => {
    const few = generateCorpus({documents: 8, seed: 5});
    const many = generateCorpus({documents: 20, seed: 5});
    expect(many.documents.slice(0, 8)).toEqual(few.documents);
    expect(many.truth[7]).toEqual(generateDocument(5, 7));
    expect(generateCorpus({documents: 8, seed: 6}).documents).not.toEqual(few.documents);
  });

  test("gives the text and its truth together", () => {
    expect(sample.documents).toHaveLength(2000);
    sample.truth.forEach((document, d) => {
      expect(document.sentences.map(({text}) => text)).toEqual(sample.documents[d]);
    });
  });

  test("refuses numbers out of range", () => {
    for (const documents of [0, -1, 1.5, NaN, 1e9]) {
      expect(() => generateCorpus({documents, seed: 1})).toThrow("invalid documents");
    }
    expect(() => generateCorpus({documents: 1, seed: -1})).toThrow("invalid seed: -1");
  });

  test("reaches over 3,000 word types besides names in 2,000 documents", () => {
    const types = new Set<string>();
    for (const {words, pos} of sentences) {
      words.forEach((word, i) => {
        if (pos[i] !== "PROPN" && /^[a-z-]+$/i.test(word)) types.add(word.toLowerCase());
      });
    }
    expect(types.size).toBeGreaterThan(3000);
  });

  test("uses every one of its templates, at least 40, and every topic, at least 8", () => {
    expect(new Set(templateNames).size).toBe(templateNames.length);
    expect(templateNames.length).toBeGreaterThanOrEqual(40);
    expect(new Set(sentences.map(({template}) => template))).toEqual(new Set(templateNames));
    expect(topics().length).toBeGreaterThanOrEqual(8);
    expect(new Set(sentences.map(({topic}) => topic)).size).toBe(topics().length);
    const scripts = topics().flatMap((topic) =>
      topic.scripts.map(({name}) => `${topic.name}.${name}`)
    );
    expect(new Set(sample.truth.map(({script}) => script))).toEqual(new Set(scripts));
  });

  test("repeats fewer than 4 % of its sentences in 2,000 documents", () => {
    const distinct = new Set(sentences.map(({text}) => text)).size;
    expect(1 - distinct / sentences.length).toBeLessThan(0.04);
  });

  test("nests clauses up to depth three and has short and long sentences", () => {
    expect(Math.max(...sentences.map(({clauseDepth}) => clauseDepth))).toBeGreaterThanOrEqual(3);
    const nested = sentences.filter(({clauseDepth}) => clauseDepth > 0).length / sentences.length;
    expect(nested).toBeGreaterThan(0.25);
    expect(Math.max(...sentences.map(({depth}) => depth))).toBeGreaterThanOrEqual(6);
    expect(Math.min(...sentences.map(({words}) => words.length))).toBeLessThanOrEqual(4);
  });

  test("is fast: 500 documents take under half a second of processor time", () => {
    generateCorpus({documents: 300, seed: 1});
    const times = [1, 2, 3].map((seed) => {
      const start = process.cpuUsage();
      generateCorpus({documents: 500, seed});
      const {user} = process.cpuUsage(start);
      return user / 1e3;
    });
    expect(Math.min(...times)).toBeLessThan(500);
  });

  test("writes plain ASCII with capitals and end marks", () => {
    for (const {text} of sentences) {
      expect(text).toMatch(/^"?[A-Z][\x20-\x7e]*[.!]$/);
      expect(text).not.toMatch(/ {2}| [.,!]|,[.,]|\ba [aeio]|\ban [bcdfgjklmnpqrstvwxyz]/);
    }
  });
});

describe("generateCorpus({plain: true})", () => {
  const corpus = generateCorpus({documents: 300, seed: 5, plain: true, topics: 4});

  test("tells the events of a script, all of them and in their order, and nothing else", () => {
    for (const {sentences, script} of corpus.truth) {
      const steps = topics()
        .flatMap(({scripts}) => scripts)
        .find(({name, topic}) => `${topic}.${name}` === script)!.steps;
      expect(sentences.map(({event}) => event)).toEqual(steps.map((_, i) => i));
    }
    const {meanSentenceLength} = corpusStatistics(corpus);
    expect(meanSentenceLength).toBeGreaterThan(4);
    expect(meanSentenceLength).toBeLessThan(7);
  });

  test("keeps to the first topics, and to its seed", () => {
    const used = new Set(corpus.truth.map(({topic}) => topic));
    expect([...used].sort()).toEqual(
      topics()
        .slice(0, 4)
        .map(({name}) => name)
        .sort()
    );
    const fewer = generateCorpus({documents: 7, seed: 5, plain: true, topics: 4});
    expect(fewer.documents).toEqual(corpus.documents.slice(0, 7));
    const whole = generateCorpus({documents: 7, seed: 5});
    expect(whole.documents[0]).not.toEqual(fewer.documents[0]);
  });
});

describe("the page-size sample in data/corpora", () => {
  test("is what the generator writes (run vitest -u after a change of the grammar)", async () => {
    const text = corpusText(generateCorpus({documents: 25, seed: 1}));
    await expect(text).toMatchFileSnapshot("../../../data/corpora/generated-sample.txt");
  });
});

describe("corpusStatistics(corpus) and corpusText(corpus)", () => {
  const corpus = {name: "own", documents: [["A cat sat.", "It didn't move."], ["A cat!"]]};

  test("counts documents, sentences, words and types", () => {
    expect(corpusStatistics(corpus)).toEqual({
      documents: 2,
      sentences: 3,
      words: 8,
      types: 6,
      meanSentenceLength: 8 / 3,
      meanDocumentLength: 1.5,
      characters: 31
    });
    expect(corpusStatistics({name: "none", documents: []}).meanSentenceLength).toBe(0);
  });

  test("writes a sentence a line and a blank line between documents", () => {
    expect(corpusText(corpus)).toBe("A cat sat.\nIt didn't move.\n\nA cat!\n");
  });
});
