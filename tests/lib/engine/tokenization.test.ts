import {expect, test} from "vitest";
import {trainTokenizerFor} from "../../../src/lib/engine/tokenization.js";
import {recipeHash} from "../../../src/lib/recipe/hash.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";

const corpus = {name: "test", documents: [["Mara went to Brennick.", "mara saw Ada in Brennick."]]};
const pieces = async (lower_case?: boolean) => {
  const recipe = parseRecipe({tokenizer: {vocab_size: 60, lower_case}});
  return (await trainTokenizerFor(recipe, corpus, () => {}))
    .encode("Mara in Brennick")
    .tokens.join("");
};

test("a vocabulary is of small letters unless the recipe says otherwise", async () => {
  expect(await pieces()).not.toMatch(/[MB]/);
  expect(await pieces(true)).toBe(await pieces());
  expect(await pieces(false)).toMatch(/M.*B/);
});

test("a recipe that does not speak of case has the hash it always had", async () => {
  const hash = (tokenizer: object) => recipeHash(parseRecipe({tokenizer}));
  expect(await hash({lower_case: undefined})).toBe(await hash({}));
  expect(await hash({lower_case: false})).not.toBe(await hash({}));
});
