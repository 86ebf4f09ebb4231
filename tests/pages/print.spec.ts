import type {Page} from "@playwright/test";
import {extractTextItems, getDocumentProxy} from "unpdf";
import {builtPaths, expect, open, settled, sidewaysScroll, test} from "./helpers.js";

/** Width of the text on A4 between the margins of the print style, in CSS pixels. */
const a4 = Math.floor(((210 - 2 * 16) / 25.4) * 96);

/** Size of A4 and of the print style's margin at its sides, in points. */
const sheet = {width: 595, height: 842, margin: (16 / 25.4) * 72};

// the pages of GLUE's tasks are written by one loader: one stands for all
const paths = builtPaths().filter((path) => !/^\/(glue\/(?!mnli$).+|404|embed)$/.test(path));

/** A word or line as it lies on paper, in points from the sheet's lower left corner. */
interface PaperText {
  str: string;
  x: number;
  y: number;
  width: number;
}

/** The page's sheets of A4, each with its texts; no media may be emulated, it would be printed. */
async function printed(page: Page): Promise<PaperText[][]> {
  const pdf = await getDocumentProxy(
    new Uint8Array(await page.pdf({preferCSSPageSize: true, format: "A4"}))
  );
  const {items} = await extractTextItems(pdf);
  return items.map((texts) => texts.filter(({str}) => str.trim() !== ""));
}

/** The letters of a text alone: spaces and dashes fall away where lines end. */
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");

/** What a sheet ends with: its lowest line. */
function lastLine(texts: readonly PaperText[]): string {
  const bottom = Math.min(...texts.map(({y}) => y));
  return texts
    .filter(({y}) => y < bottom + 4)
    .map(({str}) => str)
    .join("");
}

/** What is wrong with the sheets that a page prints as it stands. */
async function sheetFaults(page: Page): Promise<string[]> {
  const headings = await page
    .locator("main :is(h1, h2, h3, .obs-title)")
    .evaluateAll((all) => all.map((each) => each.textContent ?? ""));
  const names = new Set(headings.map(letters));
  const sheets = await printed(page);
  if (sheets.length === 0) return ["no sheet"];
  return sheets.flatMap((texts, i) => {
    const where = `sheet ${i + 1} of ${sheets.length}`;
    const last = lastLine(texts);
    const far = texts.filter(({x, width}) => x + width > sheet.width - sheet.margin / 2);
    return [
      ...(names.has(letters(last)) ? [`${where} ends with the heading ${last}`] : []),
      ...far.map(({str}) => `${where}: beyond the margin: ${str}`)
    ];
  });
}

/** Checks a page as it is laid out for paper. */
async function checkPaper(page: Page, path: string): Promise<void> {
  const figures = page.locator("figure.obs-figure:visible");
  const count = await figures.count();
  await page.emulateMedia({media: "print"});
  expect.soft(await sidewaysScroll(page), path).toBe(0);
  // a recipe's numbers stay, without their sliders
  const controls = page.locator(
    "main :is(button, input, select, textarea):visible:not(.obs-body *, th *, .obs-form [type=number])"
  );
  expect.soft(await controls.count(), `${path}: controls`).toBe(0);
  // a figure may come late, but none goes
  expect.soft(await figures.count(), `${path}: figures`).toBeGreaterThanOrEqual(count);
  await expect.soft(page.locator("#observablehq-sidebar"), path).toBeHidden();
}

test("on paper every page fits its width, shows its figures without its controls, and no sheet ends with a heading", async ({
  page
}) => {
  test.slow();
  for (const path of paths) {
    await page.emulateMedia({media: null});
    await page.setViewportSize({width: 1280, height: 900});
    await open(page, path);
    // a heading stands alone until its figure is drawn
    await expect.poll(() => sheetFaults(page), {message: path, timeout: 20_000}).toEqual([]);
    await page.setViewportSize({width: a4, height: 990});
    await settled(page);
    await checkPaper(page, path);
  }
});

test("paper is light where the screen is dark", async ({page}) => {
  await page.emulateMedia({colorScheme: "dark"});
  await open(page, "/");
  const colors = () =>
    page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return ["--theme-background", "--theme-foreground", "--obs-c0", "--obs-muted"].map((name) =>
        style.getPropertyValue(name)
      );
    });
  const dark = await colors();
  await page.emulateMedia({colorScheme: "dark", media: "print"});
  const paper = await colors();
  await page.emulateMedia({colorScheme: "light", media: "screen"});
  expect(paper).toEqual(await colors());
  expect(paper).not.toEqual(dark);
});

test("what is painted is painted for paper where the screen is dark, and back", async ({page}) => {
  await page.emulateMedia({colorScheme: "dark"});
  await open(page, "/attention");
  await page.locator("figure canvas").first().waitFor();
  // the event comes with the printing itself, and leaves the page as it was
  const light = await page.evaluate(() => {
    /** The mean of a canvas's colours, from 0 to 255. */
    const light = () => {
      const canvas = document.querySelector<HTMLCanvasElement>("figure canvas")!;
      const {data} = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    const seen: number[] = [];
    Object.assign(window, {seen, light});
    addEventListener("beforeprint", () => void seen.push(light()));
    return light();
  });
  await page.pdf({format: "A4"});
  const [printed, after] = await page.evaluate(() => {
    const {seen, light} = window as unknown as {seen: number[]; light: () => number};
    return [seen[0]!, light()];
  });
  expect(printed).toBeGreaterThan(light + 50);
  expect(after).toBe(light);
});

test("a text's lattice stands on paper in bands, in place of one that scrolls", async ({page}) => {
  await open(page, "/tokenizer");
  const lattice = page.locator(".obs-lattice");
  await expect(lattice.locator(".obs-on-paper > svg:visible")).toHaveCount(0);
  await page.emulateMedia({media: "print"});
  await expect(lattice.locator(".obs-scroll")).toBeHidden();
  expect(await lattice.locator(".obs-on-paper > svg:visible").count()).toBeGreaterThan(1);
});

test("a vocabulary names its columns on every sheet, and has nothing to turn", async ({page}) => {
  await open(page, "/tokenizer");
  const vocabulary = page.locator(".obs-vocabulary");
  await expect(vocabulary.locator(".glue-turn")).toBeVisible();
  await page.emulateMedia({media: "print"});
  await expect(vocabulary.locator(".glue-pager")).toBeHidden();
  // the browser repeats the words of a heading on the next sheet, not a button
  await expect(vocabulary.locator("th button").first()).toHaveCSS("display", "contents");
});

test("a recipe is read on paper, and a lesson filled in", async ({page}) => {
  await open(page, "/pretrain");
  await page.emulateMedia({media: "print"});
  const form = page.locator(".obs-form").first();
  await expect(form.getByLabel("learning rate", {exact: true})).toBeVisible();
  await expect(form.locator("[type=range]:visible")).toHaveCount(0);
  await expect(form.locator(".obs-choice:visible").first()).toHaveText("all");
  await page.emulateMedia({media: "screen"});
  await open(page, "/lessons/masks");
  await page.emulateMedia({media: "print"});
  await expect(page.locator(".obs-lesson-form label:visible")).toHaveCount(3);
});
