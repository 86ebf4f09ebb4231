/**
 * Places of numbers among themselves, the greatest first; equal numbers share the better place.
 *
 * @example ranks([0.2, 0.5, 0.2]) → [2, 1, 2]
 */
export function ranks(values: readonly number[]): number[] {
  return values.map((value) => 1 + values.filter((other) => other > value).length);
}
