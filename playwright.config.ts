import {createServer} from "node:net";
import type {AddressInfo} from "node:net";
import {defineConfig} from "@playwright/test";
import {browserArguments, locateBrowser} from "./bin/findBrowser.js";

/** A port that is free now; chosen once and handed to the worker processes by the environment. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const {port} = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return String(port);
}

const port = (process.env.ALBERT_TEST_PORT ??= await freePort());
const browser = (process.env.ALBERT_BROWSER ??= locateBrowser() ?? undefined);
const baseURL = `http://127.0.0.1:${port}/`;

export default defineConfig({
  testDir: "tests/pages",
  testMatch: "*.spec.ts",
  outputDir: "test-results/pages",
  // what a test measures it only reports: such numbers are taken with its file alone
  workers: 2,
  timeout: 120_000,
  expect: {timeout: 15_000},
  forbidOnly: !!process.env.CI,
  // a second try on a busy machine; the report lists what needed it as flaky
  retries: process.env.CI ? 1 : 0,
  reporter: "list",
  use: {
    baseURL,
    browserName: "chromium",
    viewport: {width: 1280, height: 900},
    locale: "en-GB",
    // a page comes from the server, not from what an earlier one kept; offline.spec.ts allows them
    serviceWorkers: "block",
    launchOptions: {executablePath: browser, args: [...browserArguments]},
    screenshot: "only-on-failure"
  },
  webServer: {
    command: `node --import tsx bin/serve.ts dist --port ${port}`,
    url: baseURL,
    timeout: 30_000
  }
});
