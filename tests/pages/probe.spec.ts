import type {Locator, Page} from "@playwright/test";
import {accessibilityFaultsInBoth, expect, open, sidewaysScroll, test} from "./helpers.js";
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
    await expect(lens.locator(".obs-sr[aria-live]")).toHaveText(/^.+ \(2\), embeddings: /);
  });

  test("recorded probes are there; a property is shown from depth to depth", async ({page}) => {
    const overview = figure(page, /^Linear probes by property and depth/);
    await expect(overview.locator(".obs-row")).toHaveCount(9);
    await expect(overview).toContainText("5 seeds, fresh documents each");
    await expect(figure(page, /^Part of speech, from depth to depth$/)).toBeVisible();
    const columns = storedConfig().num_hidden_layers! + 1 + 2;
    await cells(overview).nth(columns).click({force: true});
    await expect(readout(overview)).toHaveText(
      /selectivity .+ points · code .+ shorter than uniform/
    );
    await expect(figure(page, /^Direction of the head, from depth to depth$/)).toBeVisible();
    await page.getByRole("radio", {name: "shorter code"}).check();
    await expect(overview).toHaveAccessibleName(/how many times shorter/);
    await overview.getByRole("button", {name: "Table"}).click();
    await expect(overview.locator("tbody tr").first()).toBeVisible();
  });

  test("probes run on a dropped treebank, and stop", async ({page}) => {
    const words = ["the", "cat", "sees", "it"];
    const tags = ["DET", "NOUN", "VERB", "PRON"];
    const sentence = words
      .map((word, i) =>
        [i + 1, word, "_", tags[i], "_", "_", [2, 3, 0, 3][i], "_", "_", "_"].join("\t")
      )
      .join("\n");
    const text = Array.from({length: 90}, () => `${sentence}\n`).join("\n");
    const drop = page.getByLabel("choose a treebank (.conllu)");
    const file = (body: string) => ({
      name: "cats.conllu",
      mimeType: "text/plain",
      buffer: Buffer.from(body)
    });
    await page.getByLabel("words to train on").fill("100");
    await drop.setInputFiles(file("1\tcat"));
    const button = page.getByRole("button", {name: "Probe", exact: true});
    await button.click();
    await expect(alert(page)).toHaveText(/^cats\.conllu: line 1: 2 fields/, loading);
    await drop.setInputFiles(file(text));
    await button.click();
    const overview = figure(page, /^Linear probes by property and depth/);
    await expect(overview).toContainText("cats.conllu", loading);
    await expect(overview).toContainText("number is left out: the text does not tell");
    await expect(button).toBeVisible(loading);
    await page.getByRole("spinbutton", {name: "seeds"}).fill("50");
    await page.getByLabel("words to train on").fill("2000");
    await page.getByRole("button", {name: "Remove"}).click();
    await button.click();
    await page.getByRole("button", {name: "Stop", exact: true}).click();
    await expect(button).toBeVisible({timeout: 100_000});
    const kept = () =>
      page.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        const folder = await root
          .getDirectoryHandle("probes")
          .then((probes) => probes.getDirectoryHandle("records"))
          .catch(() => null);
        let files = 0;
        if (folder) for await (const name of folder.keys()) files += Number(name.endsWith(".json"));
        return files;
      });
    await expect.poll(kept).toBeGreaterThan(0);
  });

  test("patching: a pair of the reader's, then pairs of another kind, with both ends checked", async ({
    page
  }) => {
    const one = figure(page, /^Recovery of .* by position and depth$/);
    await page.getByLabel("First text", {exact: true}).fill("She saw [MASK] old boat.");
    await page.getByLabel("Second text", {exact: true}).fill("She saw [MASK] new boat.");
    await page.getByLabel("answer of the first").fill("an");
    await page.getByLabel("of the second").fill("a");
    await page.getByRole("button", {name: "Patch", exact: true}).click();
    await expect(figure(page, /^Recovery of “an” over “a”/)).toBeVisible(loading);
    await expect(one).toContainText(
      /all positions at once recover (1\.0000, )+1\.0000 from depth 0 on, none ([-−]?0\.0000, )+[-−]?0\.0000\./
    );
    const many = figure(page, /^Mean recovery by part of the text/);
    await expect(many).toContainText("the hidden verb must agree");
    await page.getByRole("radio", {name: "a or an"}).check();
    await page.getByRole("button", {name: "Patch 12 pairs", exact: true}).click();
    await expect(many).toContainText("begins with a vowel or a consonant", loading);
    await expect(many).toContainText("n = 12 pairs");
    await expect(many).toContainText("all positions at once recover 1.0000 to 1.0000");
    expect(page.url()).toContain("article");
  });

  test("attributions are computed on the reader's blank; depths are compared", async ({page}) => {
    const grid = figure(page, /^What each piece adds to the guess/);
    await expect(grid).toContainText("completeness gap");
    await page.getByLabel("Sentence", {exact: true}).last().fill("A man hid a [MASK].");
    await expect(grid.locator(".obs-row").nth(1)).toHaveText("a", loading);
    await page.getByRole("radio", {name: "[MASK] for every piece"}).check();
    await expect(grid).toContainText("from [MASK] for every piece", loading);
    await expect(figure(page, /^How the attributions fare/).getByRole("rowheader")).toHaveCount(5);
    await page.getByLabel("Sentence", {exact: true}).last().fill("A man hid a boat.");
    await expect(alert(page)).toHaveText(/^no \[MASK\] in the text/, loading);
    const cka = figure(page, /^Linear CKA of depths$/);
    await expect(cka).toContainText("recipe");
    await page.getByRole("button", {name: /^Compare the depths/}).click();
    await expect(cka).not.toContainText("recipe", loading);
    await expect(cka.locator("rect")).toHaveCount((storedConfig().num_hidden_layers! + 1) ** 2);
    await expect(figure(page, /^The words before the first depth/)).toContainText(
      "principal components"
    );
  });

  test("fits 360 px and has no accessibility fault, in light and dark", async ({page}) => {
    await page.setViewportSize({width: 360, height: 800});
    await page.getByLabel("Sentence", {exact: true}).first().fill("The very extraordinary [MASK].");
    await expect(page.getByRole("status").first()).toHaveText(/^answered by/, loading);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaultsInBoth(page)).toEqual([]);
  });
});
