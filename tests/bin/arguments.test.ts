import {expect, test} from "vitest";
import {readArguments, UsageError} from "../../bin/arguments.js";

const read = (...words: string[]) =>
  readArguments(
    words,
    {shape: "value", rounds: "value", profile: "flag"},
    {positionals: words.includes("recipe.json") ? 1 : 0}
  );

test("reads values, flags and words in any order", () => {
  const args = read("--rounds", "3", "recipe.json", "--profile", "--shape=lab");
  expect(args.positionals).toEqual(["recipe.json"]);
  expect(args.required("shape")).toBe("lab");
  expect(args.integer("rounds", 1)).toBe(3);
  expect(args.flag("profile")).toBe(true);
  expect(read().value("shape")).toBeUndefined();
  expect(read("--profile", "--profile").flag("profile")).toBe(true);
});

test.each([
  [["--shape", "lab", "--shape=phone"], "--shape is given twice, lab and phone (expected once)"],
  [["--depth", "3"], "Unknown option '--depth'"],
  [["--shape"], "Option '--shape <value>' argument missing"],
  [["lab"], "unexpected word lab (see --help)"]
])("refuses %j", (words, message) => {
  expect(() => read(...words)).toThrow(UsageError);
  expect(() => read(...words)).toThrow(message);
});

test.each([
  [["--rounds", "0"], "invalid --rounds: 0 (expected a whole number ≥ 1)"],
  [["--rounds", "1.5"], "invalid --rounds: 1.5 (expected a whole number ≥ 1)"]
])("refuses the number in %j", (words, message) => {
  expect(() => read(...words).integer("rounds", 1)).toThrow(message);
});

test("refuses a word that is none of those there are, and one that is missing", () => {
  expect(() => read("--shape", "desk").oneOf("shape", ["phone", "lab"])).toThrow(
    "invalid --shape: desk (expected one of phone, lab)"
  );
  expect(() => read().required("shape")).toThrow("missing option --shape (see --help)");
});
