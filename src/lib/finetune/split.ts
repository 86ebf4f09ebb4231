import {InputError} from "../errors.js";
import {Random} from "../random.js";
import type {Dataset} from "./dataset.js";

/**
 * Holds out part of a data set, at random by the seed.
 *
 * @param share of the examples that are held out, in (0, 1)
 * @throws InputError when there are fewer than two examples
 */
export function splitDataset(
  data: Dataset,
  share: number,
  seed: number
): {train: Dataset; dev: Dataset} {
  const {length} = data.examples;
  if (length < 2)
    throw new InputError(`${data.name}: one example (expected at least two, to hold some out)`);
  const order = new Random(seed, "splits").shuffle(Array.from({length}, (_, i) => i));
  const held = Math.min(length - 1, Math.max(1, Math.round(share * length)));
  const part = (indices: number[], notes: string[]) =>
    ({
      ...data,
      notes,
      examples: indices.sort((a, b) => a - b).map((i) => data.examples[i]!)
    }) as Dataset;
  const note = `${held} of ${length} examples held out for dev, at random by seed ${seed}`;
  return {
    train: part(order.slice(held), [...data.notes, note]),
    dev: part(order.slice(0, held), [])
  };
}
