/** R9 on a graphics card, which is given several steps at once: how soon Stop halts them. */
import type {RecipeInput} from "../../src/lib/recipe/recipe.js";
import {engineScript, expect, test} from "./browser.js";
import {smallestRecipe} from "./smallestRecipe.js";
import {Tally} from "./tally.js";

/** A step of some milliseconds, so that many fit between two reports. */
const recipe: RecipeInput = {
  ...smallestRecipe,
  capture: {checkpoint_every: 0, evaluate_every: 0},
  steps: 1_000_000,
  seed: 13
};
const tries = 12;

test("Stop on WebGPU is heard while steps are under way, and none is lost", async ({page}) => {
  await page.context().addInitScript({content: await engineScript()});
  await page.goto("404.html");
  await page.evaluate((r) => albert.begin("webgpu", r), recipe);
  const first = await page.evaluate(() => albert.reach(1));
  test.skip(/cannot be used/.test(first.message ?? ""), first.message ?? "");
  const worker = page.workers().at(-1)!;
  await worker.evaluate(watchStops);
  const tally = new Tally("R9", "stopped on WebGPU while several steps were under way");
  for (let i = 0; i < tries; ++i)
    await tally.attempt(`try ${i + 1}`, async () => {
      const steps = () => page.evaluate(() => albert.stepRows().map(({step}) => step));
      const from = (await steps()).length;
      await page.evaluate((at) => albert.reach(at), from + 150 + 7 * i);
      await page.evaluate(() => albert.stand());
      const {underWay, ms} = await worker.evaluate(() => stops.at(-1)!);
      tally.measured("steps under way when it was heard", underWay, "");
      tally.measured("all of them done after", ms, "ms");
      const all = await steps();
      expect(all, "every step is told once").toEqual(all.map((_, at) => at + 1));
      await page.evaluate(() => albert.goOn());
      const again = await page.evaluate((at) => albert.reach(at), all.length);
      expect(again.phase, again.message ?? "").toBe("training");
    });
  await page.evaluate(() => albert.stand());
  tally.finish("nothing");
});

declare global {
  /** Of each Stop that the worker heard: what was submitted and not done then, and until it was. */
  var stops: {underWay: number; ms: number}[];
}

/** In the worker: counts what its card has been given and not done, and notes that at every Stop. */
function watchStops(): void {
  let queue: GPUQueue | null = null;
  let underWay = 0;
  globalThis.stops = [];
  const count = (own: GPUQueue) => {
    queue = own;
    ++underWay;
    const done = () => void --underWay;
    own.onSubmittedWorkDone().then(done, done);
  };
  const {submit} = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (...all) {
    submit.apply(this, all);
    count(this);
  };
  globalThis.addEventListener("message", ({data}: MessageEvent<{type: string}>) => {
    if (data.type !== "cancel" || !queue) return;
    const stop = {underWay, ms: NaN};
    stops.push(stop);
    const heard = performance.now();
    void queue.onSubmittedWorkDone().then(() => (stop.ms = performance.now() - heard));
  });
}
