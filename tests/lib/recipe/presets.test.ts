import {describe, expect, test} from "vitest";
import {countParameters} from "../../../src/lib/albert/specs.js";
import {configOfRecipe} from "../../../src/lib/recipe/config.js";
import {recipePresets} from "../../../src/lib/recipe/presets.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";

describe("recipePresets", () => {
  test.each(recipePresets)("$name is a whole recipe", ({recipe}) => {
    const parsed = parseRecipe(recipe);
    const config = configOfRecipe(parsed, parsed.tokenizer.vocab_size);
    expect(countParameters(config).total).toBeGreaterThan(1000);
  });

  test("a recipe without a sentence objective has no pooler", () => {
    const config = configOfRecipe(parseRecipe({objective: {sentence: "none"}}), 500);
    expect(countParameters(config)).toMatchObject({pooler: 0, sentence: 0});
  });
});
