import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {readText} from "../../../src/lib/corpus/index.js";
import {edit, mutate, tame} from "../mutations.js";

const rows = ["It was a fine day.", 'A "quoted" word, and more.', "Nothing\there: é 日本."];

/** A sound file of each kind. */
const files: Record<string, string> = {
  "a.tsv": `sentence\tlabel\n${rows.map((row, i) => `${row.replace("\t", " ")}\t${i % 2}`).join("\n")}\n`,
  "a.csv": `label,sentence\n${rows.map((row, i) => `${i},"${row.replaceAll('"', '""')}"`).join("\r\n")}\n`,
  "a.jsonl": rows.map((sentence, label) => JSON.stringify({sentence, label})).join("\n"),
  "a.json": JSON.stringify(rows.map((text) => ({text}))),
  "a.conllu": ["It rains .", "No , it snows ."]
    .map((words) =>
      words
        .split(" ")
        .map((word, i) => `${i + 1}\t${word}${"\t_".repeat(8)}\n`)
        .join("")
    )
    .join("\n"),
  "a.txt": `${rows.join("\n")}\n\n${rows.join(" ")}`
};

describe("readText under mutation", () => {
  test.each(Object.entries(files))(
    "700 files like %s end in a corpus or an InputError",
    async (name, text) => {
      const sound = new TextEncoder().encode(text);
      expect(readText(sound, name).documents.flat().length).toBeGreaterThan(1);
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 4}), async (edits) => {
          const bytes = mutate(sound, edits);
          const corpus = await tame(() => readText(bytes, name));
          if (corpus === null) return;
          ++accepted;
          const characters = corpus.documents.flat().reduce((sum, {length}) => sum + length, 0);
          if (characters > 4 * bytes.length) throw new Error(`${characters} from ${bytes.length}`);
        }),
        {seed: 1, numRuns: 700}
      );
      expect(accepted).toBeGreaterThan(1);
    },
    60_000
  );
});
