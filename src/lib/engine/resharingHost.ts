/** The worker's side of going on with a model whose layers are tied or untied. */
import {effectiveDepth} from "../albert/sharing.js";
import type {ModelData} from "../albert/untie.js";
import {InputError} from "../errors.js";
import type {ReshareArm, ResharePlan, ResharePoint} from "../experiments/measures.js";
import {batchOfStep} from "../recipe/accumulation.js";
import {recipeHash} from "../recipe/hash.js";
import type {Recipe} from "../recipe/recipe.js";
import type {Batches} from "../albert/objectives/batches.js";
import {heldOutOf} from "./batchesOf.js";
import type {CallContext} from "./listen.js";
import {changeName, goOn, type ReshareChange} from "./resharing.js";
import type {PretrainingRun} from "./run.js";
import {yieldToMessages} from "./yield.js";

/** The call; spread into the engine's own. */
export interface ResharingCalls {
  /**
   * Trains the run in use, or one of the recipe that is given, on after a change of what its layers
   * share; null where it was cancelled.
   */
  goOn: {
    input: {recipe: Recipe | null; change: ReshareChange; plan: ResharePlan};
    progress: {step: number; steps: number; phase: string} | {point: ResharePoint};
    output: ReshareArm | null;
  };
}

/** A trained model with the rows that come next. */
interface Start {
  model: ModelData;
  recipe: Recipe;
  made: Batches;
  step: number;
}

/** Keeps the last model that it trained itself, so that another change begins at once. */
export class ResharingHost {
  readonly #runInUse: () => PretrainingRun | null;
  readonly #prepare: (recipe: Recipe) => Promise<PretrainingRun>;
  #trained: {hash: string; start: Start} | null = null;

  constructor(parts: {
    runInUse: () => PretrainingRun | null;
    prepare: (recipe: Recipe) => Promise<PretrainingRun>;
  }) {
    this.#runInUse = parts.runInUse;
    this.#prepare = parts.prepare;
  }

  goOn = async (
    {recipe, change, plan}: ResharingCalls["goOn"]["input"],
    {report, signal}: CallContext<"goOn">
  ): Promise<ReshareArm | null> => {
    const start = recipe
      ? await this.#train(
          recipe,
          (step, phase) => report({step, steps: recipe.steps, phase}),
          signal
        )
      : await this.#ofRun();
    if (!start) return null;
    const depths = effectiveDepth(start.model.config);
    if (change.kind === "untieAt" && change.depth >= depths)
      throw new InputError(`depth ${change.depth}: the model has depths 0 to ${depths - 1}`);
    const settings = {
      ...plan,
      recipe: start.recipe,
      batchAt: (step: number) =>
        batchOfStep(start.recipe, (i) => start.made.at(i), start.step + step),
      heldOut: heldOutOf(start.made, start.recipe)
    };
    const phase = changeName(change);
    return goOn(start.model, change, settings, {
      signal,
      breathe: yieldToMessages,
      onPoint: (point) => {
        report({point});
        report({step: point.step, steps: plan.steps, phase});
      }
    });
  };

  async #ofRun(): Promise<Start> {
    const run = this.#runInUse();
    if (!run) throw new InputError("no run yet: train one first");
    return this.#startOf(run);
  }

  async #startOf(run: PretrainingRun): Promise<Start> {
    const model = {config: run.config, parameters: await run.parameters()};
    return {model, recipe: run.recipe, made: run.batches, step: run.step};
  }

  async #train(
    recipe: Recipe,
    tell: (step: number, phase: string) => void,
    signal: AbortSignal
  ): Promise<Start | null> {
    const hash = await recipeHash(recipe);
    if (this.#trained?.hash === hash) return this.#trained.start;
    tell(0, "preparing the model");
    const run = await this.#prepare(recipe);
    try {
      while (run.step < recipe.steps) {
        if (signal.aborted) return null;
        const result = await run.takeStep();
        if ("diverged" in result) throw new InputError(result.diverged);
        if (run.step % 10 === 0) tell(run.step, "training the model");
        await yieldToMessages();
      }
      const start = await this.#startOf(run);
      this.#trained = {hash, start};
      return start;
    } finally {
      await run.dispose();
    }
  }
}
