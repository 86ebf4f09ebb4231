import {expect, test} from "vitest";
import {readText} from "../../../src/lib/corpus/readText.js";
import {PretrainingRun} from "../../../src/lib/engine/run.js";
import type {StepMetrics} from "../../../src/lib/engine/trainingCalls.js";
import {batchOfStep, rowsPerStep} from "../../../src/lib/recipe/accumulation.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {parseRecipe, type RecipeInput} from "../../../src/lib/recipe/recipe.js";
import {useBackend} from "../albert/backends.js";
import {smallRecipe, smallText} from "./hostPort.js";

/** Steps at a rate that moves no weight to speak of: their losses are those of the first weights. */
async function losses(batch: RecipeInput["batch"], steps: number): Promise<number[]> {
  const recipe = parseRecipe({
    ...smallRecipe({}),
    model: {...smallRecipe({}).model, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0},
    optimizer: {learning_rate: 1e-9},
    batch
  });
  const text = readText(new TextEncoder().encode(smallText), "text.txt");
  const run = await PretrainingRun.prepare(recipe, text);
  const taken: StepMetrics[] = [];
  for (let step = 0; step < steps; ++step) taken.push((await run.takeStep()) as StepMetrics);
  await run.dispose();
  return taken.map(({loss}) => loss);
}

test("a step of several batches has the mean of their losses, in the order of the text", async () => {
  await useBackend("wasm");
  const batch = {size: 3, sequence_length: 16};
  const one = await losses(batch, 6);
  const three = await losses({...batch, gradient_accumulation_steps: 3}, 2);
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  expect(three[0]).toBeCloseTo(mean(one.slice(0, 3)), 5);
  expect(three[1]).toBeCloseTo(mean(one.slice(3)), 5);
  expect(new Set(one.map((loss) => loss.toFixed(4))).size).toBe(6);
});

test("rowsPerStep counts the rows of all batches", () => {
  expect(rowsPerStep(parseRecipe({batch: {size: 3}}))).toBe(3);
  expect(rowsPerStep(parseRecipe({batch: {size: 3, gradient_accumulation_steps: 4}}))).toBe(12);
});

test("a step learns from its batches in order, of one batch as it is", () => {
  const batches = (several?: number) =>
    [0, 1, 2].map((step) =>
      batchOfStep(
        parseRecipe({batch: {size: 3, gradient_accumulation_steps: several}}),
        (i) => i,
        step
      )
    );
  expect(batches()).toEqual([0, 1, 2]);
  expect(batches(2)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5]
  ]);
});

test("one batch a step is what a recipe has without a word of it, in fine-tuning too", () => {
  const one = {size: 3, gradient_accumulation_steps: 1};
  expect(parseRecipe({batch: one})).toEqual(parseRecipe({batch: {size: 3}}));
  expect(parseFineTuneRecipe({batch: one}).recipe.batch).toEqual({size: 3, sequence_length: 64});
  const four = parseFineTuneRecipe({batch: {...one, gradient_accumulation_steps: 4}});
  expect(four.recipe.batch.gradient_accumulation_steps).toBe(4);
});
