/** What a recipe costs, known before it runs: parameters, bytes, operations, memory. */
import {flopsPerToken, maskedLmFlops, parameterBytes, predictMemory} from "../albert/flops.js";
import {countParameters, type ParameterCounts} from "../albert/specs.js";
import {configOfRecipe} from "./config.js";
import {rowsPerStep} from "./accumulation.js";
import type {Recipe} from "./recipe.js";

export interface RecipeCost {
  /** The recipe's model, and the same with ALBERT's two ideas taken back one by one. */
  bars: {label: string; counts: ParameterCounts}[];
  parameters: number;
  /** Bytes of the parameters as float32. */
  parameterBytes: number;
  /** Multiplications and additions of the encoder for one piece, forward. */
  flopsPerToken: number;
  /** The same for a whole training step, forward and backward, masked head included. */
  flopsPerStep: number;
  /** Bytes of parameters, gradients, moments and activations together. */
  stepBytes: number;
}

/** @throws InputError when the recipe names no valid model */
export function costOf(recipe: Recipe): RecipeCost {
  const V = recipe.tokenizer.vocab_size;
  const config = configOfRecipe(recipe, V);
  const {size, sequence_length: n} = recipe.batch;
  const wide = {...config, embeddingSize: config.hiddenSize};
  const untied = {...config, sharing: "none" as const};
  const perToken = flopsPerToken(config, n);
  const rows = rowsPerStep(recipe);
  const slots = Math.round(recipe.objective.masking.probability * rows * n);
  return {
    bars: [
      {label: "this recipe", counts: countParameters(config)},
      {label: "without sharing", counts: countParameters(untied)},
      {label: "without factorisation (E = H)", counts: countParameters(wide)},
      {label: "neither: BERT's form", counts: countParameters({...wide, sharing: "none"})}
    ],
    parameters: countParameters(config).total,
    parameterBytes: parameterBytes(config),
    flopsPerToken: perToken,
    flopsPerStep: 3 * (perToken * rows * n + maskedLmFlops(config) * slots),
    stepBytes: predictMemory(config, size, n).total
  };
}
