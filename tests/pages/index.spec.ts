import type {Page} from "@playwright/test";
import {expect, longTasks, resetLongTasks, test} from "./helpers.js";
import {TrainingPage} from "./training.js";

test("the first page says what it is, with a figure before any click", async ({page}) => {
  await new TrainingPage(page).open("/");
  await expect(page.locator("h1")).toHaveText("ALBERT Observatory");
  const figure = page.getByRole("figure", {name: /^Two ideas take BERT-base/});
  await expect(figure).toContainText("109,081,344");
  await expect(figure).toContainText("11,683,584");
  const recorded = page.getByRole("figure", {name: /^Loss/});
  await expect(recorded).toContainText(/recorded run .* seed \d+ .* recipe [0-9a-f]{12}/);
  await expect(page.getByRole("figure", {name: /^Hidden pieces/})).toContainText(/n = \d+/);
});

test("Train on the first page trains, and Reset brings the recorded run back", async ({page}) => {
  const run = await new TrainingPage(page).open("/?backend=wasm");
  const figure = page.getByRole("figure", {name: /^Loss/});
  const facts = await figure.locator(".obs-facts").innerText();
  await run.button("Train").click();
  await run.reach(60);
  await expect(figure).not.toContainText("recorded");
  await run.pause();
  const losses = await run.column(/^Loss/, "mlm_loss");
  expect(losses.length).toBeGreaterThanOrEqual(60);
  expect(Math.min(...losses.slice(40))).toBeLessThan(losses[0]!);
  await page.getByText("Which device computes, and why").click();
  await expect(page.locator(".obs-device")).toContainText("Computes on wasm");
  await run.button("Reset").click();
  await expect(figure.locator(".obs-facts")).toHaveText(facts, {timeout: 30_000});
});

for (const path of ["/", "/pretrain"])
  test(`${path} starts its worker at the first move of a reader, and Train goes on with it`, async ({
    page
  }) => {
    const run = await new TrainingPage(page).open(`${path}?backend=wasm`);
    expect(page.workers()).toEqual([]);
    const started = page.waitForEvent("worker");
    await page.mouse.move(200, 200);
    const worker = await started;
    await expect(run.button("Train")).toBeEnabled(); // nothing is said of it
    await run.button("Train").click();
    await run.reach(5);
    await run.pause();
    expect(page.workers()).toContain(worker);
  });

test("an unknown backend is named on the first page too", async ({page}) => {
  await new TrainingPage(page).open("/?backend=foo");
  await expect(page.locator(".obs-refused")).toContainText('unknown backend "foo"');
});

for (const path of ["/", "/pretrain"])
  test(`${path} answers while it trains, and tells its long tasks`, async ({page, browser}) => {
    test.setTimeout(240_000);
    const run = await new TrainingPage(page).open(`${path}?backend=wasm`);
    await run.button("Train").click();
    await run.reach(20);
    // The observer counts the time on the wall, in which a loaded machine may do other things; the
    // trace counts what the thread itself worked. Both are reported; no time decides.
    await browser.startTracing(page, {categories: ["toplevel", "__metadata"]});
    await resetLongTasks(page);
    const toggle = page
      .getByRole("figure", {name: /^Loss/})
      .getByRole("button", {name: "Table", exact: true});
    for (const pressed of ["true", "false"]) {
      const from = await run.step();
      await toggle.click();
      await expect(toggle).toHaveAttribute("aria-pressed", pressed);
      await run.reach(from + 40);
    }
    const observed = await longTasks(page);
    const {long: worked, p95, count} = longWork(await browser.stopTracing());
    const acknowledged = await pauseAcknowledged(page);
    const list = (tasks: number[]) =>
      tasks.length ? `${tasks.map((ms) => Math.round(ms)).join(", ")} ms` : "none";
    const line = `${path}: tasks over 50 ms in 80 steps of training: ${list(observed)} (processor time: ${list(worked)}; 95 of 100 of its ${count} tasks under ${p95.toFixed(1)} ms); Pause acknowledged after ${acknowledged.toFixed(0)} ms`;
    test.info().annotations.push({type: "measured", description: line});
    console.log(line);
  });

/** Presses Pause; gives the ms until the line of the run says something of it. */
const pauseAcknowledged = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const status = document.querySelector("[role=status]")!;
        const pressed = performance.now();
        const look = () => {
          if (/paus/.test(status.textContent!)) resolve(performance.now() - pressed);
        };
        new MutationObserver(look).observe(status, {
          subtree: true,
          childList: true,
          characterData: true
        });
        const buttons = [...document.querySelectorAll("button")];
        buttons.find(({textContent}) => textContent === "Pause")!.click();
        look();
      })
  );

/**
 * Processor time in ms of the tasks on the main thread of a page, from a trace: of each over 50 ms, and
 * what 95 of 100 stay under.
 */
function longWork(trace: Buffer): {long: number[]; p95: number; count: number} {
  const {traceEvents} = JSON.parse(trace.toString()) as {
    traceEvents: {name: string; pid: number; tid: number; tdur?: number; args?: {name?: string}}[];
  };
  const main = new Set(
    traceEvents
      .filter(({name, args}) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({pid, tid}) => `${pid} ${tid}`)
  );
  const tasks = traceEvents.filter(
    ({name, pid, tid, tdur}) =>
      /RunTask$/.test(name) && tdur !== undefined && main.has(`${pid} ${tid}`)
  );
  expect(tasks.length, "tasks in the trace").toBeGreaterThan(0);
  const sorted = tasks.map(({tdur}) => tdur! / 1000).sort((a, b) => a - b);
  return {
    long: sorted.filter((ms) => ms > 50),
    p95: sorted[Math.floor(0.95 * sorted.length)]!,
    count: sorted.length
  };
}
