import {defineConfig} from "@playwright/test";
import {projectRoot} from "../../bin/process.js";
import pages from "../../playwright.config.js";

const {launchOptions = {}} = pages.use!;
const server = pages.webServer as Extract<typeof pages.webServer, {command?: string}>;

/** The failures that only a browser can show, provoked on the built site. */
export default defineConfig({
  ...pages,
  testDir: ".",
  outputDir: "../../test-results/faults",
  timeout: 300_000,
  // one after the other: how soon a loss is noticed is measured
  workers: 1,
  webServer: {...server, cwd: projectRoot},
  use: {
    ...pages.use,
    launchOptions: {
      ...launchOptions,
      args: [
        ...launchOptions.args!,
        // the graphics process is killed far more often than a browser puts up with
        "--disable-gpu-process-crash-limit",
        "--disable-domain-blocking-for-3d-apis"
      ]
    }
  }
});
