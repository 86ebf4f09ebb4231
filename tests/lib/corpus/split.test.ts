import {describe, expect, test} from "vitest";
import {splitSentences} from "../../../src/lib/corpus/split.js";

describe("splitSentences(paragraph)", () => {
  test.each([
    ["plain", "The kettle sang. Nobody heard it.", ["The kettle sang.", "Nobody heard it."]],
    ["marks", "Stop! Why? Because… It rains.", ["Stop!", "Why?", "Because…", "It rains."]],
    ["titles", "Dr. Vo met Mrs. Lin. They left.", ["Dr. Vo met Mrs. Lin.", "They left."]],
    ["initials", "J. R. Hale wrote it. We read.", ["J. R. Hale wrote it.", "We read."]],
    ["countries", "The U.S. Senate met. It voted.", ["The U.S. Senate met.", "It voted."]],
    ["lower case", "It cost approx. ten coins. Fine.", ["It cost approx. ten coins.", "Fine."]],
    ["decimals", "It is 3.5 metres long. Good.", ["It is 3.5 metres long.", "Good."]],
    ["quotes", '"Come in." "Thanks," he said.', ['"Come in."', '"Thanks," he said.']],
    [
      "curly",
      "\u201cRun!\u201d She ran. \u201cWhy?\u201d",
      ["\u201cRun!\u201d", "She ran.", "\u201cWhy?\u201d"]
    ],
    ["asks", '"Why?" she asked. He shrugged.', ['"Why?" she asked.', "He shrugged."]],
    ["brackets", "It fell (again.) Then it rose.", ["It fell (again.)", "Then it rose."]],
    ["ellipsis", "Well... maybe. No.", ["Well... maybe.", "No."]],
    [
      "chinese",
      "\u5979\u8d70\u4e86\u3002\u4ed6\u6765\u4e86\uff01",
      ["\u5979\u8d70\u4e86\u3002", "\u4ed6\u6765\u4e86\uff01"]
    ],
    [
      "spanish",
      "Vino ayer. \u00bfPor qu\u00e9? Nadie sabe.",
      ["Vino ayer.", "\u00bfPor qu\u00e9?", "Nadie sabe."]
    ],
    ["tokenised", "it is fine . but long", ["it is fine . but long"]],
    ["numbered", "1. Wash the rice. Then boil it.", ["1. Wash the rice.", "Then boil it."]],
    ["I", "So did I. We left.", ["So did I.", "We left."]],
    ["none", "   ", []]
  ])("%s", (_, paragraph, expected) => {
    expect(splitSentences(paragraph)).toEqual(expected);
  });

  test("loses no character but white space, and is linear", () => {
    const text = 'Mr. A. saw it... "No!" he said (twice). U.S. law? '.repeat(20_000);
    const start = process.cpuUsage();
    const sentences = splitSentences(text);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(3000);
    expect(sentences.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    expect(splitSentences("x".repeat(300_000))).toHaveLength(1);
    expect(splitSentences(".".repeat(300_000))).toHaveLength(1);
  });
});
