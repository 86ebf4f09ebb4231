import {InputError} from "../errors.js";
import {Random} from "../random.js";
import type {Dataset} from "./dataset.js";

/**
 * Holds out part of a data set, at random by the seed. Questions of one context stay together.
 *
 * @param share of the examples that are held out, in (0, 1); of contexts, where there are questions
 * @throws InputError when there are fewer than two examples, or only one context
 */
export function splitDataset(
  data: Dataset,
  share: number,
  seed: number
): {train: Dataset; dev: Dataset} {
  const groups = groupsOf(data);
  const [one, several] =
    data.kind === "answers" ? ["context", "contexts"] : ["example", "examples"];
  if (groups.length < 2)
    throw new InputError(`${data.name}: one ${one} (expected at least two, to hold some out)`);
  const order = new Random(seed, "splits").shuffle(groups.map((_, i) => i));
  const held = Math.min(groups.length - 1, Math.max(1, Math.round(share * groups.length)));
  const part = (chosen: number[], notes: string[]) => {
    const indices = chosen.flatMap((group) => groups[group]!).sort((a, b) => a - b);
    return {...data, notes, examples: indices.map((i) => data.examples[i]!)} as Dataset;
  };
  const note = `${held} of ${groups.length} ${several} held out for dev, at random by seed ${seed}`;
  return {
    train: part(order.slice(held), [...data.notes, note]),
    dev: part(order.slice(0, held), [])
  };
}

/** Places of the examples that must not be parted. */
function groupsOf({kind, examples}: Dataset): number[][] {
  if (kind !== "answers") return examples.map((_, i) => [i]);
  const groups = new Map<string, number[]>();
  examples.forEach(({context}, i) => {
    if (!groups.has(context)) groups.set(context, []);
    groups.get(context)!.push(i);
  });
  return [...groups.values()];
}
