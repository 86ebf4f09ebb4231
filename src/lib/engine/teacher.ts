/** The model that a student learns from, trained first by the recipe that the student's one implies. */
import type {AlbertConfig} from "../albert/config.js";
import type {Teacher} from "../albert/distillation.js";
import type {ParameterData} from "../albert/specs.js";
import type {Corpus} from "../corpus/types.js";
import {InputError} from "../errors.js";
import {recipeHash} from "../recipe/hash.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {PretrainingRun} from "./run.js";

/** A teacher after its training. */
export interface TrainedTeacher {
  config: AlbertConfig;
  parameters: ParameterData;
}

/** The recipe of the teacher: the student's, but for the depth, the steps and the sentence task. */
export function teacherRecipe({distillation, ...recipe}: Recipe): Recipe {
  const {num_hidden_layers, steps, sentence} = distillation!.teacher;
  return parseRecipe({
    ...recipe,
    model: {...recipe.model, num_hidden_layers},
    objective: {...recipe.objective, sentence},
    schedule: {...recipe.schedule, warmup_steps: Math.min(recipe.schedule.warmup_steps, steps)},
    steps
  });
}

/**
 * The teacher of a student's recipe, trained unless it is known.
 *
 * @throws InputError when it diverges or is stopped
 */
export async function teach(
  recipe: Recipe,
  corpus: Corpus,
  tokenizer: Tokenizer,
  taught: Map<string, TrainedTeacher> = new Map(),
  onProgress: (progress: PhaseProgress) => void = () => {},
  signal?: AbortSignal
): Promise<Teacher> {
  const {temperature, soft, mlm, cosine} = recipe.distillation!;
  const weights = {temperature, soft, mlm, cosine};
  const own = teacherRecipe(recipe);
  const hash = await recipeHash(own);
  const known = taught.get(hash);
  if (known) return {...known, weights};
  const run = await PretrainingRun.prepare(own, corpus, {tokenizer, signal});
  try {
    while (run.step < own.steps) {
      if (signal?.aborted) throw new InputError("stopped while the teacher was trained");
      const result = await run.takeStep();
      if ("diverged" in result) throw new InputError(`the teacher: ${result.diverged}`);
      if (run.step % 10 === 0)
        onProgress({phase: "training the teacher", fraction: run.step / own.steps});
    }
    const made = {config: run.config, parameters: await run.parameters()};
    taught.set(hash, made);
    return {...made, weights};
  } finally {
    await run.dispose();
  }
}
