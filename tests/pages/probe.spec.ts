import type {Locator, Page} from "@playwright/test";
import {accessibilityFaults, expect, open, sidewaysScroll, test} from "./helpers.js";
import {storedConfig} from "./modelFiles.js";

const loading = {timeout: 60_000};
const figure = (page: Page, name: RegExp) => page.getByRole("figure", {name});
const alert = (page: Page) => page.getByRole("alert").filter({hasText: /./});
const cells = (view: Locator) => view.locator(".obs-cell");
const readout = (view: Locator) => view.locator(".obs-readout");

test.describe("/probe", () => {
  test.beforeEach(({page}) => open(page, "/probe"));

  test("the lens is there before any click, and reads the reader's own text", async ({page}) => {
    const lens = figure(page, /likeliest piece at every depth/);
    await expect(page.getByRole("status").first()).toContainText("computed beforehand");
    await expect(lens).toContainText("model's own logits: 0.");
    const columns = storedConfig().num_hidden_layers! + 1;
    await page.getByLabel("Sentence", {exact: true}).first().fill("A man hid a boat.");
    await expect(page.getByRole("status").first()).toHaveText(/^answered by stored model/, loading);
    await expect(lens.locator(".obs-row").first()).toHaveText("a", loading);
    const rows = await lens.locator(".obs-row").count();
    await expect(cells(lens)).toHaveCount(rows * columns);
    await expect(lens).toContainText("model's own logits: 0.");

    await page.getByRole("radio", {name: "the text as it stands"}).check();
    await expect(lens.locator(".obs-row")).toHaveCount(rows + 2, loading);
    await expect(lens).toContainText("the text as it stands");
    await page.getByRole("radio", {name: "certainty"}).check();
    await expect(lens.locator(".obs-figure-legend")).toContainText("entropy");
    await lens.getByRole("button", {name: "Table"}).click();
    await expect(lens.locator("tbody tr")).toHaveCount((rows + 2) * columns);

    await page.getByLabel("Sentence", {exact: true}).first().fill(" ");
    await expect(alert(page)).toHaveText("the text is empty (expected a sentence)");
  });

  test("a cell of a grid is read by pointer and by keyboard", async ({page}) => {
    const lens = figure(page, /likeliest piece at every depth/);
    await cells(lens).nth(1).hover({force: true});
    await expect(readout(lens)).toHaveText(/, depth 1: .+ · the piece itself [\d.<]+, rank \d+ of/);
    await cells(lens).nth(1).click({force: true});
    await page.mouse.move(5, 5);
    await expect(readout(lens)).toHaveText(/ · locked$/);
    await lens.locator("svg[tabindex]").focus();
    await page.keyboard.press("Escape");
    await expect(readout(lens)).toContainText("arrow keys");
    for (const key of ["ArrowRight", "ArrowDown", "Home"]) await page.keyboard.press(key);
    await expect(lens.locator("[aria-live]")).toHaveText(/^.+ \(2\), embeddings: /);
  });

  for (const colorScheme of ["light", "dark"] as const)
    test(`fits 360 px and has no accessibility fault, ${colorScheme}`, async ({page}) => {
      await page.emulateMedia({colorScheme});
      await page.setViewportSize({width: 360, height: 800});
      await page
        .getByLabel("Sentence", {exact: true})
        .first()
        .fill("The very extraordinary [MASK].");
      await expect(page.getByRole("status").first()).toHaveText(/^answered by/, loading);
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
    });
});
