/** R1 in a browser: what was killed on a graphics card goes on to the same bytes. */
import {Random} from "../../src/lib/random.js";
import type {RecipeInput} from "../../src/lib/recipe/recipe.js";
import {
  crashGraphics,
  crashPage,
  engineScript,
  expect,
  killWorker,
  test,
  type BrowserContext,
  type Page
} from "./browser.js";
import {Tally} from "./tally.js";

const steps = 16;
const recipe: RecipeInput = {
  model: {
    embedding_size: 6,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 12
  },
  tokenizer: {vocab_size: 90},
  corpus: {generate: {documents: 6}},
  batch: {size: 3, sequence_length: 10},
  schedule: {warmup_steps: 3},
  capture: {checkpoint_every: 2, evaluate_every: 0},
  steps,
  seed: 11
};
const kills = ["worker", "graphics", "reload", "close", "crash"] as const;
/** Kill points at which the worker stays, so that it does not compile everything again. */
const cuts = 15;

async function blankPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto("404.html");
  return page;
}

/** Lets every write of the page's worker fail, as if it were dead, or lets them through again. */
async function setWriting(page: Page, works: boolean): Promise<void> {
  await page.workers()[0]!.evaluate((isOn) => {
    const own = globalThis as unknown as {createWritable?: FileSystemFileHandle["createWritable"]};
    const {prototype} = FileSystemFileHandle;
    own.createWritable ??= prototype.createWritable;
    prototype.createWritable = isOn
      ? own.createWritable
      : () => Promise.reject(new Error("nothing is written any more"));
  }, works);
}

for (const backend of ["webgl", "webgpu"] as const)
  test(`a run on ${backend} that is killed at 20 random points ends the same`, async ({
    context,
    browser
  }) => {
    test.setTimeout(900_000);
    await context.addInitScript({content: await engineScript()});
    let page = await blankPage(context);
    const begin = () => page.evaluate(([b, r]) => albert.begin(b, r), [backend, recipe] as const);
    const finish = async () => {
      const standing = await page.evaluate(() => albert.reach());
      expect(standing, standing.message ?? "").toMatchObject({phase: "finished", step: steps});
      const digest = await page.evaluate((last) => albert.lastCheckpoint(last), steps);
      await page.evaluate(() => albert.clear());
      return digest;
    };
    const reach = async (step: number) => {
      const reached = await page.evaluate((at) => albert.reach(at), step);
      expect(reached.phase, reached.message ?? "").not.toMatch(/failed|diverged/);
    };
    await begin();
    const standing = await page.evaluate(() => albert.reach(1));
    test.skip(/cannot be used/.test(standing.message ?? ""), standing.message ?? "");
    const expected = await finish();
    expect(expected).toMatch(/^[\da-f]{64}$/);

    const random = new Random(backend === "webgl" ? 5 : 6, "splits");
    const killed = new Tally("R1", `killed on ${backend}: worker, tab, reload, graphics process`);
    await begin();
    for (const [i, kill] of random.shuffle([...kills]).entries()) {
      const at = 1 + i * 3 + random.int(3);
      await killed.attempt(`${kill} at step ${at}`, async () => {
        await reach(at);
        if (kill === "worker") return killWorker(page);
        if (kill === "graphics") return crashGraphics(browser);
        if (kill === "reload") await page.reload();
        else {
          await (kill === "close" ? page.close() : crashPage(page));
          page = await blankPage(context);
        }
        await begin();
      });
    }
    await killed.attempt("its end", async () => expect(await finish()).toBe(expected));
    killed.finish("nothing; at most 2 steps done again");

    const cut = new Tally("R1", `cut off on ${backend} at a random step, and restored`);
    await begin();
    const points = Array.from({length: cuts}, () => 1 + random.int(steps - 2));
    for (const at of points.sort((a, b) => a - b))
      await cut.attempt(`at step ${at}`, async () => {
        await reach(at);
        await setWriting(page, false);
        await page.evaluate(() => albert.stand());
        await setWriting(page, true);
        await page.evaluate(() => albert.goOn());
      });
    await cut.attempt("its end", async () => expect(await finish()).toBe(expected));
    cut.finish("nothing; at most 2 steps done again");
  });
