import {fileURLToPath} from "node:url";
import type {Page} from "playwright";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {browserPages, browserPath, type BrowserPages} from "../../../browserPage.js";
import type * as InPage from "./shadersInPage.js";

declare const albert: typeof InPage;

/**
 * Sizes: of windows with a rest and without, of one stage and of several, odd and even; the last ones
 * do not fit a texture as they are.
 */
const sizes: [number, number][] = [
  [5, 8],
  [9, 16],
  [13, 30],
  [7, 45],
  [12, 62],
  [30, 100],
  [11, 997]
];

describe.skipIf(!browserPath)("shaders of the webgl backend", () => {
  let pages: BrowserPages;
  let page: Page;
  let hasWebgl = false;

  beforeAll(async () => {
    pages = await browserPages(fileURLToPath(new URL("shadersInPage.ts", import.meta.url)));
    page = await pages.open();
    hasWebgl = await page.evaluate(() => albert.begin());
  }, 120_000);
  afterAll(() => pages?.close());

  test("give what the processor gives, and are compiled for few sizes", async (context) => {
    if (!hasWebgl) context.skip();
    const names = await page.evaluate(() => albert.names);
    let compiled = 0;
    for (const [operation, name] of names.entries())
      for (const [m, n] of sizes) {
        const found = await page.evaluate(([o, a, b]) => albert.compute(o, a, b), [
          operation,
          m,
          n
        ] as const);
        expect(found.error, `${name} of ${m}, ${n}`).toBeLessThan(1e-5);
        compiled += found.compiled;
      }
    // as tfjs leaves them there is one more for nearly every size of every operation
    expect(compiled).toBeLessThan(105);
  }, 120_000);

  test("of a matrix made of a list, and of one of rows, are two", async (context) => {
    if (!hasWebgl) context.skip();
    const fresh = await pages.open(); // where neither is compiled
    await fresh.evaluate(() => albert.begin());
    const sums = (await fresh.evaluate(() => albert.names)).indexOf("sums of a list and of rows");
    expect((await fresh.evaluate((o) => albert.compute(o, 12, 62), sums)).error).toBeLessThan(1e-5);
  }, 60_000);

  test("a training step compiles few, and gives the processor's losses", async (context) => {
    if (!hasWebgl) context.skip();
    const fresh = await pages.open();
    await fresh.evaluate(() => albert.begin());
    const {losses, compiled} = await fresh.evaluate(() => albert.train());
    for (const apart of losses) expect(Math.abs(apart)).toBeLessThan(1e-5);
    expect(compiled[0]).toBeLessThan(60);
    expect(compiled[1]).toBe(0);
  }, 120_000);
});
