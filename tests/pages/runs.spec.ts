import {mkdtemp, mkdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import type {Page} from "@playwright/test";
import {unzipSync} from "fflate";
import {accessibilityFaults, doubleClick, expect, open, sidewaysScroll, test} from "./helpers.js";

/** A run of a second or two on the compiled plan. */
const small = [
  "backend=wasm&steps=60&capture.checkpoint_every=20&capture.evaluate_every=30",
  "model.embedding_size=8&model.hidden_size=16&model.num_attention_heads=2",
  "model.intermediate_size=32&corpus.generate.documents=60&tokenizer.vocab_size=300",
  "schedule.warmup_steps=5"
].join("&");

const status = (page: Page) => page.locator("[role=status]").first();
const rows = (page: Page) => page.locator(".obs-runs tbody tr");

async function train(page: Page, query: string): Promise<void> {
  await open(page, `/pretrain?${small}${query}`);
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(status(page)).toContainText("done", {timeout: 60_000});
}

test("an empty browser says that there is no run yet", async ({page}) => {
  await open(page, "/runs");
  await expect(page.getByText("No run is kept yet")).toBeVisible();
  await expect(page.getByRole("button", {name: "Save all runs"})).toBeDisabled();
  await expect(page.getByText("no run of yours yet: the recorded run")).toBeVisible();
  await expect(page.locator(".obs-loss").first().locator("path.obs-smooth")).toHaveCount(1);
  await page.getByRole("radio", {name: "held-out accuracy"}).check();
  await expect(page.locator(".obs-loss").first()).toContainText("hidden pieces guessed right (%)");
  await page.locator("main").getByRole("link", {name: "Pretrain"}).first().click();
  await expect(page).toHaveURL(/pretrain/);
});

test("runs are listed, drawn, compared, named, branched, deleted, saved and brought back", async ({
  page
}) => {
  await train(page, "");
  await train(page, "&optimizer.learning_rate=0.02");
  await open(page, "/runs");
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("learning rate 0.02");
  await expect(rows(page).first()).not.toContainText("hidden size");
  await expect(page.locator(".obs-loss").first().locator("path.obs-smooth")).toHaveCount(2);
  await expect(page.locator(".obs-compare")).toContainText(/learning rate 0\.02 against 0\.0\d+/);
  await rows(page).first().getByRole("checkbox").uncheck();
  await expect(page.locator(".obs-loss").first().locator("path.obs-smooth")).toHaveCount(1);
  await expect(page.getByText("Two runs are needed for a comparison.")).toBeVisible();

  // what a reader writes stays text
  const name = "<img src=x onerror=alert(1)> fast";
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Tags").fill("a, b, a");
  await page.getByLabel("Notes").fill("the better one");
  await page.getByLabel("Notes").blur();
  await expect(rows(page).first().getByRole("button")).toHaveText(name);
  await expect(rows(page).first()).toContainText("a, b");
  expect(await page.locator("main img").count()).toBe(0);

  await page.getByRole("spinbutton", {name: "to step"}).fill("80");
  await page.locator(".obs-run-branch select").selectOption("40");
  await page.getByRole("button", {name: "Branch"}).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).first()).toContainText("step 40");
  await expect(rows(page).first()).toContainText("40 of 80");

  for (const width of [1280, 360]) {
    await page.setViewportSize({width, height: 900});
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  }

  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: "Save all runs"}).click();
  const archive = new Uint8Array(await readFile(await (await download).path()));
  const files = Object.keys(unzipSync(archive));
  expect(files.filter((file) => file.endsWith("/recipe.json"))).toHaveLength(3);
  expect(files.filter((file) => file.endsWith("/model/model.safetensors"))).toHaveLength(3);

  await page.getByRole("button", {name: "Delete it"}).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", {name: /^bring .* back$/}).click();
  await expect(rows(page)).toHaveCount(3);
  for (let left = 2; left >= 0; --left) {
    await page.getByRole("button", {name: "Delete it"}).click();
    await expect(rows(page)).toHaveCount(left);
    await page.getByRole("button", {name: /^remove .* for good$/}).click();
  }
  await expect(page.getByText("No run is kept yet")).toBeVisible();

  // a zip, then a directory
  const folder = await mkdtemp(join(tmpdir(), "albert-runs-"));
  try {
    await writeFile(join(folder, "runs.zip"), archive);
    await page.getByLabel("choose archives").setInputFiles(join(folder, "runs.zip"));
    await expect(status(page)).toContainText("3 runs were imported");
    await expect(rows(page)).toHaveCount(3);
    await expect(page.getByRole("button", {name})).toBeVisible();
    const one = Object.entries(unzipSync(archive)).filter(([path]) =>
      path.startsWith(files[0]!.split("/")[0]!)
    );
    for (const [path, bytes] of one) {
      await mkdir(dirname(join(folder, "unpacked", path)), {recursive: true});
      await writeFile(join(folder, "unpacked", path), bytes);
    }
    await page.getByLabel("choose a run directory").setInputFiles(join(folder, "unpacked"));
    await expect(rows(page)).toHaveCount(4);
    await writeFile(join(folder, "bad.zip"), "not a zip");
    await page.getByLabel("choose archives").setInputFiles(join(folder, "bad.zip"));
    await expect(status(page)).toContainText("bad.zip: no recipe.json");
    await expect(rows(page)).toHaveCount(4);
  } finally {
    await rm(folder, {recursive: true});
  }

  // a double click does once what one click does, whatever has moved under the pointer meanwhile
  for (const left of [3, 2]) {
    await page.getByRole("button", {name: "Delete it"}).click();
    await expect(rows(page)).toHaveCount(left);
  }
  const removing = page.getByRole("button", {name: /^remove .* for good$/});
  await doubleClick(page, removing.first(), () => expect(removing).toHaveCount(1));
  const said = page.getByText(/^removed for good: /);
  await expect(said).toBeVisible();
  const branching = page.getByRole("button", {name: "Branch"});
  await doubleClick(page, branching, () => expect(rows(page)).toHaveCount(3));
  let saved = 0;
  page.on("download", () => ++saved);
  await page.getByRole("button", {name: "Save all runs"}).dblclick();
  // one thing is done after the other: a second branch or archive would be there before this
  await page.getByRole("button", {name: /^bring .* back$/}).click();
  await expect(rows(page)).toHaveCount(4);
  expect(saved).toBe(1);

  // the branch goes on where it stood
  await rows(page).filter({hasText: "40 of 80"}).first().getByRole("button").click();
  await page.getByRole("link", {name: "Go on with it"}).click();
  await expect(page.locator(".obs-restore")).toContainText("at step 40 of 80");
  await page.getByRole("button", {name: "Continue it"}).click();
  await expect(status(page)).toContainText("step 80 of 80", {timeout: 60_000});
});

test("a worker that dies is replaced and the run goes on from its checkpoint", async ({page}) => {
  const long = small.replace("steps=60", "steps=1000");
  await open(page, `/pretrain?${long}`);
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(status(page)).toContainText(/step [2-9]\d\d of/, {timeout: 60_000});
  await page
    .workers()[0]!
    .evaluate(() => self.close())
    .catch(() => undefined);
  await expect(page.locator("p.obs-error[role=alert]").first()).toContainText(
    "going on from the last checkpoint",
    {timeout: 5_000}
  );
  await expect(status(page)).toContainText("done", {timeout: 60_000});
  await open(page, "/runs");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("1,000");
});

test("of two tabs only one writes a run, and the other can take it over", async ({page}) => {
  const long = small.replace("steps=60", "steps=100000");
  await open(page, `/pretrain?${long}`);
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(status(page)).toContainText(/step \d{2,} of/, {timeout: 60_000});
  const other = await page.context().newPage();
  await other.addInitScript(() => {
    const seen = globalThis as {figureWithoutNote?: boolean};
    const isThere = (what: string) => document.querySelector(what) !== null;
    new MutationObserver(() => {
      if (isThere("figure.obs-figure svg"))
        seen.figureWithoutNote ??= !isThere(".obs-restore:not([hidden])");
    }).observe(document, {subtree: true, childList: true});
  });
  await open(other, "/pretrain");
  await expect(other.locator(".obs-restore")).toContainText("It is open in another tab.");
  // no figure is drawn before it is said
  await expect(other.locator("figure.obs-figure svg").first()).toBeVisible();
  const seen = () => (globalThis as {figureWithoutNote?: boolean}).figureWithoutNote;
  expect(await other.evaluate(seen)).toBe(false);
  await other.getByRole("button", {name: "Show it here"}).click();
  await expect(other.locator("p.obs-error[role=alert]").first()).toContainText(
    "this run is open in another tab"
  );
  await other.reload();
  await other.getByRole("button", {name: "Take it over"}).click();
  await expect(page.locator("p.obs-error[role=alert]").first()).toContainText(
    "another tab has taken this run over"
  );
  await expect(status(page)).toContainText("paused");
  await expect(status(other)).toContainText(/step \d+ of 100,?000/);
  // who waits hears of the end, without loading the page anew
  await open(page, "/pretrain");
  const waiting = page.locator(".obs-restore");
  await expect(waiting).toContainText("It is open in another tab.");
  await other.close();
  await expect(waiting.getByRole("button")).toHaveText(["Continue it"]);
  await expect(waiting).not.toContainText("another tab");
});

for (const [backend, lost] of [
  ["webgl", /the WebGL context was lost; going on from the last checkpoint/],
  ["webgpu", /the WebGPU device was lost \(.*\); going on from the last checkpoint/]
] as const)
  test(`a graphics process that crashes is said, and the run goes on from its checkpoint (${backend})`, async ({
    page,
    browser
  }) => {
    test.setTimeout(300_000);
    const query = small
      .replace("backend=wasm", `backend=${backend}`)
      .replace("every=20", "every=10")
      .replace("steps=60", "steps=90");
    await open(page, `/pretrain?${query}`);
    await page.getByRole("button", {name: "Train", exact: true}).click();
    await expect(status(page)).toContainText(/step [1-9]\d+ of/, {timeout: 120_000});
    const session = await browser.newBrowserCDPSession();
    // the command is never answered: what would answer is what it kills
    void session.send("Browser.crashGpuProcess").catch(() => undefined);
    await expect(page.locator("p.obs-error[role=alert]").first()).toContainText(lost, {
      timeout: 15_000
    });
    await expect(status(page)).toContainText("done", {timeout: 150_000});
  });
