/** R14: the browser is asked once to keep the runs, and its answer is told. */
import {expect, open, test} from "../pages/helpers.js";
import {tiny, TrainingPage} from "../pages/training.js";
import {Tally} from "./tally.js";

const endless = `/pretrain${tiny({steps: "1000000", "capture.checkpoint_every": "20"})}&backend=wasm`;

test("the browser is asked once, at the first save, and its answer is shown", async ({page}) => {
  const tally = new Tally("R14", "a promise to keep the runs: asked once, and told");
  await page.addInitScript(() => {
    const {prototype} = StorageManager;
    const {persist} = prototype;
    prototype.persist = function () {
      localStorage.setItem("asked", String(1 + Number(localStorage.getItem("asked"))));
      return persist.call(this);
    };
  });
  const asked = () => page.evaluate(() => Number(localStorage.getItem("asked")));
  await tally.attempt("before the first save", async () => {
    await open(page, "/runs");
    await expect(page.locator(".obs-storage")).toContainText("will be asked to keep them");
    expect(await asked()).toBe(0);
  });
  await tally.attempt("after many saves, in two visits", async () => {
    for (let visit = 0; visit < 2; ++visit) {
      const run = await new TrainingPage(page).open(endless);
      await run.button("Train").click();
      await run.reach(100);
      await run.pause();
      expect(await asked()).toBe(1);
    }
    await open(page, "/runs");
    await expect(page.locator(".obs-storage")).toContainText(
      /was asked to keep them and (did|prom)/
    );
    expect(await asked()).toBe(1);
  });
  tally.finish("nothing");
});
