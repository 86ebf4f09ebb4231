import {choiceField, fields, joined, textField} from "../link/codec.js";
import {recipeCodec} from "../link/recipeCodec.js";
import {parseFineTuneRecipe, type FineTuneRecipe} from "./recipe.js";

/** The recipe of a page that nothing was changed on: few epochs on short texts. */
export const firstFineTuneRecipe = parseFineTuneRecipe({
  model: {hidden_dropout_prob: 0, classifier_dropout_prob: 0.1},
  optimizer: {learning_rate: 0.002},
  epochs: 5,
  batch: {sequence_length: 48}
}).recipe;

/** Options of {@link fineTuneLink}. */
export interface FineTuneLinkOptions {
  /** Ids of the tasks to choose from, "sst2" among them. */
  tasks: readonly string[];
  /** Numbers of generated rows to choose from; the last but one is the usual one. */
  sizes: readonly number[];
  /** The texts to ask at first. */
  text: string;
  pair: string;
}

/** What an address holds of a fine-tuning page: task, rows, start, texts to ask, and the recipe. */
export const fineTuneLink = ({tasks, sizes, text, pair}: FineTuneLinkOptions) =>
  joined(
    fields({
      task: choiceField(tasks, "sst2"),
      rows: choiceField(sizes.map(String), String(sizes.at(-2))),
      start: choiceField(["pretrained", "random"]),
      text: textField(text),
      pair: textField(pair)
    }),
    recipeCodec<FineTuneRecipe>({
      initial: firstFineTuneRecipe,
      // what an address leaves out is the page's usual value, not the library's
      parse: (input) => parseFineTuneRecipe(mergedWith(firstFineTuneRecipe, input), "link").recipe,
      sections: [
        "model",
        "optimizer",
        "schedule",
        "batch",
        "early_stopping",
        "answers",
        "capture"
      ] satisfies (keyof FineTuneRecipe)[],
      scalars: [
        "epochs",
        "steps",
        "seed",
        "class_weights",
        "text_pairs"
      ] satisfies (keyof FineTuneRecipe)[]
    })
  );

/** One nested value over another, member by member. */
function mergedWith(usual: object, over: object): object {
  const all = new Map<string, unknown>(Object.entries(usual));
  for (const [name, value] of Object.entries(over)) {
    const below = all.get(name);
    const isNested = typeof value === "object" && value !== null && typeof below === "object";
    all.set(name, isNested && below !== null ? mergedWith(below, value as object) : value);
  }
  return Object.fromEntries(all);
}
