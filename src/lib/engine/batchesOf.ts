import {batches, type Batches} from "../albert/objectives/batches.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";

/** Held-out rows that an evaluation scores, at most. */
const evaluationRows = 128;

/** The batches that a recipe makes of encoded documents. */
export function batchesOf(
  recipe: Recipe,
  tokenizer: Tokenizer,
  documents: Int32Array[][]
): Batches {
  const {masking, sentence} = recipe.objective;
  return batches(
    documents,
    {
      pieces: tokenizer,
      batch: recipe.batch.size,
      sequence: recipe.batch.sequence_length,
      sentence,
      duplicates: masking.duplicates,
      masking: {
        maxNgram: masking.max_ngram,
        probability: masking.probability,
        mask: masking.mask,
        random: masking.random
      }
    },
    recipe.seed
  );
}

/** The held-out batches that a run of this recipe is scored on. */
export function heldOutOf(made: Batches, {batch}: Recipe, rows = evaluationRows) {
  return made.heldOut(Math.max(1, Math.ceil(rows / batch.size)));
}
