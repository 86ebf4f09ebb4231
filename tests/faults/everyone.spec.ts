/** Every built page for every reader: any width, any colours, no motion, and the numbers of each figure. */
import {accessibilityFaults, builtPaths, open, sidewaysScroll} from "../pages/helpers.js";
import {expect, test, type Page} from "./browser.js";
import {Tally} from "./tally.js";

const widths = [360, 600, 900, 1280, 1920];

/** Throws with everything that axe finds, of any weight. */
async function checkAxe(page: Page, without?: string[]): Promise<void> {
  const faults = await accessibilityFaults(page, {without});
  if (faults.length) throw new Error(faults.slice(0, 3).join("; "));
}

test("every page at every width, in light, dark and forced colours, without motion", async ({
  page
}) => {
  test.setTimeout(1_200_000);
  const scroll = new Tally(
    "every reader",
    `pages without sideways scroll at ${widths.join(", ")} px`
  );
  const axe = new Tally(
    "every reader",
    "pages without a fault of any weight by axe, light and dark"
  );
  const motion = new Tally(
    "every reader",
    "pages still under reduced motion, named under forced colours"
  );
  for (const path of builtPaths()) {
    await page.setViewportSize({width: 1280, height: 900});
    await page.emulateMedia({reducedMotion: "no-preference", forcedColors: "none"});
    await open(page, path);
    for (const colorScheme of ["light", "dark"] as const)
      await axe.attempt(`${path} ${colorScheme}`, async () => {
        await page.emulateMedia({colorScheme});
        await checkAxe(page);
      });
    await page.emulateMedia({reducedMotion: "reduce", forcedColors: "active"});
    await motion.attempt(path, async () => {
      // what the style sheet cuts to a hundredth of a millisecond is no motion
      const moving = await page.evaluate(
        () =>
          document
            .getAnimations()
            .filter(
              (each) =>
                each.playState === "running" && Number(each.effect?.getTiming().duration) > 1
            ).length
      );
      expect(moving, "running animations").toBe(0);
      // the browser paints its own colours, of which axe knows nothing
      await checkAxe(page, ["color-contrast"]);
    });
    for (const width of widths)
      await scroll.attempt(`${path} at ${width} px`, async () => {
        await page.setViewportSize({width, height: 900});
        await expect.poll(() => sidewaysScroll(page), {timeout: 5000}).toBe(0);
      });
  }
  for (const tally of [axe, motion, scroll]) tally.finish("nothing");
});

test("every figure has its numbers as a table", async ({page}) => {
  test.setTimeout(600_000);
  const twins = new Tally("every reader", "figures that give a table of their numbers");
  for (const path of builtPaths()) {
    await open(page, path);
    const figures = await page.locator("figure.obs-figure").evaluateAll((all) =>
      all.map((figure) => {
        const toggle = figure.querySelector<HTMLButtonElement>(".obs-toggle");
        toggle?.click();
        const shown = figure.querySelector(toggle ? ".obs-twin table" : ".obs-body table");
        const said = {
          title: figure.getAttribute("aria-label") ?? "",
          rows: shown?.querySelectorAll("tbody tr").length ?? 0,
          // a chart that waits for the reader has no numbers to give yet
          waits: toggle !== null && figure.querySelector(".obs-twin th") === null
        };
        toggle?.click();
        return said;
      })
    );
    for (const {title, rows, waits} of figures)
      await twins.attempt(`${path}: ${title}`, () => {
        expect(title).not.toBe("");
        if (!waits) expect(rows).toBeGreaterThan(0);
      });
  }
  twins.finish("nothing");
});
