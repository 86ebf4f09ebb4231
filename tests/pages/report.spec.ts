import {mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import type {Browser, Page} from "@playwright/test";
import {attacks} from "../components/attacks.js";
import {accessibilityFaults, expect, open, sidewaysScroll, test} from "./helpers.js";

/** Width of the text on A4 between the file's margins of 16 mm, in CSS pixels. */
const a4 = Math.floor(((210 - 2 * 16) / 25.4) * 96);

/** Chooses "Add to report" in the menu of a figure; gives its title. */
async function collect(page: Page, path: string, name: string): Promise<string> {
  await open(page, path);
  const figure = page.locator(`figure.obs-figure[data-name="${name}"]`);
  const title = await figure.locator(".obs-title").innerText();
  await figure.locator("summary", {hasText: "Save"}).click();
  await figure.getByRole("button", {name: "Add to report"}).click();
  await expect(figure).toContainText("Added to your report");
  return title;
}

/**
 * Opens a saved report from the disk, as a reader would, with its scripts on and off.
 *
 * @param check what must hold of the opened file
 */
async function openedFromDisk(
  browser: Browser,
  html: string,
  check: (reader: Page) => Promise<void>
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "albert-report-"));
  const path = join(folder, "report.html");
  await writeFile(path, html);
  try {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({javaScriptEnabled, offline: true});
      const reader = await context.newPage();
      const unwanted: string[] = [];
      reader.on("dialog", (dialog) => {
        unwanted.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      reader.on("pageerror", ({message}) => unwanted.push(message));
      reader.on("request", (request) => {
        if (!/^(file|data|blob):/.test(request.url())) unwanted.push(request.url());
      });
      await reader.goto(pathToFileURL(path).href);
      await check(reader);
      await reader.setViewportSize({width: a4, height: 990});
      await reader.emulateMedia({media: "print"});
      expect(await sidewaysScroll(reader), "wider than A4").toBe(0);
      expect(unwanted).toEqual([]);
      await context.close();
    }
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

const preview = (page: Page) => page.locator(".report-preview");

test("figures of two pages and the reader's words become a file that stands alone", async ({
  page,
  browser
}) => {
  const first = await collect(page, "/", "loss-falls-from-guessing-by-frequency-towards-knowing");
  const second = await collect(page, "/embedding", "cut-or-narrow");
  await open(page, "/report");
  const titles = preview(page).locator("figure h3");
  await expect(titles).toHaveText([first, second]);

  await page.getByRole("button", {name: "Write"}).click();
  await expect(page.getByLabel("your words, in Markdown")).toBeFocused();
  await page.keyboard.type("## Why\n\nBecause *so*. <b>no</b>");
  await expect(preview(page).locator("em")).toHaveText("so");
  await expect(preview(page)).toContainText("<b>no</b>");
  await page.getByRole("button", {name: `move ${second.slice(0, 60)} up`}).click();
  await expect(titles.first()).toHaveText(second);
  await page.getByRole("button", {name: `remove ${first.slice(0, 60)}`}).click();
  await expect(preview(page).locator("figure")).toHaveCount(1);
  await page.getByRole("button", {name: /^Undo: removed/}).click();
  await expect(preview(page).locator("figure")).toHaveCount(2);
  await page.getByLabel("Title").fill("Two findings");
  await expect(preview(page).locator(".report-title")).toHaveText("Two findings");
  expect(await accessibilityFaults(page)).toEqual([]);

  const waiting = page.waitForEvent("download");
  await page.getByRole("button", {name: "Save as HTML"}).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("two-findings.html");
  const file = await readFile(await download.path(), "utf8");

  // read with scripts off and no network
  const context = await browser.newContext({javaScriptEnabled: false, offline: true});
  const reader = await context.newPage();
  await reader.setContent(file);
  await expect(reader.locator("figure h2")).toHaveText([second, first]);
  await expect(reader.locator("img")).toHaveCount(2);
  for (const box of await reader.locator("img").all())
    expect((await box.boundingBox())!.height).toBeGreaterThan(50);
  await reader.locator("summary", {hasText: "How to make it again"}).first().click();
  await expect(reader.locator("pre").first()).toContainText("npm run -s albert -- sweep");
  await expect(reader.locator("section em")).toHaveText("so");
  await context.close();

  await openedFromDisk(browser, file, async (reader) => {
    await expect(reader.locator("figure h2")).toHaveText([second, first]);
    for (const image of await reader.locator("img").all())
      expect(await image.evaluate((node: HTMLImageElement) => node.naturalWidth)).toBeGreaterThan(
        100
      );
    await expect(reader.locator("details pre").first()).toContainText("npm run -s albert -- sweep");
  });

  // and opened again after everything was thrown away
  await page.getByRole("button", {name: "Start anew"}).click();
  await expect(preview(page).locator("figure")).toHaveCount(0);
  await page.reload();
  await page
    .locator("input[type=file]")
    .setInputFiles({name: "two.html", mimeType: "text/html", buffer: Buffer.from(file)});
  await expect(titles).toHaveText([second, first]);
  await expect(page.getByLabel("Title")).toHaveValue("Two findings");
});

test("a figure that is drawn anew for another width keeps its open menu and its answer", async ({
  page
}) => {
  await open(page, "/compare");
  const figure = page.locator("figure[data-name=two-models]");
  await figure.evaluate((node) => node.setAttribute("data-old", ""));
  await figure.locator("summary", {hasText: "Save"}).press("Enter");
  const item = figure.getByRole("button", {name: "Add to report"});
  await item.focus();
  await page.setViewportSize({width: 1000, height: 900});
  await expect(page.locator("figure[data-old]")).toHaveCount(0);
  await expect(item).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(figure).toContainText("Added to your report");
});

test("a hostile report is shown as text, also in the file that is saved of it", async ({
  page,
  browser
}) => {
  await open(page, "/report");
  const parts = attacks.map((attack, i) => ({
    kind: "exhibit",
    id: `a${i}`,
    title: attack,
    facts: attack,
    caption: attack,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" onload="alert(1)"><script>alert(1)</script><image href="https://evil.example/x.png"/></svg>`,
    columns: [attack],
    rows: [[attack]],
    sql: attack,
    recipe: attack,
    isRun: true,
    recipeHash: "0",
    dataHash: "0",
    page: attack,
    addedAt: "0"
  }));
  const words = {kind: "words", id: "w", markdown: attacks.join("\n\n")};
  const json = JSON.stringify({version: 1, title: attacks[0], parts: [...parts, words]});
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    ++dialogs;
    void dialog.dismiss();
  });
  await page
    .locator("input[type=file]")
    .setInputFiles({name: "evil.json", mimeType: "application/json", buffer: Buffer.from(json)});
  await expect(preview(page).locator("figure")).toHaveCount(attacks.length);
  await expect(preview(page).locator("figure h3").first()).toHaveText(attacks[0]!);
  const made = preview(page).locator(
    "script, iframe, object, embed, form, svg, [onerror], [onload]"
  );
  await expect(made).toHaveCount(0);
  expect(dialogs).toBe(0);

  const waiting = page.waitForEvent("download");
  await page.getByRole("button", {name: "Save as HTML"}).click();
  const file = await readFile(await (await waiting).path(), "utf8");
  await openedFromDisk(browser, file, async (reader) => {
    await expect(reader.locator("figure")).toHaveCount(attacks.length);
    await expect(reader.locator("figure h2").first()).toHaveText(attacks[0]!);
    const made = reader.locator(
      'script:not([type="application/json"]), iframe, object, embed, form, svg, base, link, [onerror], [onload], img:not([src^="data:"]), a[href^="javascript" i]'
    );
    await expect(made).toHaveCount(0);
  });
});
