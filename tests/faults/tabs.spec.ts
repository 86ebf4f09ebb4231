/** R13: two tabs on one run. */
import {TrainingPage} from "../pages/training.js";
import {crashPage, expect, test} from "./browser.js";
import {endlessRun, forgetRuns} from "./endlessRun.js";
import {Tally} from "./tally.js";

test("of two tabs one writes, whatever happens to it", async ({context}) => {
  const tally = new Tally("R13", "second tab: shown only, taken over, owner crashed or closed");
  const offered = async () => {
    const page = await context.newPage();
    // when it stood there, not when a test saw it
    await page.addInitScript(() => {
      const said = new MutationObserver(() => {
        if (!document.querySelector(".obs-restore")?.textContent.includes("another tab")) return;
        performance.mark("said");
        said.disconnect();
      });
      said.observe(document, {subtree: true, childList: true, characterData: true});
    });
    const run = new TrainingPage(page);
    await run.open("/pretrain?backend=wasm");
    return {page, run, offer: page.locator(".obs-restore")};
  };
  for (const end of ["stays", "is taken over", "crashes", "closes"] as const)
    for (let round = 0; round < 2; ++round)
      await tally.attempt(`the owner ${end}, ${round}`, async () => {
        const owner = await context.newPage();
        const first = await endlessRun(owner);
        const second = await offered();
        await expect(second.offer).toContainText("It is open in another tab.");
        const since = await second.page.evaluate(
          () => performance.getEntriesByName("said")[0]!.startTime
        );
        tally.took("said after, from the address on,", since / 1000);
        if (end === "stays") {
          await second.page.getByRole("button", {name: "Show it here"}).click();
          await expect(second.run.message).toContainText("this run is open in another tab");
          const step = await first.step();
          await first.reach(step + 20);
        } else if (end === "is taken over") {
          await second.page.getByRole("button", {name: "Take it over"}).click();
          await expect(first.message).toContainText("another tab has taken this run over");
          await second.run.reach(60);
        } else {
          await (end === "crashes" ? crashPage(owner) : owner.close());
          await second.page.reload();
          await expect(second.offer).not.toContainText("It is open in another tab.");
          await second.offer.getByRole("button").first().click();
          await second.run.reach(60);
        }
        if (!owner.isClosed()) await owner.close();
        await forgetRuns(second.page);
        await second.page.close();
      });
  tally.finish("nothing");
});
