/** What a link for a class hides is hidden on every page that has it, and what it locks stays. */
import type {Page} from "@playwright/test";
import {builtPaths, expect, open, test} from "./helpers.js";

/** A lesson is what it computes; the others below compute with no model. */
const paths = builtPaths().filter(
  (path) => !/^\/(404|embed|report|runs|lessons\/.*|glue\/.+)$/.test(path)
);

/** What a page may still offer where all that computes with a model is hidden. */
const harmless = [
  /^Copy code: /, // Framework's own
  /^(spiece\.model|tokenizer\.json)$/,
  /^(Save \d+ sentences as text|Another document)$/,
  /^(a long word|accents and capitals|numbers|no Latin letter|a blank)$/,
  /^Keep this step as A$/,
  /^Check claim \d+ against the published numbers$/
];

/** Names of the controls in sight of a page that match a selector and stand in no figure. */
function inSight(page: Page, selector: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const besides = ".obs-figure, .obs-explorer, .obs-predict, .obs-class-link, .glue-notebook";
    const nameOf = (control: HTMLElement) =>
      control.getAttribute("aria-label") ??
      (control as HTMLInputElement).labels?.[0]?.textContent?.trim() ??
      control.textContent!.trim();
    return [...document.querySelectorAll<HTMLElement>(`main :is(${wanted})`)]
      .filter((control) => control.checkVisibility() && !control.closest(besides))
      .map(nameOf);
  }, selector);
}

const hide = (page: Page, what: string) =>
  page.evaluate((words) => void (document.body.dataset.hide = words), what);

for (const path of paths)
  test(`${path} hides what a link for a class hides, and keeps what it locks`, async ({page}) => {
    test.slow();
    await open(page, `${path}?locked=1&hide=runs`);
    expect(await page.evaluate(() => document.body.dataset.hide)).toBe("runs");
    const buttons = await inSight(page, "button:enabled");
    expect(buttons.filter((name) => !harmless.some((form) => form.test(name)))).toEqual([]);

    // what no rule hides, a fold may
    await page.evaluate(() => {
      delete document.body.dataset.hide;
      for (const fold of document.querySelectorAll("main details")) fold.setAttribute("open", "");
    });
    const numbers = await inSight(page, "input:is([type=number], [type=range]):enabled");
    const sown = numbers.filter((name) => /seed|step|documents|words|rows|rate/i.test(name));
    expect(sown, "numbers of a run that can be changed under a lock").toEqual([]);

    await hide(page, "settings");
    const left = await inSight(
      page,
      "input:not([type=file], [type=search]), select:not(.obs-sentence-form select)"
    );
    expect(left.filter((name) => !/^answer of the first|^of the second/.test(name))).toEqual([]);
  });

test("where a link hides what computes, no other way starts it", async ({page}) => {
  await open(page, "/attention?hide=runs&backend=wasm");
  const token = page.locator(".obs-explorer .obs-token").nth(3);
  await token.dblclick();
  const matrix = page.locator("svg[aria-roledescription=matrix]").first();
  await matrix.focus();
  for (const key of ["ArrowRight", "Enter"]) await page.keyboard.press(key);
  await expect(page.locator(".obs-readout", {hasText: "locked"}).first()).toBeVisible();
  await page.locator(".obs-example").first().click();
  expect(page.workers()).toEqual([]);
  await open(page, "/?hide=runs");
  await page.mouse.move(200, 200);
  await page.keyboard.press("ArrowDown");
  expect(page.workers()).toEqual([]);
});

test("a run that this browser keeps does not change the recipe that a link for a class locks", async ({
  page
}) => {
  const small =
    "backend=wasm&steps=20&model.embedding_size=8&model.hidden_size=16&model.num_attention_heads=2&model.intermediate_size=32&corpus.generate.documents=60&tokenizer.vocab_size=300";
  const status = page.locator(".obs-controls [role=status]");
  await open(page, `/pretrain?${small}&seed=3`);
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(status).toContainText("done", {timeout: 60_000});
  await open(page, `/pretrain?${small}&seed=7&locked=1`);
  await page.getByRole("button", {name: "Show it"}).click();
  await expect(status).toContainText("done", {timeout: 60_000});
  // the run above is the reader's own; the next is the link's
  await page.getByRole("button", {name: "Reset"}).click();
  await page.getByRole("button", {name: "Train", exact: true}).click();
  await expect(status).toContainText("done", {timeout: 60_000});
  expect(new URL(page.url()).searchParams.get("seed")).toBe("7");
  await expect(page.locator(".obs-figure .obs-facts", {hasText: "seed 7"}).first()).toBeVisible();
});
