/**
 * `npm run dev`: Framework's preview with live reload, and the bundled workers kept up to date
 * beside it. Options go to the preview, as in `npm run dev -- --port 4000`.
 */
import {spawn} from "node:child_process";
import {utimesSync, watch} from "node:fs";
import {join} from "node:path";
import {frameworkFolder, prepareCache} from "./prepareCache.js";
import {toolEnvironment} from "./process.js";
import {watchVendor} from "./vendor.js";

prepareCache("src");
const stop = await watchVendor(process.cwd());
const preview = spawn(
  process.execPath,
  [join(frameworkFolder, "bin/observable.js"), "preview", "--no-open", ...process.argv.slice(2)],
  {stdio: "inherit", env: toolEnvironment()}
);
// the preview reloads pages when its configuration changes, but does not watch imported styles
watch("src/styles", () => utimesSync("observablehq.config.ts", new Date(), new Date()));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => preview.kill(signal));
preview.once("exit", async (code) => {
  await stop();
  process.exit(code ?? 0);
});
