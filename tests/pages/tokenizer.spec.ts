import {readFileSync} from "node:fs";
import type {Page} from "@playwright/test";
import {readTokenizer} from "../../src/lib/tokenizer/load.js";
import {accessibilityFaultsInBoth, expect, open, sidewaysScroll, test} from "./helpers.js";

const loading = {timeout: 60_000};
const box = (page: Page) => page.getByLabel("Text", {exact: true});
const strip = (page: Page) => page.getByRole("figure", {name: /The pieces of the text/});
const pieces = (page: Page) => strip(page).locator(".obs-token");
const lattice = (page: Page) => page.getByRole("figure", {name: /Every piece that fits/});
const table = (page: Page) => page.getByRole("figure", {name: "All pieces"});
const trainStatus = (page: Page) => page.getByRole("status").last();
const alert = (page: Page) => page.getByRole("alert").filter({hasText: /./});

test.describe("/tokenizer", () => {
  test.beforeEach(({page}) => open(page, "/tokenizer"));

  test("shows a cut text, its lattice and the vocabulary before any click", async ({page}) => {
    expect(await pieces(page).count()).toBeGreaterThan(5);
    await expect(lattice(page)).toContainText(/\d+ candidates over \d+ characters/);
    await expect(table(page)).toContainText(/rows 1–50 of/);
    await expect(page.locator(".obs-steps li")).toHaveCount(7);
  });

  test("typing changes pieces, normalisation and lattice", async ({page}) => {
    await box(page).fill("ÇA [MASK]");
    await expect(pieces(page).last()).toHaveAccessibleName("[MASK]");
    await expect(page.locator(".obs-step-text").last()).toHaveText(/^▁ca/);
    await expect(lattice(page)).toContainText(/candidates over/);
    await box(page).fill("");
    await expect(page.locator("main")).toContainText("Type something to see its lattice.");
    await expect(pieces(page)).toHaveCount(0);
  });

  test("each example can be tried", async ({page}) => {
    const examples = page.getByRole("group", {name: "texts to try"}).getByRole("button");
    for (const example of await examples.all()) {
      await example.click();
      await expect(box(page)).toHaveValue((await example.getAttribute("title"))!);
      await expect(pieces(page).first()).toBeVisible();
    }
  });

  test("the lattice by keyboard: another piece, and what it would lose", async ({page}) => {
    await box(page).fill("the mayors");
    const svg = lattice(page).locator("svg[tabindex]").first();
    await svg.focus();
    const spoken = lattice(page).locator("[aria-live]").first();
    await page.keyboard.press("ArrowRight");
    await expect(spoken).not.toBeEmpty();
    const first = await spoken.innerText();
    await page.keyboard.press("ArrowDown");
    await expect(spoken).not.toHaveText(first);
  });

  test("the vocabulary can be searched and paged", async ({page}) => {
    await table(page).getByRole("button", {name: "Next"}).click();
    await expect(table(page)).toContainText("rows 51–100 of");
    await table(page).getByLabel("Pieces with").fill("_th");
    await expect(table(page).locator("tbody tr").first()).toContainText("▁th");
    for (const row of await table(page).locator("tbody tr").all())
      await expect(row).toContainText("▁th");
  });

  test("a vocabulary is trained with progress, and the figures follow", async ({page}) => {
    await page.getByLabel("vocabulary size").fill("120");
    await page.getByLabel("documents").fill("40");
    await page.getByRole("button", {name: "Train vocabulary"}).click();
    await expect(page.getByRole("progressbar", {name: "training the vocabulary"})).toBeVisible();
    await expect(trainStatus(page)).toHaveText(
      /^120 pieces · [\d.]+ characters a piece on the training text/,
      loading
    );
    await expect(strip(page)).toContainText("trained on generated language · V = 120");
    await expect(table(page)).toContainText("120 of 120 pieces");
  });

  test("training is cancelled and leaves the vocabulary before", async ({page}) => {
    await page.getByLabel("documents").fill("5000");
    await page.getByRole("button", {name: "Train vocabulary"}).click();
    await page.getByRole("button", {name: "Cancel"}).click();
    await expect(trainStatus(page)).toHaveText("cancelled; the vocabulary before is kept", loading);
    await expect(strip(page)).toContainText("stored vocabulary");
    await expect(page.getByRole("button", {name: "Train vocabulary"})).toBeEnabled();
  });

  test("trains on the reader's own text; what cannot be used says why", async ({page}) => {
    const train = page.getByRole("button", {name: "Train vocabulary"});
    await page.getByLabel("vocabulary size").fill("60");
    await page.getByRole("radio", {name: "my own text"}).check();
    await train.click();
    await expect(alert(page)).toHaveText("no text yet (drop, choose or paste one)");
    const file = (name: string, buffer: Buffer) => ({name, mimeType: "text/plain", buffer});
    const picker = page.getByLabel(/^choose a text file/);
    await picker.setInputFiles(file("empty.txt", Buffer.from("")));
    await expect(alert(page)).toHaveText("empty.txt: empty (expected some text)");
    await picker.setInputFiles(file("noise.txt", Buffer.from([0, 159, 146, 150, 0, 255, 1, 2])));
    await train.click();
    await expect(alert(page)).toContainText("noise.txt", loading);
    await picker.setInputFiles(
      file("fish.txt", Buffer.from("one fish two fish red fish blue fish\n".repeat(30)))
    );
    await train.click();
    await expect(strip(page)).toContainText("trained on fish.txt", loading);
    await expect(alert(page)).toHaveCount(0);
    await box(page).fill("red fish");
    await expect(pieces(page)).toHaveCount(2);
  });

  test("a size that cannot be says so in one sentence", async ({page}) => {
    await page.getByLabel("vocabulary size").fill("");
    await page.getByRole("button", {name: "Train vocabulary"}).click();
    await expect(alert(page)).toHaveText(/vocab_size/);
  });

  test("the vocabulary in use is saved in both forms", async ({page}) => {
    const text = "The tired mayor unlocks 12 workshops.";
    await box(page).fill(text);
    await expect
      .poll(async () =>
        (await pieces(page).allTextContents()).join("").replace(/[▁_\s]|−\d+\.\d/g, "")
      )
      .toContain("thetiredmayorunlocks12workshops.");
    const shown = await pieces(page).evaluateAll((all) =>
      all.map((piece) => Number(/id (\d+)/.exec((piece as HTMLElement).title)![1]))
    );
    for (const name of ["spiece.model", "tokenizer.json"]) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", {name, exact: true}).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(name);
      const bytes = new Uint8Array(readFileSync(await file.path()));
      const {ids} = readTokenizer(new Map([[name, bytes]]), name).encode(text, {
        addSpecialTokens: false
      });
      expect(ids).toEqual(shown);
    }
  });

  test("says how far the vocabulary reaches, in a dropped text too", async ({page}) => {
    const table = page.getByRole("figure", {name: "How far the vocabulary reaches"});
    const cells = (name: string) =>
      table.getByRole("row", {name: new RegExp(`^${name}`)}).getByRole("cell");
    await expect(cells("English").last()).toHaveText(/^0/);
    await expect(cells("Chinese").last()).toHaveText(/^\d\d/);
    const file = (name: string, text: string) => ({
      name,
      mimeType: "text/plain",
      buffer: Buffer.from(text)
    });
    const english = "The mayor opened the door.\nThe river is high.\n";
    const drop = page.getByLabel(/^choose texts in any language/);
    await drop.setInputFiles(file("mine.txt", english));
    await expect(cells("mine.txt").last()).toHaveText("0");
    await drop.setInputFiles([
      file("en.txt", english.repeat(9)),
      file("zh.txt", "河流很高。\n花园很安静。\n".repeat(9))
    ]);
    await expect(cells("zh.txt").last()).toHaveText(/^\d\d/);
    await page.getByRole("button", {name: "Train one vocabulary on these 2 files"}).click();
    await expect(table).toContainText("trained on en.txt, zh.txt", {timeout: 60_000});
    await expect(cells("zh.txt").last()).toHaveText("0");
    await expect(cells("en.txt").last()).toHaveText("0");
  });

  test("fits 360 px and has no accessibility fault, in light and dark", async ({page}) => {
    await page.setViewportSize({width: 360, height: 800});
    await page.getByRole("button", {name: "accents and capitals"}).click();
    await page.getByRole("radio", {name: "my own text"}).check();
    await expect(page.getByLabel(/^choose a text file/)).toBeAttached();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaultsInBoth(page)).toEqual([]);
  });
});
