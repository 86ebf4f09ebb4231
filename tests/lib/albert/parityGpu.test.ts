import {fileURLToPath} from "node:url";
import type {Page} from "playwright";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {largestRelativeError} from "../../../src/lib/albert/accuracy.js";
import {browserPages, browserPath, type BrowserPages} from "../../browserPage.js";
import type * as BrowserSide from "./browserOutputs.js";
import {caseNames, casesFolder, failures, loadCase, Worst} from "./parityCases.js";

declare const albert: typeof BrowserSide;

const runs = casesFolder !== null && browserPath !== null;
if (casesFolder && !browserPath) console.log("skipped: no browser for webgl and webgpu");

describe.skipIf(!runs)("the reference's models in a browser", () => {
  let pages: BrowserPages;

  beforeAll(async () => {
    pages = await browserPages(fileURLToPath(new URL("browserOutputs.ts", import.meta.url)));
  }, 120_000);

  afterAll(() => pages?.close());

  describe.each(["webgl", "webgpu"] as const)("%s", (backend) => {
    const rtol = largestRelativeError[backend];
    const worst = new Worst();
    let page: Page;
    let precision: number | null;

    beforeAll(async () => {
      page = await pages.open();
      precision = await page.evaluate((name) => albert.browserBackend(name), backend);
      if (precision === null) console.log(`skipped: this browser has no ${backend}`);
    }, 120_000);

    afterAll(() => {
      if (precision !== null)
        console.log(`largest errors on ${backend} (${precision} bits), against float64\n${worst}`);
      return page?.close();
    });

    test.each(caseNames)("%s", {timeout: 180_000}, async (name) => {
      if (precision === null) return;
      const model = loadCase(name);
      const {answers, leaked} = await page.evaluate((call) => albert.browserOutputs(call), {
        files: Array.from(model.files, ([file, bytes]): [string, number[]] => [file, [...bytes]]),
        questions: model.questions.map(({inputs, gradients}) => ({
          inputs: Array.from(
            inputs,
            ([key, {shape, data}]): [string, {shape: number[]; data: number[]}] => [
              key,
              {shape: [...shape], data: Array.from(data)}
            ]
          ),
          gradients
        }))
      });
      const found = model.questions.flatMap((question, i) => {
        const got = new Map(answers[i]!.map(([key, data]) => [key, {data}]));
        return failures(model, question, got, rtol, worst);
      });
      expect(leaked).toBe(0);
      if (!model.isInformative) expect(found).toEqual([]);
      else if (found.length) console.log(`${name} (informative): ${found.join("; ")}`);
    });
  });
});
