/** Times a training step of every cell of a sweep in a page's worker. */
import {parseSweep} from "../experiments/parseSweep.js";
import {runsOf, type Cell} from "../experiments/sweep.js";
import {configOfRecipe} from "../recipe/config.js";
import {Engine, forcedBackend} from "./client.js";
import {SpareEngine} from "./spareEngine.js";
import type {Timing} from "./timing.js";

/** What was measured, and on what. */
export interface StepTimes {
  timings: Timing[];
  backend: string;
  /** Rows of a step, and pieces of a row. */
  rows: number;
  pieces: number;
}

/** A worker of its own that starts with the first measurement, and anew after it was lost. */
export class StepClock {
  readonly #worker: SpareEngine<Engine>;

  constructor(search: string) {
    this.#worker = new SpareEngine(() => new Engine({backend: forcedBackend(search)}));
  }

  /**
   * Steps of all cells by turns, with the batch of the sweep.
   *
   * @param sweep as `parseSweep` reads it
   * @param vocabSize pieces of the vocabulary that its runs had
   * @param nameOf a cell's name as readers know it
   * @param work told how far it is, and stopped
   * @returns null where it was stopped
   */
  async time(
    sweep: unknown,
    vocabSize: number,
    nameOf: (summary: {cell: Cell}) => string,
    {tell, signal}: {tell: (said: string, fraction?: number) => void; signal: AbortSignal}
  ): Promise<StepTimes | null> {
    const rounds = 30;
    const {engine} = this.#worker;
    tell("choosing a backend …");
    const {backend} = await engine.start();
    const runs = await runsOf(parseSweep({...(sweep as object), seeds: 1}));
    const models = runs.map(({cell, recipe}) => ({
      name: nameOf({cell}),
      config: configOfRecipe(recipe, vocabSize)
    }));
    const {size: rows, sequence_length: pieces} = runs[0]!.recipe.batch;
    const timings = await engine.call(
      "timeSteps",
      {models, sequence: pieces, batch: rows, rounds},
      {
        signal,
        onProgress: ({round}) => tell(`round ${round} of ${rounds} · ${backend}`, round / rounds)
      }
    );
    return timings && {timings, backend, rows, pieces};
  }

  /** Ends the worker. */
  close(): void {
    this.#worker.close();
  }
}
