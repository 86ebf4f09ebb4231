/** Several batches whose mean loss makes one step: a larger batch in the memory of one. */
/** A batch of a recipe. */
export interface BatchShape {
  size: number;
  sequence_length: number;
  gradient_accumulation_steps?: number;
}

/** Batches that one step learns from. */
export const batchesPerStep = ({batch}: {batch: BatchShape}): number =>
  batch.gradient_accumulation_steps ?? 1;

/** Rows that one step learns from. */
export const rowsPerStep = (recipe: {batch: BatchShape}): number =>
  recipe.batch.size * batchesPerStep(recipe);

/**
 * What a step learns from: its batch, or its batches in order.
 *
 * @param at the i-th batch of a run
 * @param step from 0
 */
export function batchOfStep<B>(
  recipe: {batch: BatchShape},
  at: (i: number) => B,
  step: number
): B | B[] {
  const several = batchesPerStep(recipe);
  return several === 1 ? at(step) : Array.from({length: several}, (_, i) => at(step * several + i));
}
