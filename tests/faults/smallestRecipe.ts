import type {RecipeInput} from "../../src/lib/recipe/recipe.js";

/** The smallest model and text that can be trained, for what is killed often; steps and seed are the test's. */
export const smallestRecipe: RecipeInput = {
  model: {
    embedding_size: 6,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 12
  },
  tokenizer: {vocab_size: 90},
  corpus: {generate: {documents: 6}},
  batch: {size: 3, sequence_length: 10}
};
