import {expect, open, test} from "./helpers.js";
import {hostileQueries, linkedPages} from "./hostileLinks.js";

for (const path of linkedPages)
  test(`${path} refuses a hostile link in words, and starts nothing`, async ({page}) => {
    for (const query of hostileQueries(3)) {
      await open(page, path + query);
      await expect(page.locator(".obs-link-note .obs-refused").first()).toContainText("link: ");
      expect(page.workers()).toEqual([]);
      expect(await page.evaluate(() => "ran" in window)).toBe(false);
    }
  });

test("a link brings a page back as it was, and computes nothing by itself", async ({page}) => {
  const brings: [link: string, selector: string, value: string][] = [
    ["/tokenizer?text=A+mayor.", "textarea[aria-label='Text']", "A mayor."],
    ["/attention?text=One.&pair=Two.&head=3", "[aria-label='Second sentence']", "Two."],
    ["/compare?other=bert-tiny&length=512", "label:has-text('and another') select", "bert-tiny"],
    ["/finetune?task=cola&rows=250&seed=4", "#finetune-seed", "4"],
    ["/probe?first=A+[MASK]&second=B+[MASK]", "[aria-label='Second text']", "B [MASK]"],
    ["/embedding?E=77", "label:has-text('E, embedding') input", "77"],
    ["/tokenizer?vocabulary=300&documents=50", ".obs-vocabulary-fields input >> nth=0", "300"],
    ["/tokenizer?vocabulary=300&documents=50", ".obs-vocabulary-fields input >> nth=1", "50"],
    ["/sharing?model=apart&change=keep", "fieldset:has-text('go on with') input:checked", "apart"],
    ["/sharing?model=apart&change=keep", "fieldset:has-text('tie all') input:checked", "keep"],
    ["/attention?unit=words", "fieldset:has-text('Between') input:checked", "words"],
    ["/objectives?seeds=7", "label:text-is('seeds') input", "7"],
    ["/arena?seed=5&share=20", "[aria-label='seed of the words']", "5"],
    ["/arena?seed=5&share=20", "[aria-label^='share of attention']", "0.2"],
    ["/lessons/masks?steps=300&seed=4", "label:text-is('seed') input", "4"],
    ["/lessons/reason?text=A+[MASK].", "[aria-label^='sentence of the lesson']", "A [MASK]."]
  ];
  for (const [link, selector, value] of brings) {
    await open(page, link);
    await expect(page.locator(selector).first()).toHaveValue(value);
    await expect(page.locator(".obs-link-note")).toHaveText(/^Set as the link says\./);
    expect(page.workers()).toEqual([]);
  }
  await open(page, "/claims?show=wrong");
  await expect(page.locator(".claim")).toHaveCount(7);
  await open(page, "/sharing?share=nothing");
  await expect(page.locator(".obs-link-note .obs-refused")).toContainText(
    'share is "nothing" (expected'
  );
});

test("what is chosen in a form is in the address, what is usual is not", async ({page}) => {
  const parameter = (name: string) => new URL(page.url()).searchParams.get(name);
  await open(page, "/attention");
  const choose = (label: RegExp) =>
    page.locator(".obs-choice:visible", {hasText: label}).first().click();
  await choose(/^words$/);
  await expect.poll(() => parameter("unit")).toBe("words");
  await choose(/^pieces$/);
  await expect.poll(() => parameter("unit")).toBe(null);
  await open(page, "/tokenizer");
  await page.getByLabel("vocabulary size").fill("300");
  await expect.poll(() => parameter("vocabulary")).toBe("300");
  await open(page, "/sharing");
  await choose(/^untie depth 2$/);
  await expect.poll(() => parameter("change")).toBe("2");
});

test("a query in a link stands in the editor unasked; what is typed is in the address", async ({
  page
}) => {
  await open(page, "/glue/?task=RTE&sql=SELECT+42");
  const editor = page.getByRole("textbox", {name: "SQL"});
  await expect(editor).toHaveText("SELECT 42");
  await expect(page.locator(".glue-status")).toContainText("Ctrl+Enter runs it");
  await expect(page.locator(".glue-form select").first()).toHaveValue(/\d/);
  expect(page.workers()).toEqual([]);
  await editor.press("End");
  await editor.pressSequentially(" + 1");
  await expect
    .poll(() => new URL(page.url()).searchParams.get("sql"), {timeout: 10_000})
    .toBe("SELECT 42 + 1");
  // longer than a link may be: a file
  await editor.fill(`SELECT 1 -- ${"x y ".repeat(3000)}`);
  await page.getByText("Link to this page as it stands").click();
  await expect(page.getByText("longer than the 8,192 characters")).toBeVisible();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", {name: "Save as a file"}).click();
  const file = await (await saving).path();
  await page.getByLabel("open a saved state of this page").setInputFiles(file);
  await expect(page.locator(".obs-link-note")).toHaveText(/^Set as the link says\./);
  await expect(editor).toContainText("SELECT 1");
  await expect(page.locator(".glue-form select").first()).not.toHaveValue("0");
});
