import {fileURLToPath} from "node:url";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {browserPages, browserPath, type BrowserPages} from "../../../browserPage.js";
import * as here from "./kernelLosses.js";

declare const albert: typeof here;

const models = 40;
if (!browserPath) console.log("skipped: no browser for the relaxed kernels");

describe.skipIf(!browserPath)("the kernels in a browser", () => {
  let pages: BrowserPages;

  beforeAll(async () => {
    pages = await browserPages(fileURLToPath(new URL("kernelLosses.ts", import.meta.url)));
  }, 120_000);

  afterAll(() => pages?.close());

  test("agree to 1e-5 with and without fused multiply-add", {timeout: 120_000}, async () => {
    const page = await pages.open();
    const {best, hasRelaxed} = await page.evaluate(() => albert.kinds());
    expect(best).toBe(hasRelaxed ? "relaxed" : "simd");
    const simd = await page.evaluate((n) => albert.kernelLosses("simd", n), models);
    expect(simd).toEqual(here.kernelLosses("simd", models)); // the same bits as on Node
    if (!hasRelaxed) return console.log("skipped: this browser has no relaxed SIMD");
    const relaxed = await page.evaluate((n) => albert.kernelLosses("relaxed", n), models);
    const errors = simd.map(({loss, norm}, i) =>
      Math.max(Math.abs(relaxed[i]!.loss - loss) / loss, Math.abs(relaxed[i]!.norm - norm) / norm)
    );
    console.log(
      `largest difference of the relaxed kernels: ${Math.max(...errors).toExponential(2)}`
    );
    expect(Math.max(...errors)).toBeLessThan(1e-5);
    expect(relaxed).not.toEqual(simd); // else the fused instructions are not there
  });
});
