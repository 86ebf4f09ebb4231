import {builtPaths, expect, open, sidewaysScroll, test} from "./helpers.js";

/** Width of the text on A4 between the margins of the print style, in CSS pixels. */
const a4 = Math.floor(((210 - 2 * 16) / 25.4) * 96);

// the pages of GLUE's tasks are written by one loader: one stands for all
const paths = builtPaths().filter((path) => !/^\/(glue\/(?!mnli$).+|404|embed)$/.test(path));

test("on paper every page fits its width, and shows its figures without its controls", async ({
  page
}) => {
  test.slow();
  await page.setViewportSize({width: a4, height: 990});
  for (const path of paths) {
    await page.emulateMedia({media: "screen"});
    await open(page, path);
    const figures = page.locator("figure.obs-figure:visible");
    const count = await figures.count();
    await page.emulateMedia({media: "print"});
    expect.soft(await sidewaysScroll(page), path).toBe(0);
    const controls = page.locator(
      "main :is(button, input, select, textarea):visible:not(.obs-body *, th *)"
    );
    expect.soft(await controls.count(), `${path}: controls`).toBe(0);
    // a figure may come late, but none goes
    expect.soft(await figures.count(), `${path}: figures`).toBeGreaterThanOrEqual(count);
    await expect.soft(page.locator("#observablehq-sidebar"), path).toBeHidden();
  }
});
