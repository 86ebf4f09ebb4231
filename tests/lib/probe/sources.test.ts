import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {generateCorpus} from "../../../src/lib/corpus/generate.js";
import {article} from "../../../src/lib/corpus/morphology.js";
import {minimalPairs, pairKinds, type MinimalPair} from "../../../src/lib/probe/minimalPairs.js";
import {readConllu} from "../../../src/lib/probe/readConllu.js";
import {generatedProbeCorpus} from "../../../src/lib/probe/sentences.js";
import {probeTasks, probeTexts, type ProbeTask} from "../../../src/lib/probe/tasks.js";

const task = (id: string): ProbeTask => probeTasks.find((each) => each.id === id)!;
const bytes = (text: string) => new TextEncoder().encode(text);
const row = (id: string, form: string, pos: string, features: string, head: string) =>
  [id, form, "_", pos, "_", features, head, `to${head}`, "_", "_"].join("\t");
const cats = [
  row("1-2", "Thecats", "_", "_", "_"),
  row("1", "The", "DET", "_", "2"),
  row("2", "cats", "NOUN", "Case=Nom|Number=Plur", "3"),
  row("2.1", "empty", "X", "_", "_"),
  row("3", "sleep", "VERB", "Number=Plur", "0"),
  row("4", ".", "PUNCT", "_", "3")
].join("\n");

describe("readConllu(bytes, file)", () => {
  test("reads words, tags, heads and number; ranges and empty nodes are no words", () => {
    const {documents, notes} = readConllu(
      bytes(`# newdoc id = a\n${cats}\n\n# newdoc\n${cats}\n`),
      "f"
    );
    expect(notes).toEqual([]);
    expect(documents).toHaveLength(2);
    expect(documents[0]).toEqual([
      {
        words: ["The", "cats", "sleep", "."],
        pos: ["DET", "NOUN", "VERB", "PUNCT"],
        heads: [2, 3, 0, 3],
        relations: ["to2", "to3", "to0", "to3"],
        number: [null, "plur", "plur", null],
        entities: null,
        topic: null,
        sentiment: null
      }
    ]);
  });

  test("without documents, blocks of ten sentences, and says so", () => {
    const text = Array.from({length: 23}, () => `${cats}\n`).join("\n");
    const {documents, notes} = readConllu(bytes(text), "f");
    expect(documents.map(({length}) => length)).toEqual([10, 10, 3]);
    expect(notes.join()).toContain("blocks of 10 sentences");
  });

  test.each([
    ["1\tThe\tDET", "f: line 1: 3 fields, expected CoNLL-U's 10"],
    [`${row("2", "The", "DET", "_", "0")}`, "f: line 1: word number '2' (expected 1)"],
    [`\n${row("1", "The", "DET", "_", "x")}`, "f: line 2: head 'x' (expected the number of a word"],
    [`${row("1", "The", "DET", "_", "5")}\n`, "f: line 1: head 5 (expected 0 to 1"],
    ["# nothing\n", "f: no sentences"]
  ])("says what is wrong, and where: %#", (text, message) => {
    expect(() => readConllu(bytes(text), "f")).toThrow(message);
  });

  const data = process.env.ALBERT_DATA_DIR;
  test.skipIf(!data)("reads the English Web Treebank's dev part", () => {
    const file = readFileSync(join(data!, "ud-ewt", "dev.conllu"));
    const {documents, notes} = readConllu(file, "dev.conllu");
    const sentences = documents.flat();
    expect(notes).toEqual([]);
    expect(documents.length).toBeGreaterThan(100);
    const lines = file.toString().split("\n");
    expect(sentences).toHaveLength(lines.filter((line) => line.startsWith("# sent_id")).length);
    expect(sentences.reduce((sum, {words}) => sum + words.length, 0)).toBe(
      lines.filter((line) => /^\d+\t/.test(line)).length
    );
  });
});

describe("probe tasks", () => {
  const [sentence] = readConllu(bytes(cats), "f").documents[0]!;
  const labels = (id: string) => sentence!.words.map((_, i) => task(id).label(sentence!, i));

  test("name the classes of a word", () => {
    expect(labels("pos")).toEqual(["DET", "NOUN", "VERB", "PUNCT"]);
    expect(labels("direction")).toEqual(["after", "after", "root", "before"]);
    expect(labels("distance")).toEqual(["1", "1", null, "1"]);
    expect(labels("number")).toEqual([null, "plur", "plur", null]);
    expect(labels("position")).toEqual(["1", "2", "3", "4"]);
    expect(labels("entity")).toEqual([null, null, null, null]);
    const far = {...sentence!, heads: [5, 6, 0, 1], words: Array(12).fill("w") as string[]};
    expect([0, 1, 2, 3].map((i) => task("distance").label(far, i))).toEqual([
      "3–4",
      "3–4",
      null,
      "3–4"
    ]);
    expect(task("position").label(far, 11)).toBe("8 or later");
  });

  test("pairs stand in order or swapped, as the seed says", () => {
    const {documents} = generatedProbeCorpus(6, 4);
    const texts = probeTexts(documents, [task("order")], 1);
    expect(texts).toHaveLength(documents.flat().length - documents.length);
    const first = documents[0]!;
    const swapped = texts[0]!.items[0]!.labels[0] === "swapped";
    expect(texts[0]!.first).toEqual(first[swapped ? 1 : 0]!.words);
    const share =
      texts.filter(({items}) => items[0]!.labels[0] === "swapped").length / texts.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.75);
    expect(probeTexts(documents, [task("order")], 1)).toEqual(texts);
  });

  test("a document's topic and a sentence's sentiment are those of the truth", () => {
    const {documents} = generatedProbeCorpus(3, 4);
    const {truth} = generateCorpus({documents: 3, seed: 4});
    const texts = probeTexts(documents, [task("topic"), task("sentiment")], 1);
    const expected = truth.flatMap(({topic, sentences}) =>
      sentences.map(({sentiment}) => [topic, sentiment])
    );
    expect(texts.map(({items}) => items[0]!.labels)).toEqual(expected);
  });
});

describe("minimalPairs(kind, documents, seed)", () => {
  test("agreement: one noun changes its number, and the verb with it", () => {
    const pairs = minimalPairs("agreement", 60, 3);
    expect(pairs.length).toBeGreaterThan(10);
    for (const {clean, corrupted, answers} of pairs) {
      const [a, b] = [clean.split(" "), corrupted.split(" ")];
      expect(a).toHaveLength(b.length);
      expect(a.filter((word, i) => word !== b[i])).toHaveLength(1);
      expect(a.findIndex((word) => word.includes("[MASK]"))).toBe(
        b.findIndex((word) => word.includes("[MASK]"))
      );
      expect([
        ["is", "are"],
        ["was", "were"],
        ["has", "have"],
        ["does", "do"]
      ]).toContainEqual(
        /^(?:is|was|has|does)$/.test(answers[0]) ? answers : [...answers].reverse()
      );
    }
  });

  test("pronouns: another name, and the second sentence begins with the other pronoun", () => {
    const pairs = minimalPairs("pronoun", 200, 3);
    expect(pairs.length).toBeGreaterThan(5);
    for (const {clean, corrupted, answers} of pairs) {
      expect(clean).not.toBe(corrupted);
      expect(clean.slice(clean.indexOf("[MASK]"))).toBe(
        corrupted.slice(corrupted.indexOf("[MASK]"))
      );
      expect([...answers].sort()).toEqual(["he", "she"]);
    }
  });

  /** The places where the words of two texts differ. */
  const changes = ({clean, corrupted}: MinimalPair) => {
    const [a, b] = [clean, corrupted].map((text) => text.split(/ |(?=[.,"])/)) as [
      string[],
      string[]
    ];
    expect(a).toHaveLength(b.length);
    return a.flatMap((word, i) => (word === b[i] ? [] : [[word, b[i]!] as const]));
  };

  test.each(pairKinds.map(({id}) => id))("%s: one [MASK], two answers, the same twice", (kind) => {
    const pairs = minimalPairs(kind, 150, 3);
    expect(pairs.length).toBeGreaterThan(5);
    expect(minimalPairs(kind, 150, 3)).toEqual(pairs);
    for (const {clean, corrupted, answers} of pairs) {
      expect(clean.split("[MASK]")).toHaveLength(2);
      expect(corrupted.split("[MASK]")).toHaveLength(2);
      expect(answers[0]).not.toBe(answers[1]);
    }
  });

  test("article: the next word alone changes, and each answer suits the one after it", () => {
    for (const pair of minimalPairs("article", 40, 3)) {
      expect(changes(pair)).toHaveLength(1);
      const next = (text: string) => /\[MASK\] ([\w-]+)/.exec(text)![1]!;
      expect(pair.answers).toEqual([article(next(pair.clean)), article(next(pair.corrupted))]);
    }
  });

  test("tense: the verb of the first sentence alone, and the second has no other", () => {
    for (const pair of minimalPairs("tense", 100, 3)) {
      const changed = changes(pair);
      expect(changed).toHaveLength(1);
      expect(pair.clean.indexOf(changed[0]![0])).toBeLessThan(pair.clean.indexOf("[MASK]"));
      expect([
        ["is", "was"],
        ["are", "were"],
        ["has", "had"]
      ]).toContainEqual(
        /^(?:is|are|has)$/.test(pair.answers[0]) ? pair.answers : [...pair.answers].reverse()
      );
    }
  });

  test("preposition, object and opinion: one word changes, before the blank", () => {
    for (const kind of ["preposition", "object", "opinion"] as const)
      for (const pair of minimalPairs(kind, 120, 3)) {
        const changed = changes(pair);
        expect(changed).toHaveLength(1);
        expect(pair.clean.indexOf(changed[0]![0])).toBeLessThan(pair.clean.indexOf("[MASK]"));
      }
  });

  test("topic: one noun changes, and each text's two nouns are of one topic, not the other's", () => {
    const {truth} = generateCorpus({documents: 200, seed: 3});
    const topics = (word: string) => {
      const found = truth.flatMap(({topic, sentences}) =>
        sentences.flatMap(({words, pos}) =>
          words.flatMap((each, i) =>
            pos[i] === "NOUN" && each.toLowerCase() === word.toLowerCase() ? [topic] : []
          )
        )
      );
      // All but a few of its places, which may be in passing.
      return [...new Set(found)].filter(
        (topic) => found.filter((each) => each === topic).length > 0.8 * found.length
      );
    };
    const pairs = minimalPairs("topic", 200, 3);
    expect(pairs.length).toBeGreaterThan(10);
    for (const pair of pairs) {
      const changed = changes(pair);
      expect(changed).toHaveLength(1);
      const [own, other] = changed[0]!;
      expect(pair.clean.indexOf(own)).toBeLessThan(pair.clean.indexOf("[MASK]"));
      const [topic] = topics(own);
      const [otherTopic] = topics(other);
      expect(topic).toBeDefined();
      expect(otherTopic).toBeDefined();
      expect(otherTopic).not.toBe(topic);
      expect(pair.answers.map(topics)).toEqual([[topic], [otherTopic]]);
    }
  });

  test("order: the same words, and a pronoun in both cases", () => {
    const sorted = (text: string) => text.toLowerCase().split(/\W+/).sort();
    for (const {clean, corrupted, answers} of minimalPairs("order", 100, 3)) {
      expect(sorted(corrupted)).toEqual(sorted(clean));
      expect(corrupted).not.toBe(clean);
      expect(["he him", "she her", "they them"]).toContain(answers.join(" "));
    }
  });
});
