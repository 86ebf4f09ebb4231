/** What the pages have in common: one session, its backend from the address, its recipe from the link. */
import {errorMessage} from "../errors.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {recipeFromQuery, recipeToQuery} from "../recipe/url.js";
import {Engine, forcedBackend} from "./client.js";
import type {TextSource} from "./protocol.js";
import {TrainingSession} from "./session.js";

/** A session whose worker starts when it is first needed, on the backend that the address asks for. */
export function pageSession(search: string, recipe: Recipe): TrainingSession {
  return new TrainingSession(() => new Engine({backend: forcedBackend(search)}), recipe);
}

/** The recipe that a link holds; where it is refused, the defaults and the reason. */
export function linkedRecipe(search: string): {recipe: Recipe; problem: string | null} {
  try {
    return {recipe: recipeFromQuery(new URLSearchParams(search)), problem: null};
  } catch (error) {
    return {recipe: parseRecipe({}), problem: errorMessage(error)};
  }
}

/** The query of a link to a recipe; parameters that are no part of a recipe stay. */
export function linkTo(recipe: Recipe, search: string): string {
  const query = recipeToQuery(recipe);
  for (const [name, value] of new URLSearchParams(search))
    if (name === "backend") query.set(name, value);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** What is wrong with a recipe as one sentence, or null. */
export function recipeProblem(recipe: Recipe): string | null {
  try {
    parseRecipe(recipe);
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

/** A text that the reader dropped, picked or pasted, or the recipe's own where there is none. */
export function sourceOf(
  given: {name: string; bytes: Uint8Array} | {name: string; text: string} | null | object
): TextSource {
  if (given && "bytes" in given) return {kind: "file", name: given.name, bytes: given.bytes};
  if (given && "text" in given) {
    const bytes = new TextEncoder().encode(given.text);
    return {kind: "file", name: given.name, bytes};
  }
  return {kind: "recipe"};
}

/** Does what a button asks for: a new run takes up the recipe and the text that are chosen now. */
export function act(
  session: TrainingSession,
  action: "train" | "pause" | "step" | "reset",
  recipe: Recipe,
  source: TextSource
): void {
  if (action === "pause") return session.pause();
  if (action === "reset") return void session.reset(recipe, source);
  session.configure(recipe, source);
  void session[action]();
}
