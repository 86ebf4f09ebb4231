import * as tokenizers from "@huggingface/tokenizers";
import {expect, test} from "vitest";
import {encodingMarkdown, timeEncoding, type TokenizersPackage} from "../../bin/bench/encoding.js";
import {generateCorpus} from "../../src/lib/corpus/generate.js";
import {corpusText} from "../../src/lib/corpus/text.js";

const lines = corpusText(generateCorpus({documents: 5, seed: 3}))
  .split("\n")
  .filter(Boolean);

test("times every way of encoding, and finds the same ids in the other package", async () => {
  let now = 0;
  const clock = () => (now += 10);
  const options = {rounds: 2, vocabSize: 120, clock};
  const record = await timeEncoding(lines, tokenizers as unknown as TokenizersPackage, options);
  expect(record).toMatchObject({lines: lines.length, rounds: 2, otherIds: 0});
  expect(record.pieces).toBeGreaterThan(2 * lines.length);
  expect(record.bytes).toBe(Buffer.byteLength(lines.join("\n")));
  expect(record.rows.map(({contender}) => contender).at(-1)).toBe("@huggingface/tokenizers");
  for (const row of record.rows)
    expect(row).toMatchObject({min: 10, median: 10, max: 10, timesAsFast: 1});
  expect(encodingMarkdown(record)).toContain(`0 of ${lines.length} lines have other ids there.`);
});

test("counts the lines that have other ids", async () => {
  const own = await timeEncoding(lines, null, {rounds: 1, vocabSize: 120});
  expect(own).toMatchObject({otherIds: null});
  expect(own.rows).toHaveLength(4);
  expect(own.rows.every(({timesAsFast}) => timesAsFast === null)).toBe(true);
  expect(encodingMarkdown(own)).toContain("skipped: @huggingface/tokenizers");
  const OnePiece = class {
    encode = () => ({ids: [0]});
  };
  const record = await timeEncoding(lines, {Tokenizer: OnePiece}, {rounds: 1, vocabSize: 120});
  expect(record.otherIds).toBe(lines.length);
});
