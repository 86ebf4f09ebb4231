/** R3 of fine-tuning: a device that is lost is said at once, and the run ends as if it never had been. */
import {crashGraphics, engineScript, expect, test} from "./browser.js";
import {loseDevice, saving} from "./deviceLevers.js";
import {Tally} from "./tally.js";
import {tinyModelFiles} from "./tinyModelFiles.js";

const steps = 60;
const recipe = {
  batch: {size: 5, sequence_length: 40},
  optimizer: {learning_rate: 0.01},
  capture: {evaluate_every: 20},
  steps,
  seed: 5
};
for (const backend of ["webgl", "webgpu"] as const)
  test(`a graphics card that is lost under fine-tuning on ${backend}`, async ({
    context,
    browser
  }) => {
    test.setTimeout(900_000);
    await context.addInitScript({content: await engineScript()});
    const page = await context.newPage();
    await page.goto("404.html");
    const begin = () =>
      page.evaluate(([b, f, r]) => albert.tuning.begin(b, f, r), [
        backend,
        tinyModelFiles,
        recipe
      ] as const);
    const reach = (step: number) => page.evaluate((at) => albert.tuning.reach(at), step);
    const finish = async () => {
      const standing = await reach(steps);
      expect(standing, standing.message ?? "").toMatchObject({step: steps});
      await page.evaluate(() => albert.tuning.reach());
      const digest = await page.evaluate(() => albert.tuning.digest());
      await page.evaluate(() => albert.tuning.clear());
      return digest;
    };
    await begin();
    const first = await reach(1);
    test.skip(/cannot be used/.test(first.message ?? ""), first.message ?? "");
    const expected = await finish();
    const tally = new Tally("R3", `device lost under fine-tuning on ${backend}`);
    const kill = () => crashGraphics(browser);
    const loseAndRecover = async (lose: () => Promise<void>) => {
      await page.evaluate(() => albert.tuning.watch());
      const at = Date.now();
      await lose();
      const handle = await page.waitForFunction(() => albert.tuning.recovery(), null, {
        timeout: 240_000
      });
      const [said, again, next] = (await handle.jsonValue())!;
      tally.took("said after", (said - at) / 1000);
      tally.took("trained again after", (again - at) / 1000);
      tally.took("next step done after", (next - at) / 1000);
    };
    await begin();
    for (const step of [1, 17])
      await tally.attempt(`killed at step ${step}`, async () => {
        await reach(step);
        await loseAndRecover(kill);
      });
    await tally.attempt("killed while it saves", async () => {
      await saving(page);
      await loseAndRecover(kill);
    });
    await tally.attempt("given up in a step after a save", async () => {
      await reach(30);
      await loseAndRecover(() => loseDevice(page));
    });
    await tally.attempt("its end", async () => expect(await finish()).toBe(expected));
    tally.finish("nothing: at most the steps since the last checkpoint done again");
  });
