/** R3 of a sweep: one whose device or worker is lost says so and begins the run under way again, unasked. */
import {crashGraphics, expect, killWorker, test} from "./browser.js";
import {loseDevice} from "./deviceLevers.js";
import {Tally} from "./tally.js";

for (const backend of ["webgl", "webgpu", "wasm"] as const)
  test(`a sweep that loses what it computes on: ${backend}`, async ({page, browser}) => {
    test.setTimeout(900_000);
    await page.goto(`embedding?steps=12&seeds=1&backend=${backend}`);
    const panel = page.locator(".obs-sweep");
    const status = panel.locator(".obs-status");
    const message = panel.locator(".obs-controls > [role=alert]");
    await expect(status).toHaveText("0 of 5 runs");
    const begun = Date.now();
    await panel.getByRole("button", {name: "Run all"}).click();
    const beyond = (step: number) =>
      page.waitForFunction(
        (least) => {
          const line = document.querySelector(".obs-sweep .obs-status")!.textContent!;
          const message = document.querySelector(".obs-sweep [role=alert]")!.textContent!;
          if (/cannot be used/.test(message)) return "missing";
          return Number(/, step (\d+) of /.exec(line)?.[1] ?? -1) >= least && "there";
        },
        step,
        {timeout: 240_000}
      );
    const first = await (await beyond(1)).jsonValue();
    test.skip(first === "missing", (await message.textContent())!);
    const tally = new Tally("R3", `device or worker lost under a sweep on ${backend}`);
    tally.took("first step of a sweep after", (Date.now() - begun) / 1000);
    const ways: [string, () => Promise<void>][] =
      backend === "wasm"
        ? [["its worker ends", () => killWorker(page)]]
        : [
            ["graphics process killed", () => crashGraphics(browser)],
            ["device given up", () => loseDevice(page)],
            ["its worker ends", () => killWorker(page)]
          ];
    for (const [name, lose] of ways)
      await tally.attempt(name, async () => {
        await beyond(2);
        const before = await message.textContent();
        const at = Date.now();
        await lose();
        await expect(message).toContainText("; the run under way is begun again");
        if (!before) tally.took("said after", (Date.now() - at) / 1000);
        await expect(status).not.toContainText("preparing", {timeout: 60_000});
        await beyond(1);
        tally.took("trained again after", (Date.now() - at) / 1000);
      });
    await tally.attempt("its end", async () => {
      await expect(status).toContainText("5 of 5 runs · done", {timeout: 600_000});
    });
    tally.finish("the run under way, done again");
  });
