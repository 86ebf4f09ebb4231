import {expect, test} from "vitest";
import {initParameters} from "../../../src/lib/albert/specs.js";
import {continuedParameters, modelOfRecipe} from "../../../src/lib/engine/continueFrom.js";
import {headConfig, withHead} from "../../../src/lib/engine/fineTuning/headModel.js";
import {configOfRecipe} from "../../../src/lib/recipe/config.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";
import {tinyConfig} from "../albert/tiny.js";

const config = tinyConfig({
  numHiddenLayers: 3,
  maxPositionEmbeddings: 19,
  sharing: "ffn",
  architecture: "AlbertForPreTraining"
});
const start = {name: "mine", config, data: initParameters(config, 7)};
const batch = {sequence_length: 9};

test("a recipe without a model takes the sizes of the one it goes on from", () => {
  const recipe = parseRecipe({model: modelOfRecipe(config), batch});
  const made = configOfRecipe(recipe, config.vocabSize);
  const {parameters, fresh} = continuedParameters(made, start, 1);
  expect(fresh).toEqual([]);
  for (const [name, {data}] of start.data) expect(parameters.get(name)!.data).toEqual(data);
  // copies: training does not change the model it began with
  expect(parameters.get([...start.data.keys()][0]!)!.data).not.toBe(
    [...start.data.values()][0]!.data
  );
});

test("what a fine-tuned model lacks starts anew, and its body is kept", () => {
  const tuned = headConfig(config, {kind: "classification", labels: ["a", "b"]});
  const {parameters: data} = withHead(tuned, {...start, tokenizer: null}, 3);
  const recipe = parseRecipe({model: modelOfRecipe(tuned), batch});
  const made = configOfRecipe(recipe, tuned.vocabSize);
  const {fresh, parameters} = continuedParameters(made, {name: "tuned", config: tuned, data}, 1);
  expect(fresh.length).toBeGreaterThan(0);
  expect(fresh.every((name) => /predictions|sop_classifier/.test(name))).toBe(true);
  const words = "albert.embeddings.word_embeddings.weight";
  expect(parameters.get(words)!.data).toEqual(start.data.get(words)!.data);
});

test("another body is refused by name", () => {
  const recipe = parseRecipe({model: {...modelOfRecipe(config), intermediate_size: 12}, batch});
  const made = configOfRecipe(recipe, config.vocabSize);
  expect(() => continuedParameters(made, start, 1)).toThrow(
    /^mine: .*ffn.* is \[.*\], expected \[/
  );
  expect(() => modelOfRecipe({...config, sharing: {layers: [0, 1, 0]}})).toThrow(
    /which no recipe describes/
  );
});
