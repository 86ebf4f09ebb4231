/** Builds the site into dist with nothing but what is on this machine, and checks it. */
import {rmSync} from "node:fs";
import {join} from "node:path";
import {bundlePages} from "./bundlePages.js";
import {checkSite} from "./checkSite.js";
import {earlyScripts} from "./earlyScripts.js";
import {buildEmbed} from "./embed.js";
import {harden} from "./harden.js";
import {buildOffline} from "./offline.js";
import {frameworkFolder, prepareCache} from "./prepareCache.js";
import {isMain, run, toolEnvironment} from "./process.js";
import {vendor} from "./vendor.js";

/** Loaded before Framework and its loaders: a request off this machine ends the build. */
const refuseRequests = `
  const request = globalThis.fetch;
  globalThis.fetch = (input, options) => {
    const url = String(input?.url ?? input);
    if (/^(data|blob|file):|^https?:\\/\\/(127\\.0\\.0\\.1|localhost)[:/]/.test(url)) return request(input, options);
    console.error("the build may not fetch " + url + " (import the package by its bare name from node_modules)");
    process.exit(1);
  };`;

/** Runs each step of the build in the current folder; throws at the first that fails. */
export async function buildSite(): Promise<void> {
  const start = performance.now();
  prepareCache("src");
  await vendor(process.cwd());
  rmSync("dist", {recursive: true, force: true});
  const env = toolEnvironment();
  const preload = `--import=data:text/javascript,${encodeURIComponent(refuseRequests)}`;
  env.NODE_OPTIONS = [process.env.NODE_OPTIONS, preload].filter(Boolean).join(" ");
  const code = await run(process.execPath, [join(frameworkFolder, "bin/observable.js"), "build"], {
    env
  });
  if (code !== 0) throw new Error(`observable build ended with exit code ${code}`);
  await earlyScripts("dist");
  const {joined, written} = await bundlePages("dist");
  const pages = harden("dist");
  await buildEmbed("dist");
  await buildOffline("dist");
  const faults = checkSite("dist");
  if (faults.length) throw new Error(faults.join("\n"));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`joined ${joined} modules in ${written} files`);
  console.log(`built ${pages} pages into dist in ${seconds} s; the site check found no fault`);
}

if (isMain(import.meta.url))
  await buildSite().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
