/** R3: a device that is lost, however, is said at once, and the run goes on from its last checkpoint. */
import {tinyRecipe} from "../pages/training.js";
import {crashGraphics, expect, test, type Page} from "./browser.js";
import {compiling, holdMessages, loseDevice, saving} from "./deviceLevers.js";
import {Tally} from "./tally.js";

const steps = 100_000;

declare global {
  interface Window {
    /** What the page said, newest last: milliseconds since the epoch, status line, message. */
    said: [at: number, status: string, message: string][];
  }
}

/** Opens the page that trains and notes everything it says. */
async function openTraining(page: Page, backend: string): Promise<void> {
  const query = new URLSearchParams({
    ...tinyRecipe,
    backend,
    steps: String(steps),
    "capture.checkpoint_every": "4"
  });
  await page.goto(`pretrain?${query}`);
  await expect(page.getByRole("status")).toHaveText(/^step 0 of /, {timeout: 60_000});
  await page.evaluate(() => {
    window.said = [];
    const note = () => {
      const text = (selector: string) => document.querySelector(selector)?.textContent ?? "";
      window.said.push([Date.now(), text("[role=status]"), text(".obs-run .obs-error")]);
    };
    const run = document.querySelector(".obs-run")!;
    new MutationObserver(note).observe(run, {
      subtree: true,
      childList: true,
      characterData: true
    });
  });
}

/** Waits until the run stands at a step or beyond. */
async function atStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction(
    (least) =>
      Number(/^step (\d+)/.exec(document.querySelector("[role=status]")!.textContent!)?.[1]) >=
      least,
    step,
    {polling: 20, timeout: 240_000}
  );
}

async function pressTrain(page: Page): Promise<void> {
  const train = page.getByRole("button", {name: "Train", exact: true});
  await Promise.all([page.waitForEvent("worker"), train.click()]);
}

/** Loses the device and waits until the run goes on, on whatever passes the self-test then. */
async function loseAndRecover(
  page: Page,
  lose: () => Promise<void>,
  backend: string,
  tally: Tally
): Promise<void> {
  await page.evaluate(() => (window.said = []));
  const killed = Date.now();
  await lose();
  const handle = await page.waitForFunction(
    (name) => {
      // the words of a loss before this one may still stand: the backend's name goes with its device
      const lost = window.said.findIndex(
        ([, line, message]) => /going on from/.test(message) && !line.includes(` · ${name}`)
      );
      if (lost < 0) return null;
      // while it trains the line ends with the backend: first where it stands, then each step
      const steps = window.said.slice(lost).flatMap(([at, line]) => {
        const step = /^step (\d+) of .* · (webgpu|webgl|wasm|cpu)$/.exec(line)?.[1];
        return step === undefined ? [] : [{at, step: Number(step)}];
      });
      const next = steps.find(({step}) => step > steps[0]!.step);
      return next ? [window.said[lost]![0], steps[0]!.at, next.at] : null;
    },
    backend,
    {timeout: 240_000}
  );
  const [lost, back, next] = (await handle.jsonValue())!;
  tally.took("said after", (lost! - killed) / 1000);
  tally.took("trained again after", (back! - killed) / 1000);
  tally.took("next step done after", (next! - killed) / 1000);
}

for (const backend of ["webgl", "webgpu"] as const)
  test(`a graphics process that dies under ${backend}`, async ({context, browser}) => {
    test.setTimeout(900_000);
    const training = await context.newPage();
    await openTraining(training, backend);
    await pressTrain(training);
    await training.waitForFunction(
      () =>
        /^step [1-9]/.test(document.querySelector("[role=status]")!.textContent!) ||
        document.querySelector(".obs-run .obs-error")!.textContent !== "",
      null,
      {timeout: 240_000}
    );
    const refusal = await training.locator(".obs-run .obs-error").innerText();
    test.skip(/cannot be used/.test(refusal), refusal);
    const tally = new Tally("R3", `device lost under ${backend}: process killed, or given up`);
    const kill = () => crashGraphics(browser);
    for (const step of [1, 17, 100])
      await tally.attempt(`at step ${step}`, async () => {
        await atStep(training, step);
        await loseAndRecover(training, kill, backend, tally);
      });
    await tally.attempt("while it saves", async () => {
      await saving(training);
      await loseAndRecover(training, kill, backend, tally);
    });
    await tally.attempt("given up in a step", () =>
      loseAndRecover(training, () => loseDevice(training), backend, tally)
    );
    await training.close();
    await tally.attempt("while the self-test compiles", async () => {
      const page = await context.newPage();
      await holdMessages(page);
      await openTraining(page, backend);
      await pressTrain(page);
      await compiling(page);
      await loseAndRecover(page, kill, backend, tally);
      await page.close();
    });
    tally.finish("at most the steps since the last checkpoint, done again");
  });
