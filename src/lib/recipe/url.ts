import {InputError} from "../errors.js";
import {parseRecipe, type Recipe, type RecipeInput} from "./recipe.js";

/** The longest query a link may carry; a longer recipe travels as a file. */
export const maxQueryLength = 8192;

type Leaf = string | number | boolean;
const unsafe = new Set(["__proto__", "constructor", "prototype"]);

/** The fields of a recipe by their dotted paths, for example `model.embedding_size` → 32. */
export function leaves(value: object, path: string[] = []): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (typeof member === "object" && member !== null)
      for (const [name, leaf] of leaves(member, [...path, key])) found.set(name, leaf);
    else found.set([...path, key].join("."), member);
  }
  return found;
}

/**
 * Writes what differs from the defaults as query parameters.
 *
 * Example: a recipe with E = 16 and seed 3 gives `model.embedding_size=16&seed=3`.
 */
export function recipeToQuery(recipe: Recipe): URLSearchParams {
  const defaults = leaves(parseRecipe({}));
  const query = new URLSearchParams();
  for (const [name, value] of leaves(recipe))
    if (defaults.get(name) !== value) query.set(name, String(value));
  if (query.get("model.max_position_embeddings") === String(recipe.batch.sequence_length))
    query.delete("model.max_position_embeddings");
  return query;
}

/**
 * Reads a recipe from query parameters; names without a recipe field are ignored.
 *
 * @throws InputError when a value is refused or the query is longer than 8 kB
 */
export function recipeFromQuery(query: URLSearchParams): Recipe {
  if (query.toString().length > maxQueryLength)
    throw new InputError(`the link holds over ${maxQueryLength} characters; load a recipe file`);
  const input: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const path = name.split(".");
    const top = path[0]!;
    if (!topLevel.has(top) || path.some((key) => unsafe.has(key))) continue;
    if ((top === "steps" || top === "seed") !== (path.length === 1)) continue;
    let at = input;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      at = (typeof next === "object" && next !== null ? next : (at[key] = {})) as typeof at;
    }
    at[path.at(-1)!] = leaf(text);
  }
  return parseRecipe(input, "link");
}

const topLevel = new Set<string>([
  "model",
  "tokenizer",
  "corpus",
  "objective",
  "distillation",
  "optimizer",
  "schedule",
  "batch",
  "steps",
  "seed",
  "capture"
] satisfies (keyof RecipeInput)[]);

function leaf(text: string): Leaf {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}
