import {createServer, type Server} from "node:http";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";
import {chromium, type Browser, type Page} from "playwright";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {browserArguments, locateBrowser} from "../../../bin/findBrowser.js";
import {largestRelativeError} from "../../../src/lib/albert/accuracy.js";
import type * as BrowserSide from "./browserOutputs.js";
import {caseNames, casesFolder, failures, loadCase, Worst} from "./parityCases.js";

declare const albert: typeof BrowserSide;

const executablePath = casesFolder ? locateBrowser() : null;
if (casesFolder && !executablePath) console.log("skipped: no browser for webgl and webgpu");

describe.skipIf(!executablePath)("the reference's models in a browser", () => {
  let server: Server;
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL("browserOutputs.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "albert",
      logLevel: "error"
    });
    script = bundle.outputFiles[0]!.text;
    server = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>parity</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({executablePath: executablePath!, args: [...browserArguments]});
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  describe.each(["webgl", "webgpu"] as const)("%s", (backend) => {
    const rtol = largestRelativeError[backend];
    const worst = new Worst();
    let page: Page;
    let precision: number | null;

    beforeAll(async () => {
      page = await browser.newPage();
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no server");
      await page.goto(`http://127.0.0.1:${address.port}/`);
      await page.addScriptTag({content: script});
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
