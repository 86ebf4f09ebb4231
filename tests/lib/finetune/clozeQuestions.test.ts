import {expect, test} from "vitest";
import {clozeQuestions} from "../../../src/lib/finetune/clozeQuestions.js";
import {generatedDataset} from "../../../src/lib/finetune/generated.js";
import {lowerWords} from "../../../src/lib/finetune/words.js";

const texts = [
  "Mara bought 12 roses in Brennick, and Ada sold them. They were red as ever in the garden!",
  "The old kettle (a gift) stood on the stove for years.",
  "Nobody told Ada of the film that was made at the lake in 1912.",
  "too short"
];
const rows = clozeQuestions(texts, {n: 300, seed: 5});

test("answers stand in their contexts, and questions hold words around them, not the answer's sentence", () => {
  expect(rows).toHaveLength(300);
  for (const {context, question, answers} of rows) {
    const [{text, start}] = answers as [{text: string; start: number}];
    expect(context.slice(start, start + text.length)).toBe(text);
    expect(text).toMatch(/^[\p{L}\p{N}].*[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u);
    expect(text.split(" ").length).toBeLessThanOrEqual(3);
    const asked = new Set(["what", "who", "how", "many"]);
    const known = new Set(lowerWords(context));
    for (const word of lowerWords(question)) expect(asked.has(word) || known.has(word)).toBe(true);
    expect(question.endsWith("?")).toBe(true);
    expect(context).not.toContain("too short");
  }
  const found = rows.map(({answers}) => answers[0]!.text);
  expect(found).toContain("1912");
  expect(new Set(found).size).toBeGreaterThan(30);
});

test("row i does not depend on how many there are; texts without sentences are refused", () => {
  expect(clozeQuestions(texts, {n: 4, seed: 5})).toEqual(rows.slice(0, 4));
  expect(generatedDataset("squad", {n: 4, seed: 5}, texts).examples).toEqual(rows.slice(0, 4));
  expect(() => generatedDataset("squad", {n: 4, seed: 5}, ["too short"])).toThrow(
    /no text to ask about/
  );
});
