import type {OptimizerOptions} from "../albert/optimizers/optimizer.js";
import type {OptimizerName} from "../albert/optimizers/rule.js";
import type {Schedule} from "../albert/optimizers/schedule.js";
import type {Recipe} from "./recipe.js";

/** Names of the recipe, by what the library calls them. */
const names: Record<Recipe["optimizer"]["name"], OptimizerName> = {
  adamw: "adamw",
  adam: "adam",
  adamw_google: "adamw_google",
  lamb: "lamb_google",
  lamb_paper: "lamb_paper"
};

/** The optimizer and the schedule that a recipe names. */
export function optimizerOfRecipe({
  optimizer,
  schedule,
  steps
}: Pick<Recipe, "optimizer" | "schedule" | "steps">): {
  name: OptimizerName;
  options: OptimizerOptions;
  schedule: Schedule;
} {
  return {
    name: names[optimizer.name],
    options: {
      beta1: optimizer.adam_beta1,
      beta2: optimizer.adam_beta2,
      epsilon: optimizer.adam_epsilon,
      weightDecay: optimizer.weight_decay
    },
    schedule: {
      decay: schedule.decay,
      warmupSteps: schedule.warmup_steps,
      totalSteps: steps
    }
  };
}
