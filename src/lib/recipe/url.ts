import {recipeCodec} from "../link/recipeCodec.js";
import {parseRecipe, type Recipe, type RecipeInput} from "./recipe.js";

/**
 * A pretraining recipe in an address: what differs from the defaults, by dotted paths.
 *
 * Example: a recipe with E = 16 and seed 3 is `model.embedding_size=16&seed=3`.
 */
export const recipeLink = recipeCodec<Recipe>({
  initial: parseRecipe({}),
  parse: (input) => parseRecipe(input, "link"),
  sections: [
    "model",
    "tokenizer",
    "corpus",
    "objective",
    "distillation",
    "optimizer",
    "schedule",
    "batch",
    "capture"
  ] satisfies (keyof RecipeInput)[],
  scalars: ["steps", "seed"] satisfies (keyof RecipeInput)[],
  implied: ({model, batch}) =>
    model.max_position_embeddings === batch.sequence_length ? ["model.max_position_embeddings"] : []
});
