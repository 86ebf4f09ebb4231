import {leaves} from "../lib/recipe/leaves.js";
import {parseRecipe, type Recipe} from "../lib/recipe/recipe.js";
import {recipeFields} from "./recipeFields.js";

/** Words for fields that the recipe form has no knob for. */
const others: Record<string, string> = {
  "corpus.path": "text",
  "corpus.url": "text from",
  "corpus.generate.documents": "documents",
  "corpus.generate.seed": "seed of the text"
};

/** What a recipe's field is called, for example "layers L" for `model.num_hidden_layers`. */
export function fieldWords(key: string): string {
  const field = recipeFields.find((each) => each.key === key);
  return field?.label ?? others[key] ?? key.split(".").at(-1)!.replaceAll("_", " ");
}

/** A value as the recipe form names it. */
export function valueWords(key: string, value: string | number | boolean | undefined): string {
  const choice = recipeFields
    .find((each) => each.key === key)
    ?.choices?.find((each) => each.value === value);
  if (choice) return choice.label;
  if (value === undefined) return "–";
  return typeof value === "number"
    ? value.toLocaleString("en", {maximumSignificantDigits: 6})
    : `${value}`;
}

/**
 * How a recipe differs from another, in words, field by field.
 *
 * @param base default the default recipe
 * @example ["layers L 4", "sharing across layers none", "steps 300"]
 */
export function recipeWords(recipe: Recipe, base: Recipe = parseRecipe({})): string[] {
  const before = leaves(base);
  return [...leaves(recipe)]
    .filter(([key, value]) => before.get(key) !== value)
    .map(([key, value]) => `${fieldWords(key)} ${valueWords(key, value)}`);
}

/**
 * In what each of several recipes differs from the others, in words: the fields that are not the same
 * in all of them. One recipe alone is compared with the default.
 */
export function differingWords(recipes: readonly Recipe[]): string[][] {
  if (recipes.length === 1) {
    const words = recipeWords(recipes[0]!);
    return [words.length ? words : ["the default recipe"]];
  }
  const all = recipes.map((recipe) => leaves(recipe));
  const keys = new Set(all.flatMap((fields) => [...fields.keys()]));
  const differing = [...keys].filter((key) => new Set(all.map((f) => f.get(key))).size > 1);
  return all.map((fields) =>
    differing.length === 0
      ? ["the same recipe"]
      : differing.flatMap((key) => {
          const value = fields.get(key);
          return value === undefined ? [] : [`${fieldWords(key)} ${valueWords(key, value)}`];
        })
  );
}
