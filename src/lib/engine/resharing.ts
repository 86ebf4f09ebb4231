/** Trains a model on after its layers are tied or untied, and follows how far each depth moves. */
import type {AlbertConfig} from "../albert/config.js";
import type {Batch} from "../albert/objectives/batch.js";
import {learningRateAt} from "../albert/optimizers/schedule.js";
import {copyParameters, countParameters} from "../albert/specs.js";
import type {Accumulated} from "../albert/stepper.js";
import {drift, reshare, tie, untie, untieAt, type ModelData} from "../albert/untie.js";
import type {ReshareArm, ResharePlan, ResharePoint} from "../experiments/measures.js";
import {optimizerOfRecipe} from "../recipe/optimizer.js";
import type {Recipe} from "../recipe/recipe.js";
import {makeStepper} from "./makeStepper.js";

/** What is done to a model before it is trained on. */
export type ReshareChange =
  | {kind: "keep"}
  | {kind: "tie"}
  | {kind: "untie"}
  /** One depth, counted from 0, gets tensors of its own. */
  | {kind: "untieAt"; depth: number};

/** The changes that say something of a model: a shared one is untied, one of separate layers tied. */
export function changesFor({sharing, numHiddenLayers}: AlbertConfig): ReshareChange[] {
  if (sharing === "none") return [{kind: "keep"}, {kind: "tie"}];
  const depths = Array.from({length: numHiddenLayers}, (_, depth) => depth);
  return [
    {kind: "keep"},
    ...depths.map((depth) => ({kind: "untieAt" as const, depth})),
    {kind: "untie"}
  ];
}

/** A change in words, depths from 1. @example "depth 2 untied" for `{kind: "untieAt", depth: 1}` */
export function changeName(change: ReshareChange): string {
  switch (change.kind) {
    case "keep":
      return "as it was";
    case "tie":
      return "all tied";
    case "untie":
      return "all untied";
    case "untieAt":
      return `depth ${change.depth + 1} untied`;
  }
}

/** The model after a change; by all but `tie` it computes what it did. */
export function changed({config, parameters}: ModelData, change: ReshareChange): ModelData {
  switch (change.kind) {
    case "keep":
      return reshare(config, parameters, config.sharing);
    case "tie":
      return tie(config, parameters);
    case "untie":
      return untie(config, parameters);
    case "untieAt":
      return untieAt(config, parameters, change.depth);
  }
}

/** Everything that going on depends on besides the model. */
export interface GoOnSettings extends ResharePlan {
  recipe: Recipe;
  /** The batch of a step, or its batches, counted from 0 after the change. */
  batchAt: (step: number) => Accumulated<Batch>;
  heldOut: readonly Batch[];
}

export interface GoOnOptions {
  /** Told at every evaluation. */
  onPoint?: (point: ResharePoint) => void;
  /** Stops between two steps. */
  signal?: AbortSignal;
  /** Called between steps. */
  breathe?: () => Promise<void>;
}

/**
 * Trains a changed model on, with a fresh optimizer whatever the change, so that arms differ in
 * nothing but what they share. Drift is measured from the model right after the change.
 *
 * @returns null where it was stopped
 */
export async function goOn(
  model: ModelData,
  change: ReshareChange,
  {recipe, steps, learning_rate, evaluate_every, batchAt, heldOut}: GoOnSettings,
  {onPoint = () => {}, signal, breathe}: GoOnOptions = {}
): Promise<ReshareArm | null> {
  const start = changed(model, change);
  const {name, options, schedule} = optimizerOfRecipe({
    ...recipe,
    steps,
    schedule: {decay: "linear", warmup_steps: Math.floor(steps / 10)}
  });
  const stepper = makeStepper(start.config, copyParameters(start.parameters), {
    optimizer: name,
    options,
    maxGradientNorm: recipe.optimizer.max_grad_norm,
    seed: recipe.seed
  });
  const points: ResharePoint[] = [];
  const measure = async (step: number) => {
    let loss = 0;
    let count = 0;
    for (const batch of heldOut) {
      const {mlmLoss, mlmCount} = await stepper.evaluate(batch);
      loss += mlmLoss * mlmCount;
      count += mlmCount;
    }
    const now = {config: start.config, parameters: await stepper.parameters()};
    const point = {step, mlmLoss: loss / count, drift: drift(start, now)};
    points.push(point);
    onPoint(point);
  };
  let diverged: string | null = null;
  try {
    await measure(0);
    for (let step = 0; step < steps && diverged === null; ++step) {
      if (signal?.aborted) return null;
      const result = await stepper.step(
        batchAt(step),
        step,
        learningRateAt(schedule, learning_rate, step)
      );
      if ("diverged" in result) diverged = result.diverged;
      else if ((step + 1) % evaluate_every === 0 || step + 1 === steps) await measure(step + 1);
      await breathe?.();
    }
  } finally {
    stepper.dispose();
  }
  return {
    change: changeName(change),
    parameters: countParameters(start.config).total,
    points,
    diverged
  };
}
