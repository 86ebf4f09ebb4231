import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {readConllu} from "../../../src/lib/probe/readConllu.js";
import type {ProbeSentence} from "../../../src/lib/probe/sentences.js";
import {edit, mutate, tame} from "../mutations.js";

const word = (id: string, form: string, pos: string, features: string, head: string) =>
  `${id}\t${form}\t_\t${pos}\t_\t${features}\t${head}\tdep\t_\t_`;
const sound = [
  "# newdoc id = one",
  "# text = The dogs aren't here.",
  word("1", "The", "DET", "Definite=Def", "2"),
  word("2", "dogs", "NOUN", "Number=Plur", "0"),
  word("3-4", "aren't", "_", "_", "_"),
  word("3", "are", "AUX", "Mood=Ind|Number=Plur", "2"),
  word("4", "n't", "PART", "_", "2"),
  word("4.1", "gone", "VERB", "_", "_"),
  word("5", "日本", "PROPN", "Number=Sing", "2"),
  "",
  "# newdoc id = two",
  word("1", "Rain", "NOUN", "Number=Sing", "0"),
  word("2", ".", "PUNCT", "_", "1"),
  "",
  ""
].join("\n");

function check({words, pos, heads, relations, number}: ProbeSentence): void {
  for (const list of [pos, heads, relations, number]) expect(list).toHaveLength(words.length);
  for (const head of heads!) expect(head >= 0 && head <= words.length).toBe(true);
  for (const value of number!) expect([null, "sing", "plur"]).toContain(value);
}

describe("readConllu under mutation", () => {
  test(
    "2,000 files like a treebank end in sound sentences or an InputError",
    {timeout: 60_000},
    async () => {
      const bytes = new TextEncoder().encode(sound);
      expect(readConllu(bytes, "a.conllu").documents.map(({length}) => length)).toEqual([1, 1]);
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 4}), async (edits) => {
          const corpus = await tame(() => readConllu(mutate(bytes, edits), "a.conllu"));
          if (corpus === null) return;
          ++accepted;
          corpus.documents.flat().forEach(check);
        }),
        {seed: 1, numRuns: 2000}
      );
      expect(accepted).toBeGreaterThan(100);
    }
  );

  test.each(["constructor", "__proto__", "toString", "valueOf"])(
    "Number=%s is no number",
    (name) => {
      const text = `${word("1", "a", name, `Number=${name}`, "0")}\n`;
      const {documents} = readConllu(new TextEncoder().encode(text), "a.conllu");
      documents.flat().forEach(check);
      expect(documents[0]![0]!.pos).toEqual([name]);
    }
  );

  test("a file of one long line, or of many sentences, is read in a time that grows with it", async () => {
    const long = word("1", "x".repeat(2_000_000), "X", "Number=Sing|".repeat(100_000), "0");
    await tame(() => readConllu(new TextEncoder().encode(long), "a.conllu"));
    const many = `${word("1", "a", "X", "_", "0")}\n\n`.repeat(50_000);
    const corpus = await tame(() => readConllu(new TextEncoder().encode(many), "a.conllu"));
    expect(corpus!.documents.flat()).toHaveLength(50_000);
  });
});
