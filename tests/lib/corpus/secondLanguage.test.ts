import {expect, test} from "vitest";
import {generateCorpus} from "../../../src/lib/corpus/generate.js";
import {
  bilingualCorpus,
  inSecondLanguage,
  secondWord,
  translationPairs
} from "../../../src/lib/corpus/secondLanguage.js";

const {truth, documents} = generateCorpus({documents: 60, seed: 3});

test("no two words of the language have one form, and no form is a word of it", () => {
  const words = new Set(
    truth.flatMap(({sentences}) => sentences.flatMap((s) => s.words.map((w) => w.toLowerCase())))
  );
  const withLetters = [...words].filter((word) => /\p{L}/u.test(word));
  const forms = new Set(withLetters.map(secondWord));
  expect(withLetters.length).toBeGreaterThan(300);
  expect(forms.size).toBe(withLetters.length);
  expect([...forms].filter((form) => words.has(form))).toEqual([]);
  expect(secondWord("Garden")).toBe(secondWord("garden").replace(/^./, (c) => c.toUpperCase()));
  expect(["?", ",", "42"].map(secondWord)).toEqual(["?", ",", "42"]);
});

test("a sentence keeps its words and its mark, and its verb comes last", () => {
  for (const sentence of truth[0]!.sentences) {
    const said = inSecondLanguage(sentence);
    const root = sentence.words[sentence.heads.indexOf(0)]!;
    expect(said.at(-1)).toBe(sentence.text.at(-1));
    const plain = said.toLowerCase().replace(/[^\p{L}\p{N}]+$/u, "");
    expect(plain.endsWith(secondWord(root).toLowerCase())).toBe(true);
  }
});

test("a share of the documents is parallel, the others are in one language each", () => {
  const corpus = bilingualCorpus({documents: 20, seed: 3, parallel: 0.25});
  expect(corpus.documents.length).toBe(20);
  for (const [i, own] of corpus.documents.entries()) {
    const first = documents[i]!;
    const second = truth[i]!.sentences.map(inSecondLanguage);
    if (i >= 5) expect(own).toEqual(i % 2 === 1 ? first : second);
    else expect([...own].sort()).toEqual([...first, ...second].sort());
  }
  expect(bilingualCorpus({documents: 20, seed: 3, parallel: 0.25})).toEqual(corpus);
});

test("translationPairs gives different sentences", () => {
  const pairs = translationPairs(50, 9);
  expect(new Set(pairs.map(([first]) => first)).size).toBe(50);
  expect(new Set(pairs.map(([, second]) => second)).size).toBe(50);
});
