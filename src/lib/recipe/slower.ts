import type {Recipe} from "./recipe.js";

/** A recipe at half the learning rate, for a run that diverged. */
export function slowerRecipe(recipe: Recipe): Recipe {
  const {optimizer} = recipe;
  return {...recipe, optimizer: {...optimizer, learning_rate: optimizer.learning_rate / 2}};
}
