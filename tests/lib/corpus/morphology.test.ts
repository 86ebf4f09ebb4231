import {describe, expect, test} from "vitest";
import {adverb, article, compared, plural, verbForms} from "../../../src/lib/corpus/morphology.js";

describe("morphology", () => {
  test.each([
    ["carrot", "carrots"],
    ["box", "boxes"],
    ["berry", "berries"],
    ["tray", "trays"],
    ["loaf", "loaves"],
    ["goose", "geese"],
    ["sheep", "sheep"],
    ["fisherman", "fishermen"],
    ["tomato", "tomatoes"],
    ["bench", "benches"]
  ])("plural(%s) is %s", (noun, expected) => {
    expect(plural(noun)).toBe(expected);
  });

  test.each([
    ["water", "waters watered watered watering"],
    ["carry", "carries carried carried carrying"],
    ["stop", "stops stopped stopped stopping"],
    ["write", "writes wrote written writing"],
    ["tie", "ties tied tied tying"],
    ["free", "frees freed freed freeing"],
    ["fix", "fixes fixed fixed fixing"],
    ["play", "plays played played playing"],
    ["have", "has had had having"],
    ["go", "goes went gone going"],
    ["visit", "visits visited visited visiting"],
    ["travel", "travels travelled travelled travelling"],
    ["sow", "sows sowed sown sowing"]
  ])("verbForms(%s) are %s", (verb, expected) => {
    const {third, past, participle, gerund} = verbForms(verb);
    expect(`${third} ${past} ${participle} ${gerund}`).toBe(expected);
  });

  test("compares short adjectives by endings and long ones not at all", () => {
    expect(compared("big")).toEqual(["bigger", "biggest"]);
    expect(compared("happy")).toEqual(["happier", "happiest"]);
    expect(compared("large")).toEqual(["larger", "largest"]);
    expect(compared("narrow")).toEqual(["narrower", "narrowest"]);
    expect(compared("new")).toEqual(["newer", "newest"]);
    expect(compared("good")).toEqual(["better", "best"]);
    expect(compared("expensive")).toBeNull();
  });

  test("makes adverbs", () => {
    const words = ["quick", "happy", "gentle", "thorough", "good", "shy"];
    expect(words.map(adverb)).toEqual([
      "quickly",
      "happily",
      "gently",
      "thoroughly",
      "well",
      "shyly"
    ]);
  });

  test("chooses a or an by sound", () => {
    const words = [
      "apple",
      "boat",
      "hour",
      "honest",
      "uniform",
      "umbrella",
      "university",
      "old",
      "useful"
    ];
    expect(words.map(article)).toEqual(["an", "a", "an", "an", "a", "an", "a", "an", "a"]);
  });
});
