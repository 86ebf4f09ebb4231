/** Pages of the built site with a module of ours in them, and ways to kill what computes. */
import {readdirSync} from "node:fs";
import {test as base, expect, type Browser, type BrowserContext, type Page} from "@playwright/test";
import {build} from "esbuild";
import type * as InPage from "./engineInPage.js";

declare global {
  var albert: typeof InPage;
}

/** Addresses that a bundle cannot resolve by itself, of the built site. */
function siteAddresses(): Record<string, string> {
  const files = readdirSync("dist", {recursive: true, encoding: "utf8"});
  const find = (pattern: RegExp) => {
    const found = files.find((file) => pattern.test(file));
    if (!found) throw new Error(`dist holds no file like ${pattern}: build the site first`);
    return `/${found}`;
  };
  const wasm = (name: string) => find(new RegExp(`${name}\\.wasm$`));
  return {
    "../../vendor/engine.js": find(/vendor[\\/]engine\.[\da-f]+\.js$/),
    ...Object.fromEntries(
      ["", "-simd", "-threaded-simd"].map((kind) => [
        `@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm${kind}.wasm`,
        wasm(`tfjs-backend-wasm${kind}`)
      ])
    )
  };
}

/** The script that puts `engineInPage.ts` into every page as the global `albert`. */
export async function engineScript(): Promise<string> {
  const bundle = await build({
    entryPoints: ["tests/faults/engineInPage.ts"],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "albertInPage",
    define: {"import.meta.resolve": "albertAddress"},
    banner: {
      js: `const albertAddress = (name) => new URL(${JSON.stringify(siteAddresses())}[name], location.href).href;`
    },
    footer: {js: "globalThis.albert = albertInPage;"},
    logLevel: "error"
  });
  return bundle.outputFiles[0]!.text;
}

/** Kills the graphics process; returns when it was told, for it cannot answer. */
export async function crashGraphics(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  void session.send("Browser.crashGpuProcess").catch(() => undefined);
  // a second session answers after the command of the first was taken
  const other = await browser.newBrowserCDPSession();
  await other.send("Browser.getVersion");
  await other.detach();
}

/** Crashes the process of a page, its workers with it. */
export async function crashPage(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}

/** Ends the only worker of a page from within, as a crash of its thread would. */
export async function killWorker(page: Page): Promise<void> {
  await page
    .workers()[0]!
    .evaluate(() => self.close())
    .catch(() => undefined);
}

export const test = base;
export {expect, type Browser, type BrowserContext, type Page};
