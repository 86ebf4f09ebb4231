import {parseFineTuneRecipe} from "../finetune/recipe.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {Exhibit} from "./report.js";

/** How numbers are made anew. */
export interface Rerun {
  /** What to do, in a sentence. */
  words: string;
  /** File that the command reads: the exhibit's recipe. */
  file: string | null;
  /** What to type in a terminal, from the project's folder. */
  command: string | null;
}

const accepts = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};

/** How an exhibit is made anew: by the terminal where its recipe is a run's, else on its page. */
export function rerun({recipe, isRun, sql, recipeHash}: Exhibit): Rerun {
  if (sql !== null)
    return {
      words: "Put the query into the editor of the page, and press Run.",
      file: null,
      command: null
    };
  const onPage = {words: "Open the page: it computes or loads these numbers anew."};
  if (!isRun || typeof recipe !== "object" || recipe === null)
    return {...onPage, file: null, command: null};
  const albert = "npm run -s albert --";
  if ("grid" in recipe || "cases" in recipe || "base" in recipe) {
    const file = `sweep-${recipeHash}.json`;
    return {
      words: "Save the recipe as the file that is named, and run the sweep in a terminal.",
      file,
      command: `${albert} sweep ${file} --output OUT`
    };
  }
  const file = `recipe-${recipeHash}.json`;
  if (accepts(() => parseRecipe(recipe, file)))
    return {
      words: "Save the recipe as the file that is named, and train in a terminal.",
      file,
      command: `${albert} train ${file} --output OUT`
    };
  if (accepts(() => parseFineTuneRecipe(recipe)))
    return {
      words:
        "Save the recipe as the file that is named, and fine-tune in a terminal; the facts name model, task and rows.",
      file,
      command: `${albert} finetune ${file} --model MODEL --task TASK --train FILE --dev FILE --output OUT`
    };
  return {...onPage, file: null, command: null};
}
