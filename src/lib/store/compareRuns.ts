/** Two runs side by side: what was set differently, and what came of it. */
import type {StepMetrics} from "../engine/trainingCalls.js";
import {leaves} from "../recipe/leaves.js";
import type {Recipe} from "../recipe/recipe.js";
import type {RunEntry} from "./runs.js";

/** A field that two recipes set differently; undefined where one has no such field. */
export interface RecipeDifference {
  key: string;
  a: string | number | boolean | undefined;
  b: string | number | boolean | undefined;
}

/** Every field in which two recipes differ, in the order of the recipe. */
export function recipeDifferences(a: Recipe, b: Recipe): RecipeDifference[] {
  const [left, right] = [leaves(a), leaves(b)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((key) => ({key, a: left.get(key), b: right.get(key)}))
    .filter((field) => field.a !== field.b);
}

/** A − B of the training loss at every step that both runs have, in nats. */
export function lossDifference(
  a: readonly StepMetrics[],
  b: readonly StepMetrics[]
): {step: number; difference: number}[] {
  const other = new Map(b.map(({step, mlmLoss}) => [step, mlmLoss]));
  return a.flatMap(({step, mlmLoss}) => {
    const loss = other.get(step);
    return loss === undefined ? [] : [{step, difference: mlmLoss - loss}];
  });
}

/** One line of the comparison; `difference` is A − B where both are numbers. */
export interface ComparisonRow {
  [column: string]: string | number | null;
  quantity: string;
  a: string | number | null;
  b: string | number | null;
  difference: number | null;
}

/** What two runs are and how well they did, quantity by quantity. */
export function comparisonRows(a: RunEntry, b: RunEntry): ComparisonRow[] {
  const row = (
    quantity: string,
    of: (run: RunEntry) => string | number | null | undefined
  ): ComparisonRow => {
    const [left, right] = [of(a) ?? null, of(b) ?? null];
    const isNumbers = typeof left === "number" && typeof right === "number";
    return {quantity, a: left, b: right, difference: isNumbers ? left - right : null};
  };
  return [
    row("step", ({step}) => step),
    row("parameters", ({parameters}) => parameters),
    row("held-out masked loss (nats)", ({evaluation}) => evaluation?.mlmLoss),
    row("held-out pieces guessed right (%)", ({evaluation}) =>
      evaluation ? 100 * evaluation.mlmAccuracy : null
    ),
    row("held-out pairs right (%)", ({evaluation}) =>
      evaluation?.sentenceAccuracy == null ? null : 100 * evaluation.sentenceAccuracy
    ),
    row("training loss of the last step (nats)", ({loss}) => loss),
    row("text", ({corpus}) => corpus),
    row("computed by", ({versions}) => versions.executor ?? versions.backend)
  ];
}
