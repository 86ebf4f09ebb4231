/** R4, R8: workers that fall silent, hidden tabs, and a machine that sleeps. */
import {expect, test} from "./browser.js";
import {endlessRun, forgetRuns} from "./endlessRun.js";
import {Tally} from "./tally.js";

test("a worker that falls silent is given up, and the run goes on", async ({page}) => {
  const tally = new Tally("R4", "worker hung in a step or stopped by the system");
  for (const [name, hang] of [
    [
      "an endless loop",
      () =>
        void setTimeout(() => {
          for (;;);
        })
    ],
    [
      "messages that are swallowed",
      () => void ((globalThis.onmessage = null), (globalThis.postMessage = () => undefined))
    ]
  ] as const)
    await tally.attempt(name, async () => {
      const run = await endlessRun(page);
      const before = Date.now();
      void page
        .workers()[0]!
        .evaluate(hang)
        .catch(() => undefined);
      await expect(run.message).toContainText("going on from the last checkpoint", {
        timeout: 60_000
      });
      tally.took("noticed after", (Date.now() - before) / 1000);
      const step = await run.step();
      await run.reach(Math.max(0, step) + 20);
      await run.pause();
      await forgetRuns(page);
    });
  tally.finish("at most the steps since the last checkpoint");
});

test("a hidden tab keeps its pace, and a sleep is no silence", async ({page, context, browser}) => {
  const run = await endlessRun(page);
  const tally = new Tally("R8", "tab hidden, tab behind another, process asleep for 12 s");
  const pace = async () => {
    const [from, start] = [await run.step(), Date.now()];
    await page.waitForTimeout(3000);
    return ((await run.step()) - from) / ((Date.now() - start) / 1000);
  };
  // headless pages are always visible: this is what a page is told when it is hidden, and shown again
  const setVisible = (isVisible: boolean) =>
    page.evaluate(
      (state) => {
        Object.defineProperty(document, "visibilityState", {get: () => state, configurable: true});
        Object.defineProperty(document, "hidden", {
          get: () => state === "hidden",
          configurable: true
        });
        document.dispatchEvent(new Event("visibilitychange"));
      },
      isVisible ? "visible" : "hidden"
    );
  // by turns, so that what else the machine does weighs on both
  for (let turn = 1; turn <= 3; ++turn)
    await tally.attempt(`hidden, ${turn}`, async () => {
      const visible = await pace();
      await setVisible(false);
      const hidden = await pace();
      await setVisible(true);
      expect(hidden).toBeGreaterThan(0);
      tally.measured("steps a second, visible", visible, "");
      tally.measured("hidden", hidden, "");
      tally.measured("share of the visible pace, hidden,", (100 * hidden) / visible, "%");
    });
  await tally.attempt("behind", async () => {
    const front = await context.newPage();
    await front.goto("404.html");
    await front.bringToFront();
    const step = await run.step();
    await run.reach(step + 20);
    await front.close();
  });
  await tally.attempt("asleep", async () => {
    const session = await browser.newBrowserCDPSession();
    const {processInfo} = await session.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({type}) => type === "renderer").map(({id}) => id);
    const step = await run.step();
    for (const id of renderers) process.kill(id, "SIGSTOP");
    await new Promise((later) => setTimeout(later, 12_000));
    for (const id of renderers) process.kill(id, "SIGCONT");
    await run.reach(step + 20);
    await expect(run.message).toBeEmpty();
  });
  tally.finish("nothing");
});
