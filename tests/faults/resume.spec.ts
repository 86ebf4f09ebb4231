/** R1 in a browser: what was killed, on any backend, goes on to the same bytes. */
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
import {smallestRecipe} from "./smallestRecipe.js";
import {Tally} from "./tally.js";

const recipe: RecipeInput = {
  ...smallestRecipe,
  schedule: {warmup_steps: 3},
  capture: {checkpoint_every: 2, evaluate_every: 0},
  seed: 11
};
/** `n` times each. */
const times = (n: number, kinds: string[]) => Array<string[]>(n).fill(kinds).flat();
/** Twenty kills: of what, within how many steps, and by how many one may come late: a card compiles for seconds after each. */
const cards = {
  kills: times(4, ["worker", "graphics", "reload", "close", "crash"]),
  within: 120,
  margin: 0
};
const processor = {
  kills: times(5, ["worker", "reload", "close", "crash"]),
  within: 400,
  margin: 60
};
const backends = {webgl: cards, webgpu: cards, wasm: processor, cpu: processor} as const;
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

for (const [i, backend] of (["webgl", "webgpu", "wasm", "cpu"] as const).entries())
  test(`a run on ${backend} that is killed at 20 random points ends the same`, async ({
    context,
    browser
  }) => {
    test.setTimeout(900_000);
    await context.addInitScript({content: await engineScript()});
    const {kills, within, margin} = backends[backend];
    const steps = 1 + within + margin;
    const own = {...recipe, steps};
    let page = await blankPage(context);
    const begin = () => page.evaluate(([b, r]) => albert.begin(b, r), [backend, own] as const);
    const finish = async () => {
      const standing = await page.evaluate(() => albert.reach());
      expect(standing, standing.message ?? "").toMatchObject({phase: "finished", step: steps});
      const digest = await page.evaluate((last) => albert.lastCheckpoint(last), steps);
      await page.evaluate(() => albert.clear());
      return digest;
    };
    const reach = async (step: number) => {
      const reached = await page.evaluate((at) => albert.reach(at), step);
      expect(reached.phase, reached.message ?? "").not.toMatch(/failed|diverged|finished/);
    };
    await begin();
    const standing = await page.evaluate(() => albert.reach(1));
    test.skip(/cannot be used/.test(standing.message ?? ""), standing.message ?? "");
    const expected = await finish();
    expect(expected).toMatch(/^[\da-f]{64}$/);

    const random = new Random(5 + i, "splits");
    const graphics = kills.includes("graphics") ? ", graphics process" : "";
    const killed = new Tally("R1", `killed on ${backend}: worker, tab, reload${graphics}`);
    await begin();
    for (const [i, kill] of random.shuffle([...kills]).entries()) {
      const apart = Math.floor(within / kills.length);
      const at = 1 + i * apart + random.int(apart);
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

    const cut = new Tally(
      "R1",
      `cut off on ${backend} at a random step, at times with one bit of the newest checkpoint wrong`
    );
    await begin();
    // so far apart that something is kept between two of them
    const apart = Math.floor(within / cuts);
    const points = Array.from({length: cuts}, (_, i) => 1 + i * apart + random.int(apart));
    const damaged: (string | null)[] = [];
    for (const [i, at] of points.entries())
      await cut.attempt(`at step ${at}`, async () => {
        await reach(at);
        await setWriting(page, false);
        await page.evaluate(() => albert.stand());
        await setWriting(page, true);
        // every third time one bit of the newest checkpoint is another, where there is one before it
        if (i % 3 === 0)
          damaged.push(await page.evaluate((bit) => albert.damage(bit), random.int(1e6)));
        await page.evaluate(() => albert.goOn());
      });
    await cut.attempt("a newest checkpoint was damaged", () => expect(damaged).toContain(null));
    await cut.attempt("its end", async () => expect(await finish()).toBe(expected));
    cut.finish("nothing; at most 2 steps done again, 4 where a checkpoint was damaged");
  });
