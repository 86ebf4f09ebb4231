/** R3: a card that is lost again and again is given up for the next rung of the ladder, and that is said. */
import {expect, test, type Page} from "./browser.js";
import {loseDevice} from "./deviceLevers.js";
import {tiny, TrainingPage} from "../pages/training.js";
import {Tally} from "./tally.js";

/** Put in front of the worker's script: emulated cards call themselves real, so that the ladder takes them. */
const disguise = `
if (globalThis.GPUAdapter)
  Object.defineProperty(GPUAdapter.prototype, "info", {
    get: () => ({vendor: "a card", architecture: "", device: "", description: "", isFallbackAdapter: false})
  });
{
  const {prototype} = WebGL2RenderingContext;
  const {getParameter} = prototype;
  prototype.getParameter = function (name) {
    return name === 37446 ? "a card" : getParameter.call(this, name);
  };
}
`;

/** Waits until the run takes steps on a backend. */
const trainsOn = (run: TrainingPage, backend: string) =>
  expect(run.status).toHaveText(new RegExp(`^step [1-9][\\d,]* of .* · ${backend}$`), {
    timeout: 120_000
  });

/** Loses the device of the worker that was started last; waits for the next worker. */
async function lose(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent("worker"), loseDevice(page)]);
}

test("a card that is lost four times is given up for the next, down to the processor", async ({
  page
}) => {
  test.setTimeout(900_000);
  await page.route(/vendor\/engine\.[\da-f]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({response, body: disguise + (await response.text())});
  });
  const run = new TrainingPage(page);
  await run.open(`/pretrain${tiny({steps: "100000"})}`);
  await run.button("Train").click();
  await expect(run.status).toHaveText(/^step [1-9][\d,]* of .* · \w+$/, {timeout: 120_000});
  const first = /\w+$/.exec((await run.status.textContent())!)![0];
  test.skip(first !== "webgpu", `no WebGPU here: ${first} is the first rung`);
  const tally = new Tally("R3", "card lost again and again: WebGPU, then WebGL, then WebAssembly");
  for (const [rung, next] of [
    ["webgpu", "webgl"],
    ["webgl", "wasm"]
  ] as const) {
    for (let time = 1; time <= 3; ++time)
      await tally.attempt(`${rung} is lost, ${time}`, async () => {
        await trainsOn(run, rung);
        await lose(page);
        await expect(run.message).toContainText("going on from the last checkpoint");
        await expect(run.message).not.toContainText("without");
      });
    await tally.attempt(`${rung} is given up`, async () => {
      await trainsOn(run, rung);
      await lose(page);
      await expect(run.message).toContainText(`without ${rung}, which was lost 4 times`);
      await trainsOn(run, next);
      await expect(run.message).toContainText(`without ${rung}, which was lost 4 times`);
    });
  }
  tally.finish("the steps since the last checkpoint");
});
