/** Gradients of several batches that make one update, added up outside of the plans they come from. */
export type GradientSums = Map<string, Float32Array>;

/**
 * Adds to gradients, in place, those of the batches before, and keeps the sums where more will come.
 *
 * @param sums of the batches before; empty for the first
 */
export function addToSums(sums: GradientSums, gradients: GradientSums, isLast: boolean): void {
  for (const [name, gradient] of gradients) {
    const before = sums.get(name);
    if (before) for (let i = 0; i < before.length; ++i) gradient[i]! += before[i]!;
    if (!isLast) sums.set(name, gradient.slice());
  }
}
