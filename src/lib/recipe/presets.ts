import type {RecipeInput} from "./recipe.js";

/** A whole set of knobs under a name. */
export interface RecipePreset {
  name: string;
  help: string;
  recipe: RecipeInput;
}

export const recipePresets: readonly RecipePreset[] = [
  {
    name: "Laptop",
    help: "The default: learns visibly within a minute without a GPU.",
    recipe: {}
  },
  {
    name: "Pieces only",
    help: "The default without sentence pairs: learns the hidden pieces faster.",
    recipe: {objective: {sentence: "none"}, batch: {size: 24, sequence_length: 24}, steps: 5000}
  },
  {
    name: "Phone",
    help: "Two layers of width 32, short rows.",
    recipe: {
      model: {
        embedding_size: 16,
        hidden_size: 32,
        num_hidden_layers: 2,
        num_attention_heads: 2,
        intermediate_size: 128
      },
      batch: {size: 16, sequence_length: 24}
    }
  },
  {
    name: "BERT-like",
    help: "The default's shape with E = H and nothing shared.",
    recipe: {model: {embedding_size: 64, sharing: "none"}, objective: {sentence: "nsp"}}
  },
  {
    name: "Lab",
    help: "Six layers of width 128: wants a GPU or patience.",
    recipe: {
      model: {
        embedding_size: 64,
        hidden_size: 128,
        num_hidden_layers: 6,
        num_attention_heads: 8,
        intermediate_size: 512
      },
      tokenizer: {vocab_size: 4000},
      corpus: {generate: {documents: 4000}},
      batch: {size: 16, sequence_length: 96},
      optimizer: {learning_rate: 0.001},
      schedule: {warmup_steps: 200},
      steps: 5000
    }
  }
];
