import {accessibilityFaults, expect, longTasks, open, resetLongTasks, test} from "./helpers.js";
import {diverging} from "./training.js";

const status = "[role=group][aria-label=training] [role=status]";

test("shows a recorded run before anyone presses Train", async ({page}) => {
  await open(page, "/finetune");
  await expect(page.locator(".obs-confusion svg")).toBeVisible();
  await expect(page.getByRole("row", {name: /bag of words/})).toContainText("75.8");
  await expect(page.locator(".obs-errors li:visible")).toHaveCount(6);
  await expect(page.locator(status)).toContainText("nothing trained yet");
  await expect(
    page.getByRole("figure", {name: "The best weights beside honest baselines"})
  ).toContainText(/seed \d+.*\[95% Wilson interval\]/);
});

test("trains, pauses, goes on, answers, and starts again", async ({page}) => {
  await open(page, "/finetune?backend=wasm");
  await page.getByLabel("Training rows", {exact: true}).selectOption("250");
  const train = page.getByRole("button", {name: "Train", exact: true});
  const pause = page.getByRole("button", {name: "Pause"});
  await page.getByRole("button", {name: "Step", exact: true}).click();
  await expect(page.locator(status)).toContainText(/step 1 of 35/);
  await resetLongTasks(page);
  await train.click();
  await expect(page.locator(status)).toContainText(/step ([2-9]|\d\d) of 35/);
  if (await pause.isEnabled()) await pause.click();
  await expect(page.locator(status)).toContainText(/paused|done/);
  if (await train.isEnabled()) await train.click();
  await expect(page.locator(status)).toContainText("step 35 of 35", {timeout: 60_000});
  await expect(page.locator(status)).toContainText("done", {timeout: 60_000});
  await expect(page.locator("body")).toContainText("n = 63 dev rows");
  const longest = Math.max(0, ...(await longTasks(page)));
  console.log(`longest task of the page in 35 steps of fine-tuning: ${Math.round(longest)} ms`);
  await page.getByLabel("Sentence", {exact: true}).fill("Mara loved the garden.");
  await expect(page.locator(".obs-bar-row")).toHaveCount(2);
  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: /Save the model/}).click();
  expect((await download).suggestedFilename()).toBe("albert-sst2.zip");
  await page.getByRole("button", {name: "Reset"}).click();
  await expect(page.locator(status)).toContainText("nothing trained yet");
  await expect(train).toBeEnabled();
});

test("goes on by itself after its worker has died, and after a reload where it stood", async ({
  page
}) => {
  test.slow(); // it begins three times
  await open(page, "/finetune?backend=wasm&rows=250&steps=2000&capture.evaluate_every=500");
  const train = page.getByRole("button", {name: "Train", exact: true});
  const pause = page.getByRole("button", {name: "Pause"});
  const stepShown = async () =>
    Number(/^step (\d+) of 2000/.exec(await page.locator(status).innerText())?.[1] ?? 0);
  await train.click();
  await expect.poll(stepShown, {timeout: 60_000}).toBeGreaterThan(30);
  await page
    .workers()[0]!
    .evaluate(() => self.close())
    .catch(() => undefined);
  const message = page.locator(".obs-run [role=alert]");
  await expect(message).toHaveText("the worker has ended; going on from the last checkpoint");
  const least = await stepShown();
  await expect.poll(stepShown, {timeout: 60_000}).toBeGreaterThan(Math.max(30, least));
  await pause.click();
  await expect(page.locator(status)).toContainText("paused", {timeout: 60_000});
  const step = await stepShown();
  await page.reload();
  await expect(page.locator(".obs-restore")).toContainText(`at step ${step} of 2,000`);
  await page.getByRole("button", {name: "Continue it"}).click();
  await expect.poll(stepShown, {timeout: 60_000}).toBeGreaterThan(step);
  await expect(page.locator(".obs-restore")).toBeHidden();
});

test("a run that diverges goes on at half the rate from its last checkpoint", async ({page}) => {
  const query = new URLSearchParams({...diverging, rows: "250", steps: "40"});
  query.delete("capture.checkpoint_every");
  query.set("capture.evaluate_every", "10");
  await open(page, `/finetune?${query}&backend=wasm`);
  const offer = page.locator(".obs-slower button");
  const message = page.locator(".obs-run [role=alert]").first();
  await expect(offer).toBeHidden();
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(message).toContainText("the weights before it are kept", {timeout: 60_000});
  await expect(offer).toHaveText(/^Go on from step \d+ at half the learning rate \(0\.5\)$/);
  expect(await accessibilityFaults(page)).toEqual([]);
  const step = async () =>
    Number(/^step (\d+) of 40/.exec(await page.locator(status).innerText())?.[1] ?? 0);
  const stopped = await step();
  await offer.press("Enter");
  // weights that grow by half where they doubled last longer
  await expect.poll(step, {timeout: 60_000}).toBeGreaterThan(stopped);
  await expect(page.getByLabel("learning rate", {exact: true})).toHaveValue("0.5");
  await expect(page).toHaveURL(/learning_rate=0\.5/);
});

test("marks entities in the reader's own text", async ({page}) => {
  test.slow(); // it trains for 155 steps
  await open(page, "/finetune?backend=wasm");
  await page.getByLabel("Task", {exact: true}).selectOption("ner");
  await page.getByLabel("Training rows", {exact: true}).selectOption("1000");
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(page.locator(status)).toContainText("done", {timeout: 240_000});
  await expect(page.locator("body")).toContainText("Entities found, by type");
  await page.getByLabel("Sentence", {exact: true}).fill("Mara went to Brennick with Ada.");
  await expect(page.locator(".obs-marked mark").first()).toBeVisible();
});

test("takes a file of the reader's and names the line that is wrong", async ({page}) => {
  await open(page, "/finetune?backend=wasm");
  await page.getByRole("radio", {name: "files of yours"}).check();
  const give = (text: string) =>
    page.getByLabel("choose the training file").setInputFiles({
      name: "mine.tsv",
      mimeType: "text/plain",
      buffer: Buffer.from(text)
    });
  const train = page.getByRole("button", {name: "Train", exact: true});
  await train.click();
  await expect(page.locator(".obs-run [role=alert]")).toContainText("no rows yet");
  const rows = Array.from(
    {length: 40},
    (_, i) => `the film is ${i % 2 ? "dull" : "fine"}\t${i % 2}\n`
  );
  await give(`sentence\tlabel\n${rows.join("")}fine\t7\n`);
  await train.click();
  await expect(page.locator(".obs-run [role=alert]")).toHaveText(/mine.tsv: line 42: label '7'/);
  await give(`sentence\tlabel\n${rows.join("")}`);
  await train.click();
  await expect(page.locator(status)).toContainText("done");
  await expect(page.locator("body")).toContainText("6 of 40 examples held out");
});

test("reads rows at an address, and says why where it cannot", async ({page, baseURL, watch}) => {
  watch.allow(/404|Failed to load resource/);
  await open(page, "/finetune?backend=wasm");
  await page.getByLabel("Task", {exact: true}).selectOption("classification");
  await page.getByRole("radio", {name: "at an address"}).check();
  const train = page.getByRole("button", {name: "Train", exact: true});
  const address = page.getByLabel("Training file", {exact: true});
  await train.click();
  await expect(page.locator(".obs-run [role=alert]")).toContainText("no rows yet");
  await address.fill(new URL("nowhere.csv", baseURL).href);
  await address.blur();
  await train.click();
  await expect(page.locator(".obs-run [role=alert]")).toContainText(
    "nowhere.csv: the server answered 404"
  );
  const rows = Array.from(
    {length: 40},
    (_, i) => `the film is ${i % 2 ? "dull,bad" : "fine,good"}`
  );
  await page
    .context()
    .route("**/rows.csv", (route) =>
      route.fulfill({body: `what,opinion\n${rows.join("\n")}\n`, contentType: "text/csv"})
    );
  await address.fill(new URL("rows.csv", baseURL).href);
  await address.blur();
  await page.getByRole("button", {name: "Read its columns"}).click();
  await expect(page.getByText("Columns: what, opinion")).toBeVisible();
  await page.getByLabel("Text column").fill("what");
  await page.getByLabel("Label column").fill("opinion");
  await train.click();
  await expect(page.locator(status)).toContainText("done", {timeout: 60_000});
  await expect(page.locator("body")).toContainText("6 of 40 examples held out");
});

test("a model of two languages is asked for translations while it trains, and stops", async ({
  page
}) => {
  await open(page, "/finetune?backend=wasm");
  await page.getByRole("radio", {name: "25%"}).check();
  await page.getByRole("button", {name: "Train on both"}).click();
  const figure = page.getByRole("figure", {name: /Translations found first/});
  await expect(figure).toContainText("n = 200 sentences", {timeout: 60_000});
  await page.getByRole("button", {name: "Stop", exact: true}).click();
  await expect(page.getByText("stopped", {exact: true})).toBeVisible({timeout: 30_000});
  await figure.getByRole("button", {name: "Table"}).click();
  await expect(figure.getByRole("table")).toContainText("25% parallel");
});

test("similarity reads two texts apart where the recipe says so", async ({page}) => {
  await open(
    page,
    "/finetune?backend=wasm&task=stsb&rows=250&text_pairs=late_interaction&steps=3&batch.size=8"
  );
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(page.locator(status)).toContainText("done", {timeout: 60_000});
  await expect(page.locator("main")).toContainText("alignment.importance.weight");
  await expect(page.getByRole("row", {name: /word overlap/})).toBeVisible();
  // The link names a task of two texts: the reader is asked about two.
  await expect(page.getByText(/on the scale of the training rows/)).toBeVisible();
});

test("goes on pretraining with the reader's text, and compares before with after", async ({
  page
}) => {
  test.slow(); // six short runs of the task
  await open(page, "/finetune?backend=wasm&rows=250&steps=4");
  await page.getByRole("button", {name: "Go on pretraining"}).click();
  await expect(page.getByText("no text yet: give a file of your domain's text")).toBeVisible();
  const lines = Array.from(
    {length: 900},
    (_, i) => `The court of case ${i} held that clause ${i % 11} of the contract is void.`
  );
  await page.getByLabel("choose the text of your domain").setInputFiles({
    name: "law.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(lines.join("\n"))
  });
  await page.getByLabel("Steps on it").selectOption("100");
  await page.getByRole("radio", {name: "3 seeds"}).check();
  await page.getByRole("button", {name: "Go on pretraining"}).click();
  const change = page.getByRole("figure", {name: /Going on .* law.txt/});
  await expect(change).toBeVisible({timeout: 120_000});
  const row = (name: RegExp) => change.getByRole("row", {name});
  await expect(row(/masked-LM loss, law.txt/)).toContainText(/−\d\.\d{3} to −\d\.\d{3}/);
  await expect(row(/the generated language/)).toBeVisible();
  await expect(row(/SST-2, accuracy/)).toContainText(/3$/);
  const download = page.waitForEvent("download");
  await page.locator("#text-of-your-domain ~ * .obs-save button").first().click();
  expect((await download).suggestedFilename()).toBe("albert-domain.zip");
  await page.getByRole("button", {name: "Start from it above"}).click();
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(page.locator(status)).toContainText("done", {timeout: 60_000});
  await expect(page.locator("main")).toContainText(", after law.txt");
});
