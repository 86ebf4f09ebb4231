import {expect, test} from "vitest";
import {parseTasksPlan, startOf} from "../../../src/lib/finetune/starts.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";

test("a plan changes what it names, and the usual recipes are sound", () => {
  const plan = parseTasksPlan('{"words": {"steps": 3, "model": {"hidden_size": 64}}}', "p.json");
  expect(plan.words.steps).toBe(3);
  const {model} = parseRecipe(plan.words);
  expect([model.hidden_size, model.embedding_size]).toEqual([64, 64]);
  expect(parseRecipe(parseTasksPlan("{}", "p.json").names).tokenizer.lower_case).toBe(false);
});

test.each([
  ["[]", /^p.json: expected an object/],
  ["{", /^p.json is not valid JSON/],
  ['{"word": {}}', /^p.json: unknown field word/],
  ['{"pairs": null}', /^p.json: invalid pairs \(expected an object\)/],
  ['{"pairs": {"rows": 1}}', /^p.json: invalid pairs.rows/],
  ['{"recipes": {"sst9": {}}}', /task sst9 is unknown/],
  ['{"words": {"stps": 3}}', /^p.json: words: unknown field stps/],
  ['{"names": {"steps": 0}}', /^p.json: names: invalid steps/],
  ['{"pairs": {"recipe": {"epochs": "x"}}}', /^p.json: pairs.recipe: invalid epochs/],
  ['{"recipes": {"cola": {"epoch": 3}}}', /^p.json: recipes.cola: unknown field epoch/]
])("%s is refused", (text, message) => {
  expect(() => parseTasksPlan(text, "p.json")).toThrow(message);
});

test("tasks of pairs begin from the model that compared texts, entities from the one with case", () => {
  const start = (id: string) => startOf(fineTuneTask(id), {text_pairs: "joint"});
  expect(["sst2", "cola", "squad", "classification"].map(start)).toEqual(Array(4).fill("words"));
  expect(["mrpc", "stsb", "mnli", "qqp"].map(start)).toEqual(Array(4).fill("pairs"));
  expect(start("ner")).toBe("names");
  expect(startOf(fineTuneTask("mnli"), {text_pairs: "late_interaction"})).toBe("words");
  expect(startOf(fineTuneTask("stsb"))).toBe("words");
});
