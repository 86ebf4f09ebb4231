import type {Locator, Page} from "@playwright/test";
import {accessibilityFaultsInBoth, expect, open, sidewaysScroll, test} from "./helpers.js";
import {misfitModel, modelFiles, storedConfig} from "./modelFiles.js";
import {tinyRecipe} from "./training.js";

const sentence = "The old baker thanked a young sailor because he repaired the boat.";
const loading = {timeout: 60_000};

const status = (page: Page) => page.getByRole("status").first();
const alert = (page: Page) => page.getByRole("alert").filter({hasText: /./});
const view = (page: Page, name: RegExp) => page.getByRole("figure", {name});
const matrixOf = (page: Page) => view(page, /who looks at whom/);
const cells = (page: Page) => matrixOf(page).locator(".obs-matrix g:first-child rect");
const tokens = (page: Page) => page.locator(".obs-explorer .obs-token");
const readout = (figure: Locator) => figure.locator(".obs-readout");

/** Types a sentence and waits until its pieces, or the first of them, are shown. */
async function type(page: Page, text: string): Promise<void> {
  await page.getByLabel("Sentence", {exact: true}).fill(text);
  const wanted = text.replace(/\s+/g, "").toLowerCase();
  await expect(async () => {
    const names = await tokens(page).evaluateAll((all) => all.map((t) => t.ariaLabel!));
    const pieces = names.filter((name) => !/^(\[CLS\]|\[SEP\]|space)$/.test(name)).join("");
    expect(wanted.slice(0, Math.max(1, pieces.length))).toBe(pieces.toLowerCase());
  }).toPass(loading);
  await expect(status(page)).toHaveText(/^answered by /);
}

/** Every head's picture as one string that changes with it. */
function pictures(page: Page): Promise<string> {
  return page
    .locator(".obs-explorer .obs-grid canvas")
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

test.describe("/attention", () => {
  test.beforeEach(({page}) => open(page, "/attention"));

  test("shows a sentence of the stored model before any click", async ({page}) => {
    await expect(status(page)).toContainText("computed beforehand");
    const {num_hidden_layers: depths, num_attention_heads: heads} = storedConfig();
    await expect(view(page, /Every head/).locator(".obs-grid svg")).toHaveAccessibleName(
      new RegExp(`attention of ${depths} depths by ${heads} heads`)
    );
    const n = await tokens(page).count();
    expect(n).toBeGreaterThan(5);
    await expect(cells(page)).toHaveCount(n * n);
    await expect(
      view(page, /as lines/)
        .locator("line")
        .first()
    ).toBeAttached();
    await expect(page.locator("main")).toContainText("Attention is not explanation");
    await expect(view(page, /Every head/)).toContainText(/recipe [\da-f]{12} · seed \d/);
  });

  test("a typed sentence changes the matrix and the small multiples", async ({page}) => {
    const before = await pictures(page);
    await type(page, sentence);
    await expect(status(page)).toHaveText(/^answered by stored model · (webgpu|webgl|wasm|cpu)$/);
    const n = await tokens(page).count();
    await expect(cells(page)).toHaveCount(n * n);
    await expect.poll(() => pictures(page)).not.toBe(before);
    await matrixOf(page).getByRole("button", {name: "Table"}).click();
    await expect(matrixOf(page).locator("tbody tr")).toHaveCount(Math.min(200, n * n));
  });

  test("a cell is lit by the pointer, locked by a click, let go by Escape", async ({page}) => {
    const figure = matrixOf(page);
    await expect(readout(figure)).toContainText("Hover");
    const cell = cells(page).nth(2);
    await cell.hover({force: true});
    await expect(readout(figure)).toHaveText(/ → .+: [\d.<]+, rank \d+ of \d+$/);
    await page.mouse.move(5, 5);
    await expect(readout(figure)).toContainText("Hover");
    await cell.click({force: true});
    await page.mouse.move(5, 5);
    await expect(readout(figure)).toHaveText(/ · locked$/);
    await figure.locator(".obs-matrix svg").focus();
    await page.keyboard.press("Escape");
    await expect(readout(figure)).toContainText("Hover");
  });

  test("a token in focus is in focus everywhere", async ({page}) => {
    await tokens(page).nth(2).hover();
    await expect(readout(view(page, /as lines/))).toContainText(/^from /);
    await expect(matrixOf(page).locator(".obs-row").nth(2)).toHaveAttribute("font-weight", "700");
    await view(page, /as lines/)
      .locator(".obs-side-to .obs-end")
      .nth(1)
      .hover();
    await expect(tokens(page).nth(1)).toHaveClass(/obs-lit/);
  });

  test("everything by keyboard: head, depth, cell, token, mask", async ({page}) => {
    const grid = view(page, /Every head/).locator(".obs-grid svg");
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    await expect(matrixOf(page)).toHaveAccessibleName(/head 2:/);
    const matrix = matrixOf(page).locator(".obs-matrix svg");
    await matrix.focus();
    await page.keyboard.press("{");
    const {num_hidden_layers: depths} = storedConfig();
    await expect(matrixOf(page)).toHaveAccessibleName(new RegExp(`Depth ${depths! - 1}, head 2`));
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    await expect(matrixOf(page).locator(".obs-matrix [aria-live]")).toHaveText(
      /^row: .+ → column: .+, [\d.<]+, rank \d+ of \d+$/
    );
    await tokens(page).first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    await expect(page.getByLabel("Sentence", {exact: true})).toHaveValue(/\[MASK\]/);
    await expect(view(page, /What the model puts/)).toBeVisible(loading);
  });

  test("[CLS] and [SEP] can be left out, and what is left scaled", async ({page}) => {
    const rest = page.getByRole("group", {name: "What is left of a row"});
    await expect(rest).toBeHidden();
    await page.getByRole("radio", {name: "grey"}).check();
    await cells(page).first().hover({force: true});
    await expect(readout(matrixOf(page))).toHaveText("[CLS] → [CLS]: hidden");
    await expect(matrixOf(page)).toContainText("sums to less than 1");
    await rest.getByRole("radio", {name: "scaled"}).check();
    await expect(matrixOf(page)).toContainText("scaled to sum to 1");
    await matrixOf(page).getByRole("button", {name: "Table"}).click();
    const rows = await matrixOf(page).locator("tbody tr").allInnerTexts();
    const cut = rows.map((row) => row.split("\t"));
    expect(cut.some(([, , from, to]) => from === "[CLS]" || to === "[SEP]")).toBe(false);
    const first = cut.slice(
      0,
      cut.findIndex(([, , from]) => from !== cut[0]![2])
    );
    const sum = first.reduce((total, [, , , , weight]) => total + Number(weight), 0);
    expect(sum).toBeCloseTo(1, 2);
  });

  test("pieces are merged into words", async ({page}) => {
    await type(page, "Internationalisation annoys bakers.");
    const pieces = await tokens(page).count();
    await page.getByRole("radio", {name: "words"}).check();
    await expect(tokens(page)).toHaveCount(5);
    expect(pieces).toBeGreaterThan(5);
    await expect(cells(page)).toHaveCount(25);
  });

  test("of a pair, one sentence looking at the other", async ({page}) => {
    const looks = page.getByRole("group", {name: "Looks"});
    await expect(looks).toBeHidden();
    await type(page, sentence);
    const first = await tokens(page).count();
    await page.getByRole("button", {name: "Add a second sentence"}).click();
    await page.getByLabel("Second sentence").fill("Then he [MASK] home.");
    await expect(looks).toBeVisible();
    await expect(view(page, /What the model puts/)).toBeVisible(loading);
    const second = (await tokens(page).count()) - first;
    expect(second).toBeGreaterThan(3);
    await looks.getByRole("radio", {name: "A → B"}).check();
    await expect(cells(page)).toHaveCount(first * second);
    await looks.getByRole("radio", {name: "B → B"}).check();
    await expect(cells(page)).toHaveCount(second * second);
  });

  test("a blank is guessed, also one made by a double-click", async ({page}) => {
    await tokens(page).nth(3).dblclick();
    const guesses = view(page, /What the model puts/);
    await expect(guesses.getByRole("listitem")).toHaveCount(5, loading);
    await type(page, "The [MASK] sailor hid a [MASK].");
    await expect(guesses.getByRole("list")).toHaveCount(2);
    await type(page, "The sailor hid a boat.");
    await expect(guesses).toHaveCount(0);
  });

  test("a dropped folder answers; a bad one says why and leaves it in use", async ({page}) => {
    await page.getByRole("radio", {name: "A folder of yours"}).check();
    const picker = page.getByLabel("choose the files of a model folder");
    const facts = page.locator(".obs-model-facts");
    await picker.setInputFiles(modelFiles());
    await expect(facts).toContainText("3 files", loading);
    await expect(status(page)).toHaveText(/^answered by 3 files/, loading);

    await picker.setInputFiles(modelFiles(["model.safetensors", "spiece.model"]));
    await expect(alert(page)).toHaveText(/no config\.json \(expected config\.json, /);
    await expect(facts).toContainText("3 files");

    await picker.setInputFiles(misfitModel());
    await expect(alert(page)).toHaveText(/expected/, loading);
    await expect(alert(page)).toHaveCount(1);
    await expect(facts).toContainText("3 files");
    await type(page, sentence);
    await expect(alert(page)).toHaveCount(0);
  });

  test("a locked cell shows its query and keys; heads are compared across depths", async ({
    page
  }) => {
    const parts = view(page, /: why .+ looks where it looks$/);
    const {
      num_hidden_layers: depths,
      num_attention_heads: heads,
      hidden_size: hidden
    } = storedConfig();
    const dimensions = parts.getByRole("row").nth(1).locator(".obs-dimension");
    await expect(dimensions).toHaveCount(hidden! / heads!);
    await type(page, "The old baker hid a boat.");
    await expect(parts).toHaveCount(0);
    await cells(page).nth(1).click({force: true});
    await expect(parts).toHaveAccessibleName(
      `Depth ${depths}, head 1: why “[CLS]” looks where it looks`
    );
    const n = await tokens(page).count();
    await expect(parts.getByRole("row")).toHaveCount(n + 2);
    const changes = view(page, /from depth to depth$/);
    await expect(changes.getByRole("row")).toHaveCount(heads! + 1);
    await expect(changes).toContainText(`n = ${n} pieces`);
  });

  test("what is taken away changes the prediction, and says by how much", async ({page}) => {
    const effect = view(page, /^With(out)? /);
    await expect(effect).toHaveAccessibleName(/^Without head 1 at depth \d+$/);
    await expect(effect.getByRole("row")).toHaveCount(6);
    await type(page, "The old [MASK] hid a boat.");
    await expect(effect).toHaveCount(0);
    await page.getByRole("button", {name: "Measure"}).click();
    await expect(effect.getByText(/moves the prediction at \[MASK\]/)).toBeVisible(loading);
    const shares = await effect.locator("tbody tr").first().locator("td").allInnerTexts();
    expect(Number(shares[1]) - Number(shares[0])).toBeCloseTo(
      Number(shares[2]!.replace("−", "-").replace("+", "")),
      1
    );
    await page.getByRole("radio", {name: "at every depth"}).check();
    await expect(effect).toHaveAccessibleName("Without head 1 at every depth");

    await page.getByRole("radio", {name: "the locked weight"}).check();
    await expect(page.getByText("Lock a cell of the matrix above first.")).toBeVisible();
    await expect(page.getByRole("button", {name: "Measure"})).toBeDisabled();
    await cells(page).nth(3).click({force: true});
    await expect(effect).toHaveAccessibleName(/not looking from \[CLS\] to \[MASK\]$/);
    await page.getByRole("radio", {name: "what it reads there"}).check();
    await expect(effect).toHaveAccessibleName(/reading nothing at \[MASK\]$/);
  });

  test("methods are compared on the reader's own blank, and say where there is none", async ({
    page
  }) => {
    const scores = view(page, /^Which pieces the guess rests on/);
    const curves = view(page, /^Put to the test/);
    await expect(curves.locator("path")).toHaveCount(14);
    await type(page, "The old [MASK] hid a boat.");
    const compare = page.getByRole("button", {name: "Compare on the text above", exact: true});
    await compare.click();
    await expect(scores.getByRole("rowheader").nth(1)).toHaveText("the", loading);
    const agreement = view(page, /^How the methods fare/);
    await expect(agreement.getByRole("rowheader").last()).toHaveText("random (mean of 10)");
    for (const name of ["rollout", "flow", "value zeroing", "occlusion"])
      await expect(agreement.getByRole("rowheader", {name, exact: true})).toBeVisible();
    await type(page, "The old man hid a boat.");
    await compare.click();
    await expect(alert(page)).toHaveText(/^no \[MASK\] in the text/);
    await expect(scores.getByRole("rowheader").nth(1)).toHaveText("the");
  });

  test("heads over many texts: a measure, the greatest few, a head with its examples", async ({
    page
  }) => {
    const finder = view(page, /^All heads by one measure$/);
    const {num_hidden_layers: depths, num_attention_heads: heads} = storedConfig();
    const all = depths! * heads!;
    await expect(finder).toContainText("n = 400 texts");
    const places = finder.getByRole("table").getByRole("button");
    await expect(places.first()).toHaveAccessibleName(
      new RegExp(`^depth \\d+, head 1: previous [\\d.]+ \\[[\\d.]+, [\\d.]+\\], \\d of ${all}`)
    );
    await finder.getByLabel("measure").selectOption("previous");
    await finder.getByLabel("heads shown in full colour").fill("1");
    await expect(finder).toContainText(`… ${depths! - 1} depth`);
    await expect(finder.locator(".obs-finder-cell:not(.obs-faded)")).toHaveCount(1);
    await finder.getByLabel("heads shown in full colour").fill(String(all));
    await expect(places).toHaveCount(all);
    await places.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const card = view(page, /^Depth 1, head 2, over many texts$/);
    await expect(card).toBeVisible();
    // The head is selected in the figures of the one text too.
    await expect(matrixOf(page)).toHaveAccessibleName(/^Depth 1, head 2/);
    const examples = card.locator(".obs-example");
    await expect(examples).toHaveCount(10);
    const name = (await examples.first().getAttribute("aria-label"))!;
    await examples.first().click();
    const text = /See this text above: (.*)$/.exec(name)![1]!;
    await expect(page.getByLabel("Sentence", {exact: true})).toHaveValue(text);
    await expect(status(page)).toHaveText(/^answered by /, loading);
  });

  test("syntactic heads are found or not, and other texts are read and stopped", async ({page}) => {
    const syntax = view(page, /^Do heads find syntactic heads/);
    await expect(syntax.getByRole("row").nth(1)).toContainText("det");
    await expect(syntax).toContainText("scored on 200 others");
    await page.getByRole("radio", {name: "a text of yours"}).check();
    const read = page.getByRole("button", {name: "Read them"});
    await expect(read).toBeDisabled();
    await page
      .getByLabel("or paste text here, a sentence a line")
      .fill("A cat sleeps.\nThe dog barks.");
    await page.getByRole("button", {name: "Use this text"}).click();
    await read.click();
    const finder = view(page, /^All heads by one measure$/);
    await expect(finder).toContainText("n = 2 texts", loading);
    await expect(syntax).toHaveCount(0);
    await expect(page.getByText("These texts came without trees")).toBeVisible();
    await page.getByRole("radio", {name: "the generated language"}).check();
    await page.getByRole("radio", {name: "5,000"}).check();
    await read.click();
    const said = page.getByRole("status").filter({hasText: / of 5000 texts/});
    await expect(said).toHaveText(/^([3-9]|\d{2,}) of 5000 texts, .+ left$/, loading);
    await page.getByRole("button", {name: "Stop", exact: true}).click();
    await expect(finder).toContainText("stopped early", loading);
    await expect(syntax).toBeVisible();
  });

  test("A is kept and compared with another text; with itself nothing differs", async ({page}) => {
    const difference = view(page, /^What changes from A to B$/);
    await expect(difference.locator("del")).toHaveCount(1);
    await expect(difference.locator("ins")).not.toHaveCount(0);
    await expect(difference.locator(".obs-legend")).toHaveAccessibleName(/^A − B/);
    await type(page, "The old [MASK] hid a boat.");
    await page.getByRole("button", {name: "Keep what is above as A"}).click();
    await expect(difference).toContainText("There is no difference", loading);
    await expect(difference).toContainText("(the same pieces)");
    const moved = difference.locator(".obs-finder-cell");
    for (const cell of await moved.all()) await expect(cell).toHaveText("0");
    await type(page, "The young [MASK] hid a boat.");
    await expect(difference.locator("del").first()).toBeVisible(loading);
    await expect(difference).not.toContainText("There is no difference");
    await expect(difference).toContainText("Guesses at [MASK]");
    await moved.last().focus();
    await page.keyboard.press("Enter");
    await expect(moved.last()).toHaveAttribute("aria-pressed", "true");
    await page.getByRole("button", {name: "Let A go"}).click();
    await expect(difference).toHaveCount(0);
  });

  test("scrubbing through training: by key and by click, a moment follows", async ({page}) => {
    const scrubber = page.getByRole("slider", {name: "step"});
    const moment = view(page, /^The model at step/);
    await expect(moment).toHaveAccessibleName("The model at step 8,000");
    await expect(moment).toContainText(/Parameters 9dff74a68bd9, 398\skB/);
    await scrubber.focus();
    await page.keyboard.press("Home");
    await expect(moment).toHaveAccessibleName("The model at step 0");
    await expect(scrubber).toHaveAttribute("aria-valuetext", /^step 0, held-out masked loss/);
    await page.keyboard.press("ArrowRight");
    await expect(moment).toHaveAccessibleName("The model at step 1");
    await view(page, /^A run, and the steps that were kept/)
      .locator("circle")
      .nth(12)
      .click({force: true});
    await expect(moment).toHaveAccessibleName("The model at step 2,048");
    await expect(moment.getByRole("row")).toHaveCount(storedConfig().num_hidden_layers!);
    await page.getByRole("button", {name: "Keep this step as A"}).click();
    const change = view(page, /^What changes from step/);
    await expect(change).toContainText("There is no difference");
    await scrubber.focus();
    await page.keyboard.press("End");
    await expect(change).toHaveAccessibleName("What changes from step 2,048 to step 8,000");
    await expect(change).not.toContainText("There is no difference");
  });

  test("an empty sentence says so and keeps the figures", async ({page}) => {
    await type(page, sentence);
    const n = await tokens(page).count();
    await page.getByLabel("Sentence", {exact: true}).fill("  ");
    await expect(alert(page)).toHaveText("the text is empty (expected a sentence)");
    await expect(tokens(page)).toHaveCount(n);
  });

  test("a long text is cut to the model's places and drawn in pixels", async ({page}) => {
    await type(page, sentence);
    const {max_position_embeddings: most} = storedConfig();
    await type(page, `${sentence} `.repeat(40));
    await expect(tokens(page)).toHaveCount(most!);
    await expect(matrixOf(page).locator("canvas")).toBeVisible();
  });

  test("fits 360 px and has no accessibility fault, in light and dark", async ({page}) => {
    test.slow(); // every cell of the page is read
    await page.setViewportSize({width: 360, height: 800});
    await type(page, "The [MASK] baker hid a very, very, very extraordinarily long sentence.");
    await page.getByRole("button", {name: "Add a second sentence"}).click();
    await page.getByLabel("Second sentence").fill("Nobody knew.");
    await page.getByRole("radio", {name: "A folder of yours"}).check();
    await expect(page.getByRole("group", {name: "Looks"})).toBeVisible(loading);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaultsInBoth(page)).toEqual([]);
  });
});

test("the checkpoints of a kept run are scrubbed, each the one that was kept", async ({page}) => {
  const small = new URLSearchParams({
    ...tinyRecipe,
    backend: "wasm",
    steps: "40",
    "capture.checkpoint_every": "10",
    "capture.evaluate_every": "20"
  });
  await open(page, `/pretrain?${small}`);
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(page.getByRole("status").first()).toContainText("done", loading);
  await open(page, "/attention?backend=wasm");
  await page.getByRole("radio", {name: /^your last run \(\d checkpoints\)$/}).check();
  const moment = view(page, /^The model at step/);
  await expect(moment).toHaveAccessibleName("The model at step 40", loading);
  await expect(moment).toContainText("the hash that was written down when this step was kept");
  const scrubber = page.getByRole("slider", {name: "step"});
  await scrubber.focus();
  await page.keyboard.press("Home");
  await expect(moment).toHaveAccessibleName("The model at step 10", loading);
  await expect(moment).toContainText("the hash that was written down when this step was kept");
  await page.getByRole("radio", {name: "the stored model's"}).check();
  await expect(moment).toHaveAccessibleName("The model at step 8,000");
});
