/** R11 in a browser: whatever dies in the middle of a save leaves a good checkpoint, and the run ends the same. */
import type {RecipeInput} from "../../src/lib/recipe/recipe.js";
import {crashPage, engineScript, expect, killWorker, test, type Page} from "./browser.js";
import {holdSave, saveStages} from "./deviceLevers.js";
import {smallestRecipe} from "./smallestRecipe.js";
import {Tally} from "./tally.js";

const steps = 400;
const recipe: RecipeInput = {
  ...smallestRecipe,
  capture: {checkpoint_every: 2, evaluate_every: 0},
  steps,
  seed: 12
};

test("a save that dies at any of its stages leaves a good checkpoint", async ({context}) => {
  await context.addInitScript({content: await engineScript()});
  const blankPage = async (): Promise<Page> => {
    const opened = await context.newPage();
    await opened.goto("404.html");
    return opened;
  };
  let page = await blankPage();
  const begin = () => page.evaluate((r) => albert.begin("wasm", r), recipe);
  const reach = (step?: number) => page.evaluate((at) => albert.reach(at), step);
  const finish = async () => {
    expect(await reach()).toMatchObject({phase: "finished", step: steps});
    const digest = await page.evaluate((last) => albert.lastCheckpoint(last), steps);
    await page.evaluate(() => albert.clear());
    return digest;
  };
  await begin();
  const expected = await finish();
  expect(expected).toMatch(/^[\da-f]{64}$/);
  const tally = new Tally("R11", "dead in a save: file begun, filled, moved; record begun, moved");
  await begin();
  let step = 6;
  for (const kill of ["worker", "page"] as const)
    for (const stage of saveStages)
      await tally.attempt(`the ${kill}, ${stage}`, async () => {
        expect(await reach(step)).toMatchObject({phase: "training"});
        const [before] = (await page.evaluate(() => albert.goodCheckpoints())).slice(-1);
        await holdSave(page, stage);
        if (kill === "worker") await killWorker(page);
        else {
          await crashPage(page);
          page = await blankPage();
        }
        const good = await page.evaluate(() => albert.goodCheckpoints());
        expect(good.length, "good checkpoints").toBeGreaterThanOrEqual(1);
        expect(good.at(-1)).toBeGreaterThanOrEqual(before!);
        if (kill === "page") await begin();
        step = good.at(-1)! + 6;
      });
  await tally.attempt("its end", async () => expect(await finish()).toBe(expected));
  tally.finish("at most the steps since the last checkpoint, done again");
});
