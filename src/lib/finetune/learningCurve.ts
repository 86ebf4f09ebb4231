/** A learning curve: scores over the number of training rows, for several starts, over seeds. */
import * as v from "valibot";
import {bootstrapMean, type Interval} from "../experiments/statistics.js";
import {between, choice, count, positive, validated} from "../recipe/fields.js";
import {readJson} from "../json.js";
import {generatedTasks} from "./tasks.js";
import {parseFineTuneRecipe, type FineTuneRecipe} from "./recipe.js";

const schema = v.strictObject({
  task: choice(generatedTasks as readonly [string, ...string[]]),
  /** Numbers of training rows. */
  sizes: v.pipe(v.array(positive(1_000_000)), v.minLength(1)),
  /** Learning rates, each a run of its own; default the recipe's. */
  learning_rates: v.optional(v.pipe(v.array(between(1e-7, 1)), v.minLength(1))),
  seeds: positive(100),
  dev: positive(100_000),
  /** Seed of the dev rows, which are the same for all runs. */
  dev_seed: v.optional(count(4294967295), 2_000_001),
  settings: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string("expected a name"), v.minLength(1)),
        start: v.optional(choice(["pretrained", "random"] as const), "pretrained"),
        /** Folder of the model to start from; default that of the whole plan. */
        model: v.optional(v.string("expected a folder")),
        /** Random starts only: what the layers share; default the model's. */
        sharing: v.optional(choice(["none", "attention", "ffn", "all"] as const)),
        /** Changes to the recipe. */
        recipe: v.optional(v.looseObject({}), {})
      })
    ),
    v.minLength(1)
  ),
  recipe: v.optional(v.looseObject({}), {})
});

/** What is compared: each setting at each size with each seed is one run. */
export interface CurvePlan {
  task: string;
  sizes: number[];
  learning_rates?: number[];
  seeds: number;
  dev: number;
  dev_seed: number;
  settings: {
    name: string;
    start: "pretrained" | "random";
    model?: string;
    sharing?: "none" | "attention" | "ffn" | "all";
    recipe: object;
  }[];
  recipe: object;
}

/** One run of a plan. */
export interface CurveRun {
  setting: string;
  size: number;
  /** Present where the plan varies it. */
  learningRate?: number;
  seed: number;
}

/** A run's outcome. */
export interface CurveResult extends CurveRun {
  /** The task's metric on dev after the last step, and at the best evaluation. */
  last: number;
  best: number;
  /** Loss of the last evaluation on some of the training rows: high where the run failed to learn. */
  trainLoss: number;
  devLoss: number;
  /** What was not finite, where the run diverged. */
  diverged: string | null;
}

/** Reads a plan. @throws InputError naming the field */
export function parseCurvePlan(text: string, file: string): CurvePlan {
  const lists = ["sizes", "settings", "learning_rates"];
  return validated(schema, readJson(text, file), file, lists) as CurvePlan;
}

/** Every run of a plan, one seed after the other, so that a plan cut short has whole curves. */
export function curveRuns({settings, sizes, seeds, learning_rates}: CurvePlan): CurveRun[] {
  const rates = learning_rates?.map((learningRate) => ({learningRate})) ?? [{}];
  return Array.from({length: seeds}, (_, i) => i + 1).flatMap((seed) =>
    settings.flatMap(({name}) =>
      sizes.flatMap((size) => rates.map((rate) => ({setting: name, size, ...rate, seed})))
    )
  );
}

/** The recipe of a run. */
export function curveRecipe(
  plan: CurvePlan,
  {setting, seed, learningRate}: CurveRun
): FineTuneRecipe {
  const own = plan.settings.find(({name}) => name === setting)!.recipe;
  const {recipe} = parseFineTuneRecipe({...plan.recipe, ...own, seed}, `setting ${setting}`);
  if (learningRate !== undefined) recipe.optimizer.learning_rate = learningRate;
  return recipe;
}

/** Mean score of each setting and learning rate at each size, with its 95 % bootstrap interval over seeds. */
export function curveMeans(
  results: readonly CurveResult[],
  value: (result: CurveResult) => number = ({last}) => last
): {setting: string; learningRate?: number; points: (Interval & {size: number})[]}[] {
  const curves = new Map<string, CurveResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.setting, result.learningRate]);
    curves.set(key, [...(curves.get(key) ?? []), result]);
  }
  return Array.from(curves.values(), (own) => {
    const {setting, learningRate} = own[0]!;
    const sizes = [...new Set(own.map(({size}) => size))].sort((a, b) => a - b);
    return {
      setting,
      ...(learningRate !== undefined && {learningRate}),
      points: sizes.map((size) => ({
        size,
        ...bootstrapMean(own.filter((result) => result.size === size).map(value))
      }))
    };
  });
}
