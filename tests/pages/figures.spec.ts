import {builtPaths, expect, open, test} from "./helpers.js";
import {checkSavedFigures} from "./savedFigures.js";

/** Figures that a page shows before anything is pressed, at the least. */
const untouched: Record<string, number> = {
  "/": 3,
  "/arena": 2,
  "/attention": 15,
  "/claims": 1,
  "/compare": 6,
  "/embedding": 11,
  "/finetune": 7,
  "/glue/": 1,
  "/glue/mnli": 1,
  "/objectives": 6,
  "/performance": 4,
  "/pretrain": 4,
  "/probe": 14,
  "/runs": 1,
  "/sharing": 17,
  "/tokenizer": 3
};

/** Pages whose figures all have numbers before anything is pressed. */
const filled = Object.keys(untouched).filter((path) => path !== "/pretrain");

// the pages of GLUE's tasks are written by one loader: one stands for all
const paths = builtPaths().filter((path) => path in untouched);

for (const path of paths)
  test(`every figure of ${path} saves SVG, PNG, CSV, recipe and citation`, async ({page}) => {
    // saved figures are light on white, whatever the page is
    await page.emulateMedia({colorScheme: "dark"});
    await open(page, path);
    const figures = page.locator("figure.obs-figure");
    await expect.poll(() => figures.count()).toBeGreaterThanOrEqual(untouched[path] ?? 0);
    // a recorded run is drawn when the browser has said that it keeps none
    if (path === "/runs") await expect(page.getByText("no run of yours yet")).toBeVisible();
    await checkSavedFigures(page, path, !filled.includes(path));
  });

test("a figure is saved in the colours of paper where colours are forced", async ({page}) => {
  await page.emulateMedia({colorScheme: "dark", forcedColors: "active"});
  await open(page, "/arena");
  await expect(page.locator("figure.obs-figure").first()).toBeVisible();
  await checkSavedFigures(page, "/arena", false);
});
