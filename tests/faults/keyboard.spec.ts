/** Every built page by keyboard alone: no press loses the reader's place. */
import {builtPaths, open} from "../pages/helpers.js";
import {expect, test, type Page} from "./browser.js";
import {Tally} from "./tally.js";

declare global {
  interface Window {
    albertButtons?: HTMLElement[];
  }
}

/** What is pressed: native buttons and what folds. Links leave the page, and fields take no press. */
const pressed = "main :is(button, summary)";

/** Where the keyboard stands: words for an element in sight, or what became of it. */
const place = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "nowhere";
    return at.checkVisibility()
      ? (at.textContent?.trim() || at.tagName).slice(0, 40)
      : "out of sight";
  });

/** Focuses the n-th of the buttons that were found, if it can still be pressed; its words, else null. */
const focus = (page: Page, index: number): Promise<string | null> =>
  page.evaluate((index) => {
    const node = window.albertButtons![index]!;
    if (!node.isConnected || !node.checkVisibility()) return null;
    if (node.matches(":disabled, [aria-disabled='true']")) return null;
    node.focus();
    if (document.activeElement !== node) return null;
    const figure = node.closest("figure")?.getAttribute("aria-label") ?? "";
    return `${node.getAttribute("aria-label") ?? node.textContent?.trim()} ${figure}`.trim();
  }, index);

/** Presses every button of the page that can be pressed, and what stops the work that it began. */
async function pressAll(page: Page, path: string, tally: Tally): Promise<void> {
  const count = await page.evaluate((pressed) => {
    window.albertButtons = [...document.querySelectorAll<HTMLElement>(pressed)];
    return window.albertButtons.length;
  }, pressed);
  for (let i = 0; i < count; i++) {
    const name = await focus(page, i);
    if (name === null) continue;
    await tally.attempt(`${path}: ${name}`, async () => {
      await page.keyboard.press("Enter");
      await page.waitForTimeout(200);
      expect(await place(page), "after the press").not.toMatch(/^(nowhere|out of sight)$/);
      const stop = await page.evaluate(() => {
        const node = window.albertButtons!.find(
          (each) =>
            each.checkVisibility() &&
            /^(stop|cancel|pause)/i.test(each.textContent?.trim() ?? "") &&
            !each.matches(":disabled, [aria-disabled='true']")
        );
        node?.focus();
        return node !== undefined;
      });
      if (!stop) return;
      await page.keyboard.press("Enter");
      await page.waitForTimeout(1000);
      expect(await place(page), "after it was stopped").not.toMatch(/^(nowhere|out of sight)$/);
    });
  }
}

test("every button of every page, pressed by keyboard", async ({page}) => {
  test.setTimeout(1_200_000);
  const tally = new Tally(
    "every reader",
    "buttons pressed by keyboard that kept the reader's place"
  );
  // the pages of GLUE's tasks are written by one loader: one stands for all
  const paths = builtPaths().filter((path) => !/^\/glue\/(?!mnli$)./.test(path));
  for (const path of paths) {
    await open(page, path);
    await pressAll(page, path, tally);
  }
  tally.finish("nothing");
});
