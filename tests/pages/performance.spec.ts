import {expect, open, test} from "./helpers.js";

test("shows the recorded tables and one step taken apart", async ({page}) => {
  await open(page, "/performance");
  const figures = page.locator("figure");
  await expect(figures).toHaveCount(5);
  await expect(
    page.getByRole("img", {name: /^milliseconds of a step grow with depth to the power/})
  ).toBeVisible();
  await expect(page.getByRole("img", {name: /^milliseconds, median: plan/})).toBeVisible();
  await expect(page.getByRole("img", {name: /^a training step in order; forward/})).toBeVisible();
  await page.getByLabel("a forward pass").check();
  await expect(figures.first()).toContainText("A forward pass of the");
});

test("measures here, stops when told to, and takes a step apart", async ({page}) => {
  test.setTimeout(400_000);
  await open(page, "/performance?backend=wasm");
  const [start, stop] = [
    page.getByRole("button", {name: "Measure here", exact: true}),
    page.getByRole("button", {name: "Stop"}).first()
  ];
  await start.click();
  const status = page.locator(".status").first();
  await expect(status).toContainText(/round|warming/, {timeout: 60_000});
  await stop.click();
  await expect(status).toHaveText("stopped", {timeout: 60_000});
  await start.click();
  await expect(status).toHaveText("done · wasm", {timeout: 240_000});
  await expect(page.getByText(/^A training step here: /)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: "json", exact: true}).click();
  expect((await download).suggestedFilename()).toBe("benchmark-phone.json");
  await page.getByRole("button", {name: "Take a step apart here", exact: true}).click();
  const [, apart] = await page.locator(".status").all();
  await expect(apart!).toHaveText("done · wasm", {timeout: 60_000});
  const figures = page.locator("figure", {hasText: /\d+ instructions, .*this browser/});
  await expect(figures).toHaveCount(1);
});
