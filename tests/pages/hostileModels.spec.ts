/** Model folders of somebody who means harm, dropped on every page that takes one. */
import type {Page} from "@playwright/test";
import {expect, open, test} from "./helpers.js";
import {explodingFolder, markedFolder, markup, refusedFolders} from "./hostileFolders.js";
import {modelFiles} from "./modelFiles.js";

const loading = {timeout: 60_000};
const alert = (page: Page) => page.getByRole("alert").filter({hasText: /./});
const facts = (page: Page) => page.locator(".obs-model-facts");
const notes = (page: Page) => page.locator(".obs-picker-panel .obs-notes");
const picker = (page: Page) => page.getByLabel("choose the files of a model folder");

/** How many elements there are that a text of a file could have made. */
const foreign = (page: Page) =>
  page
    .locator('script, iframe, object, embed, base, img[src]:not([src^="data:"], [src^="blob:"])')
    .count();

/** Opens a page at its place for folders, and counts what may not happen on it from here on. */
async function opened(page: Page, path: string) {
  const unwanted: string[] = [];
  await open(page, path);
  await page.getByRole("radio", {name: "A folder of yours"}).check();
  const elements = await foreign(page);
  page.on("dialog", (dialog) => {
    unwanted.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().includes("never")) unwanted.push(request.url());
  });
  const check = async (what: string) => {
    expect(unwanted, what).toEqual([]);
    expect(await foreign(page), what).toBe(elements);
    expect(await page.evaluate(() => Object.keys(Object.prototype)), what).toEqual([]);
  };
  /** Drops folders one after the other; each is refused, and the model before stays in use. */
  const refuses = async (folders: typeof refusedFolders, ask: () => Promise<void>) => {
    const before = await facts(page).innerText();
    for (const [what, files, says] of folders) {
      await picker(page).setInputFiles(files);
      await ask();
      await expect(alert(page).filter({hasText: says}).first(), what).toBeVisible(loading);
      expect((await alert(page).first().innerText()).length, what).toBeLessThan(1100);
      expect(await facts(page).innerText(), what).toBe(before);
      await check(what);
    }
  };
  return {check, refuses};
}

test("/attention refuses every hostile folder in words; the one in use stays", async ({page}) => {
  const {check, refuses} = await opened(page, "/attention?backend=wasm");
  await picker(page).setInputFiles(modelFiles());
  await expect(facts(page)).toContainText("3 files", loading);
  await refuses(refusedFolders, async () => {});
  // names that are markup load, as text
  await picker(page).setInputFiles(markedFolder);
  await expect(notes(page)).toContainText("3 unused tensors", loading);
  await expect(notes(page)).toContainText(markup.slice(0, 30));
  await check("a folder with markup in its names");
  await picker(page).setInputFiles(modelFiles());
  await expect(notes(page)).not.toContainText("unused", loading);
  await expect(page.getByRole("status").first()).toHaveText(/^answered by 3 files/, loading);
  await expect(alert(page)).toHaveCount(0);
});

test("a tokenizer that makes a text explode is stopped, and the page answers again", async ({
  page
}) => {
  const {check} = await opened(page, "/attention?backend=wasm");
  await picker(page).setInputFiles(explodingFolder);
  await expect(alert(page).first()).toContainText("at most 64 times as many", loading);
  await check("a tokenizer that explodes");
  await picker(page).setInputFiles(modelFiles());
  await expect(page.getByRole("status").first()).toHaveText(/^answered by 3 files/, loading);
  await expect(alert(page)).toHaveCount(0);
});

/** The other pages read what is chosen when they are asked something. */
const asked: [path: string, button: RegExp][] = [
  ["/probe?backend=wasm", /^Compare the depths/],
  ["/finetune?backend=wasm", /^Train$/]
];
for (const [path, button] of asked)
  test(`${path} refuses hostile folders when it is asked`, async ({page}) => {
    const {refuses} = await opened(page, path);
    const ask = page.getByRole("button", {name: button}).first();
    const some = refusedFolders.filter((_, i) => i % 4 === 0);
    expect(some.length).toBeGreaterThan(3);
    await refuses(some, () => ask.click());
    await expect(ask).toBeEnabled();
  });
