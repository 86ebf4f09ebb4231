/** R14: the browser is asked once to keep the runs, and what it throws away nevertheless breaks nothing. */
import {expect, open, test} from "../pages/helpers.js";
import {tiny, TrainingPage} from "../pages/training.js";
import {filesIn} from "./room.js";
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

test("what the browser throws away is written whole again, or was never there", async ({
  page,
  baseURL
}) => {
  const tally = new Tally("R14", "everything thrown away: while a run trains, and between visits");
  const session = await page.context().newCDPSession(page);
  const {origin} = new URL(baseURL!);
  const evict = () => session.send("Storage.clearDataForOrigin", {origin, storageTypes: "all"});
  const kept = () => filesIn(page, "runs");
  const run = await new TrainingPage(page).open(endless);
  await tally.attempt("while it trains", async () => {
    await run.button("Train").click();
    await run.reach(30);
    await evict();
    await run.reach((await run.step()) + 60);
    await run.pause();
    const names = (await kept()).map(({path}) => path.split("/").at(-1));
    expect(names).toEqual(expect.arrayContaining(["run.json", "spiece.model", "metrics.csv"]));
    expect(names.filter((name) => name!.startsWith("step-"))).not.toEqual([]);
  });
  await tally.attempt("it goes on from what was written since", async () => {
    const step = await run.step();
    await run.open("/pretrain?backend=wasm");
    await page.locator(".obs-restore").getByRole("button").first().click();
    await run.reach(step + 5);
    await run.pause();
  });
  await tally.attempt("between visits", async () => {
    await page.goto("404.html");
    await expect.poll(async () => (await evict(), (await kept()).length)).toBe(0);
    await run.open("/pretrain?backend=wasm");
    await expect(page.locator(".obs-restore")).toBeHidden();
    await open(page, "/runs");
    await expect(page.getByText("No run is kept yet")).toBeVisible();
  });
  tally.finish("what was thrown away; nothing that was kept since");
});
