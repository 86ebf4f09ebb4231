/** R10: a worker that dies before it has chosen its backend, and one that only takes its time. */
import {tiny, TrainingPage} from "../pages/training.js";
import {expect, killWorker, test, type Page} from "./browser.js";
import {heldStart, holdMessages} from "./deviceLevers.js";
import {Tally} from "./tally.js";

const query = `${tiny({steps: "5"})}&backend=wasm`;

/** A page that was told to train, whose first worker stands in its start for so many seconds. */
async function starting(page: Page, seconds: number): Promise<TrainingPage> {
  await holdMessages(page);
  // the handles that the page has on its workers
  await page.addInitScript(() => {
    window.made = [];
    window.Worker = class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        window.made.push(this);
      }
    };
  });
  const run = await new TrainingPage(page).open(`/pretrain${query}`);
  await Promise.all([page.waitForEvent("worker"), run.button("Train").click()]);
  await heldStart(page, seconds);
  return run;
}

declare global {
  interface Window {
    made: Worker[];
  }
}

test("a worker that dies while it starts is said, and another takes its place", async ({
  context
}) => {
  const tally = new Tally("R10", "worker gone before it has chosen its backend");
  const ends = {
    "closed by itself": killWorker,
    terminated: (page: Page) => page.evaluate(() => window.made[0]!.terminate())
  };
  for (const [end, kill] of Object.entries(ends))
    for (let round = 0; round < 3; ++round)
      await tally.attempt(`${end}, ${round}`, async () => {
        const page = await context.newPage();
        const run = await starting(page, Infinity);
        const before = Date.now();
        await kill(page);
        await expect(run.message).toContainText("the worker has ended", {timeout: 10_000});
        const seconds = (Date.now() - before) / 1000;
        tally.took("said after", seconds);
        expect(seconds).toBeLessThan(2);
        await run.finish();
        tally.took("run done after", (Date.now() - before) / 1000);
        expect(await page.evaluate(() => window.made.length)).toBe(2);
        await page.close();
      });
  tally.finish("nothing");
});

test("a worker that is busy for long while it starts is waited for", async ({page}) => {
  const tally = new Tally("R10", "worker silent for 15 s while it starts");
  await tally.attempt("busy", async () => {
    const run = await starting(page, 15);
    await run.finish();
    await expect(run.message).toBeEmpty();
    expect(await page.evaluate(() => window.made.length)).toBe(1);
  });
  tally.finish("nothing");
});
