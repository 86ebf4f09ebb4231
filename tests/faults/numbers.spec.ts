/** R5 and R6 in a browser: what no number can hold stops a run on a graphics card, and steps leave nothing there. */
import type {RecipeInput} from "../../src/lib/recipe/recipe.js";
import {engineScript, expect, test, type BrowserContext, type Page} from "./browser.js";
import {Tally} from "./tally.js";

const tiny: RecipeInput = {
  model: {
    embedding_size: 8,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 24
  },
  tokenizer: {vocab_size: 150},
  corpus: {generate: {documents: 20}},
  batch: {size: 5, sequence_length: 20},
  capture: {checkpoint_every: 0, evaluate_every: 0}
};

async function blankPage(context: BrowserContext): Promise<Page> {
  await context.addInitScript({content: await engineScript()});
  const page = await context.newPage();
  await page.goto("404.html");
  return page;
}

for (const backend of ["webgl", "webgpu"] as const) {
  test(`a run on ${backend} that diverges keeps its last good weights and goes on slower`, async ({
    context
  }) => {
    const tally = new Tally(
      "R5",
      `weights that outgrow every number on ${backend}, then half the rate`
    );
    const page = await blankPage(context);
    const recipe: RecipeInput = {
      ...tiny,
      optimizer: {name: "lamb", learning_rate: 1, weight_decay: 0, max_grad_norm: 0},
      schedule: {warmup_steps: 0, decay: "constant"},
      capture: {checkpoint_every: 20, evaluate_every: 0},
      steps: 40
    };
    await page.evaluate(([b, r]) => albert.begin(b, r), [backend, recipe] as const);
    let rates: number[] = [];
    await tally.attempt("it stops", async () => {
      const stopped = await page.evaluate(() => albert.reach());
      expect(stopped).toMatchObject({phase: "diverged"});
      expect(stopped.step).toBeGreaterThanOrEqual(20);
      expect(stopped.message).toContain(`step ${stopped.step + 1}: the loss is NaN`);
    });
    await tally.attempt("half the rate", async () => {
      await page.evaluate(() => albert.slowDown());
      const ended = await page.evaluate(() => albert.reach(40));
      expect(ended, ended.message ?? "").toMatchObject({step: 40});
      rates = (await page.evaluate(() => albert.stepRows())).map((row) => row.learningRate);
      expect(rates).toEqual([...Array<number>(20).fill(1), ...Array<number>(20).fill(0.5)]);
    });
    await page.evaluate(() => albert.clear());
    tally.finish("the steps since the checkpoint");
  });

  test(`500 steps on ${backend} hold the same bytes`, async ({context}) => {
    test.setTimeout(900_000);
    const tally = new Tally("R6", `500 steps on ${backend} in a browser`);
    const page = await blankPage(context);
    const recipe: RecipeInput = {...tiny, steps: 500};
    await page.evaluate(([b, r]) => albert.begin(b, r), [backend, recipe] as const);
    await tally.attempt("bytes", async () => {
      const ended = await page.evaluate(() => albert.reach());
      expect(ended, ended.message ?? "").toMatchObject({phase: "finished", step: 500});
      const rows = await page.evaluate(() => albert.stepRows());
      expect(rows).toHaveLength(500);
      expect(rows[0]!.memoryBytes).toBeGreaterThan(0);
      expect(new Set(rows.map(({memoryBytes}) => memoryBytes)).size).toBe(1);
    });
    await page.evaluate(() => albert.clear());
    tally.finish("nothing");
  });
}
