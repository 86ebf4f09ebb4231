/** Going on with a model whose layers are tied or untied, as a page asks for it. */
import type {ReshareArm, ResharePlan} from "../experiments/measures.js";
import {parseSweep} from "../experiments/parseSweep.js";
import {resized} from "../experiments/resizeSweep.js";
import {runsOf} from "../experiments/sweep.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {keptRun} from "../store/runs.js";
import {Engine, forcedBackend} from "./client.js";
import type {ReshareChange} from "./resharing.js";

/** A run of this browser that can be gone on with. */
export interface RunToGoOn {
  id: string;
  name: string;
  depths: number;
  isShared: boolean;
}

/** The newest run of this browser, or null. */
export async function runToGoOn(): Promise<RunToGoOn | null> {
  const run = await keptRun(null);
  if (!run) return null;
  const {num_hidden_layers, sharing} = parseRecipe(run.recipe).model;
  const inner = typeof sharing === "object" ? sharing.inner : 1;
  const isShared = sharing !== "none";
  return {
    id: run.id,
    name: run.label.name || run.id,
    depths: num_hidden_layers * inner,
    isShared
  };
}

/** The recipe of one case of a sweep with its first seed, for so many steps. */
export async function recipeOfCase(sweep: unknown, name: string, steps: number): Promise<Recipe> {
  const runs = await runsOf(parseSweep(resized(sweep, {seeds: 1, steps})));
  return runs.find(({cell}) => cell.case === name)!.recipe;
}

/** What is asked: a recipe that is trained first, or a kept run by its id. */
export interface GoOnRequest {
  start: {recipe: Recipe} | {run: string};
  change: ReshareChange;
  plan: ResharePlan;
}

/** One worker that goes on with models; it starts with the first question. */
export class ResharingDesk {
  readonly #search: string;
  #engine: Engine | null = null;
  #restored: string | null = null;

  constructor(search: string) {
    this.#search = search;
  }

  /**
   * @param tell told a sentence and the share that is done
   * @returns null where it was stopped
   */
  async goOn(
    {start, change, plan}: GoOnRequest,
    tell: (message: string, share: number) => void,
    signal: AbortSignal
  ): Promise<ReshareArm | null> {
    const engine = (this.#engine ??= new Engine({backend: forcedBackend(this.#search)}));
    try {
      const {backend} = await engine.start();
      if ("run" in start && this.#restored !== start.run) {
        tell("opening the run", 0);
        const restored = await engine.call("restore", {id: start.run, access: "read"}, {signal});
        if (!restored) throw new Error("this browser keeps that run no more");
        this.#restored = start.run;
      }
      const recipe = "recipe" in start ? start.recipe : null;
      return await engine.call(
        "goOn",
        {recipe, change, plan},
        {
          signal,
          onProgress: (value) => {
            if ("phase" in value) {
              const {phase, step, steps} = value;
              tell(`${phase}, step ${step} of ${steps} · ${backend}`, step / steps);
            }
          }
        }
      );
    } catch (error) {
      // a worker that failed may be gone: the next question starts another
      this.close();
      throw error;
    }
  }

  /** Ends the worker. */
  close(): void {
    this.#engine?.terminate();
    this.#engine = null;
    this.#restored = null;
  }
}
