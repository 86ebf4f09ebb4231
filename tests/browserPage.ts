/** A page of a real browser with a module of ours in it, for what Node cannot run. */
import {createServer} from "node:http";
import {build} from "esbuild";
import {chromium, type Page} from "playwright";
import {browserArguments, locateBrowser} from "../bin/findBrowser.js";

/** Path of the browser that tests use; null where there is none. */
export const browserPath = locateBrowser();

export interface BrowserPages {
  /** A fresh page with the module's exports as the global `albert`. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

/**
 * Bundles a module and starts the browser.
 *
 * @param entry file path of the module
 */
export async function browserPages(entry: string): Promise<BrowserPages> {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "albert",
    logLevel: "error"
  });
  const content = bundle.outputFiles[0]!.text;
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>test</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: browserPath!,
    args: [...browserArguments]
  });
  return {
    async open() {
      const page = await browser.newPage();
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no server");
      await page.goto(`http://127.0.0.1:${address.port}/`);
      await page.addScriptTag({content});
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    }
  };
}
