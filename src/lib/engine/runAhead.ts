/** A run that is made before it is asked for, so that it begins at once when it is. */
import {costOf} from "../recipe/cost.js";
import {canonicalJson} from "../recipe/hash.js";
import type {Recipe} from "../recipe/recipe.js";
import {readCorpus} from "./corpusSource.js";
import {PretrainingRun} from "./run.js";
import type {PhaseProgress, TextSource} from "./trainingCalls.js";

/** Bytes of a step above which nothing is made that may not be wanted. */
const mostBytes = 2 ** 27;

/** Whether a run can be made ahead: a small one, of a text that is generated, without a teacher to train. */
export function isMadeAhead(recipe: Recipe): boolean {
  return (
    "generate" in recipe.corpus && !recipe.distillation && costOf(recipe).stepBytes <= mostBytes
  );
}

/** Holds at most one run that nobody has asked for yet. */
export class RunAhead {
  #made: {recipe: string; run: Promise<PretrainingRun | null>} | null = null;
  #report: (progress: PhaseProgress) => void = () => {};

  /** Makes the run of a recipe, to its first step; a fault is left to be told when it is asked for. */
  async make(recipe: Recipe): Promise<void> {
    if (!isMadeAhead(recipe)) return;
    this.drop();
    const report = (progress: PhaseProgress) => this.#report(progress);
    const make = async () => {
      const corpus = await readCorpus(recipe, {kind: "recipe"}, report);
      return PretrainingRun.prepare(recipe, corpus, {onProgress: report});
    };
    this.#made = {recipe: canonicalJson(recipe), run: make().catch(() => null)};
    await this.#made.run;
  }

  /** The run of this recipe if it was made or is being made, else null; it is the caller's from now on. */
  async take(
    recipe: Recipe,
    source: TextSource,
    report: (progress: PhaseProgress) => void
  ): Promise<PretrainingRun | null> {
    const made = this.#made;
    if (source.kind !== "recipe" || made?.recipe !== canonicalJson(recipe)) return null;
    this.#made = null;
    this.#report = report;
    try {
      return await made.run;
    } finally {
      this.#report = () => {};
    }
  }

  /** Lets go of what was made. */
  drop(): void {
    void this.#made?.run.then((run) => run?.dispose());
    this.#made = null;
  }
}
