import type {Page} from "@playwright/test";
import {readFileSync} from "node:fs";
import {accessibilityFaults, expect, open, sidewaysScroll, test} from "./helpers.js";
import {checkSavedFigures} from "./savedFigures.js";
import {tiny} from "./training.js";

/** Presses Tab until what is in focus answers to a text; there is no other way in these tests. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < 90; ++i) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => {
      const node = document.activeElement as HTMLInputElement;
      const label = node.labels?.[0]?.textContent ?? node.ariaLabel ?? node.textContent;
      return `${node.tagName} ${label?.trim() ?? ""}`;
    });
    if (wanted.test(text)) return;
    seen.push(text);
  }
  expect(seen, `Tab never came to ${wanted}`).toContainEqual(expect.stringMatching(wanted));
}

/** Goes to the first answer, takes one further down as the prediction, and runs the experiment. */
async function predictAndRun(page: Page, first: RegExp, down: number): Promise<void> {
  await tabTo(page, first);
  await page.keyboard.press("Space");
  for (let i = 0; i < down; ++i) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  // the focus goes on to what opens, and stays there while it runs
  const focused = page.locator(":focus");
  await expect(focused).toHaveText("Run it");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", {name: "4. Try it"})).toBeVisible({timeout: 120_000});
  await expect(focused).toHaveText("Run it again");
}

const verdict = (page: Page) => page.locator(".obs-lesson-verdict");

/** The figures that came with the answer are saved like any other. */
async function saveFigures(page: Page, path: string): Promise<void> {
  expect(await checkSavedFigures(page, path), path).not.toEqual([]);
}

test("a lesson keeps what is ticked and typed where the page gets another width", async ({
  page
}) => {
  for (const lesson of ["masks", "sharing", "reason"]) {
    await page.setViewportSize({width: 1280, height: 900});
    await open(page, `/lessons/${lesson}`);
    const radio = page.locator(".obs-lesson input[type=radio]").first();
    await radio.check();
    await page.setViewportSize({width: 700, height: 900});
    await page.waitForTimeout(500);
    await expect(radio).toBeChecked();
    await page.getByRole("button", {name: "This is my prediction"}).click();
    await expect(page.getByRole("button", {name: "Run it"})).toBeVisible();
  }
});

test("what a mask teaches: by keyboard alone, checked by the model that was trained", async ({
  page
}) => {
  test.setTimeout(240_000);
  const query = tiny({steps: "40", "tokenizer.vocab_size": "300", "batch.sequence_length": "40"});
  await open(page, `/lessons/masks${query}&backend=wasm`);
  await expect(page.getByRole("heading", {name: "2. Run"})).not.toBeVisible();
  await predictAndRun(page, /^INPUT the commonest words/, 1);
  await expect(page.locator(".obs-lesson-outcome")).toContainText("of the common words");
  await tabTo(page, /^TEXTAREA/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("no gap at all");
  await tabTo(page, /^BUTTON Check/);
  await page.keyboard.press("Enter");
  await expect(page.locator(".obs-lesson-step > [role=alert]")).toContainText(
    "your sentence holds 0 [MASK] (expected exactly one)"
  );
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("The farmer saw the [MASK].");
  await tabTo(page, /^BUTTON Check/);
  await page.keyboard.press("Enter");
  await expect(verdict(page)).toContainText(/Its first guess is “.+”, with \d+%/);
  await saveFigures(page, "/lessons/masks");
});

test("twelve layers: a shape is built by keyboard and weighed here", async ({page}) => {
  test.setTimeout(240_000);
  await open(page, "/lessons/sharing?backend=wasm");
  await predictAndRun(page, /^INPUT twelve times to store/, 1);
  await expect(page.locator(".obs-lesson-outcome")).toContainText(
    "Twelve shared layers store 1.00 times what one layer does"
  );
  await tabTo(page, /^INPUT layers$/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("24");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("124");
  await tabTo(page, /^INPUT layers share/);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await expect(verdict(page)).toContainText(/Yours stores \d+,\d+ numbers, the one layer/, {
    timeout: 120_000
  });

  await saveFigures(page, "/lessons/sharing");

  // the answers stay, and travel as a file
  await open(page, "/lessons/");
  const row = page.locator("tbody tr", {hasText: "Why do twelve layers"});
  await expect(row).toContainText(/measured|solved/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", {name: "Save my answers (JSON)"}).click()
  ]);
  expect(JSON.parse(readFileSync(await download.path(), "utf8"))).toMatchObject({
    version: 1,
    lessons: {sharing: {prediction: "time"}}
  });
});

test("is this attention a reason: the head that is missed most, found by keyboard", async ({
  page
}) => {
  test.setTimeout(240_000);
  await open(page, "/lessons/reason?backend=wasm");
  await predictAndRun(page, /^INPUT loses more than half/, 0);
  await expect(page.locator(".obs-lesson-outcome")).toContainText("looks hardest");
  for (const width of [1280, 360]) {
    await page.setViewportSize({width, height: 900});
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  const verdicts: string[] = [];
  for (const head of ["1", "2", "3", "4"]) {
    await page.getByLabel("head", {exact: true}).focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(head);
    await page.keyboard.press("Enter");
    await expect(verdict(page)).toContainText(`head ${head} moves the guess`);
    verdicts.push((await verdict(page).textContent())!);
  }
  expect(verdicts.filter((text) => text.startsWith("✓ Right."))).toHaveLength(1);
  await saveFigures(page, "/lessons/reason");
});
