import {InputError} from "../errors.js";
import type {FineTuneTask} from "./tasks.js";

/** The labels a data set is read with, and where each stands among a model's logits. */
export interface KnownLabels {
  labels: string[];
  /** Logit of each label; null where the model has them in the same order. */
  order: number[] | null;
}

/**
 * Matches a model's labels with a task's. Names decide: an MNLI model may have its classes in any
 * order. A model whose labels have no names (`LABEL_0`, …) has them in the task's order.
 *
 * @param model how errors call the model
 * @throws InputError when the model has another number of labels, or other names
 */
export function knownLabels(
  id2label: readonly string[],
  {id, classes, kind}: FineTuneTask,
  model: string
): KnownLabels {
  if (kind === "regression") {
    if (id2label.length !== 1)
      throw new InputError(
        `${model}: config.json: ${id2label.length} labels, expected 1 for ${id}, a regression`
      );
    return {labels: [...id2label], order: null};
  }
  if (!classes) return {labels: [...id2label], order: null};
  if (id2label.length !== classes.length)
    throw new InputError(
      `${model}: config.json: ${id2label.length} labels, expected ${classes.length} for ${id} (${classes.join(", ")})`
    );
  const key = (name: string) => name.toLowerCase().replace(/[-_ ]/g, "");
  const places = new Map(id2label.map((name, i) => [key(name), i]));
  const order = classes.map((name) => places.get(key(name)));
  if (order.every((place) => place !== undefined)) {
    const isSame = order.every((place, i) => place === i);
    return {labels: [...classes], order: isSame ? null : order};
  }
  const areNumbers = id2label.every((name) => /^(?:label_?)?\d+$/i.test(name));
  if (!areNumbers)
    throw new InputError(
      `${model}: config.json: labels ${id2label.join(", ")}, expected ${classes.join(", ")} for ${id}`
    );
  return {labels: [...classes], order: null};
}
