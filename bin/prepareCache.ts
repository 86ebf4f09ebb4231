/**
 * Keeps Observable Framework off the network.
 *
 * Framework's own client names packages as `npm:…` and asks the registry for the newest version of
 * each, even when no page uses them. An empty folder `NAME@VERSION` in its cache answers instead, so
 * a build needs no network and gives the same hashes whatever was published since.
 */
import {mkdirSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {join} from "node:path";

/** Framework's own files: its command line and the modules it ships to the browser. */
export const frameworkFolder = join(
  import.meta.dirname,
  "../node_modules/@observablehq/framework/dist"
);

/** Names of the packages that Framework's browser files mention as `npm:…`, sorted. */
export function frameworkPackages(): string[] {
  const client = join(frameworkFolder, "client");
  const names = new Set<string>();
  for (const file of readdirSync(client, {recursive: true, encoding: "utf8"})) {
    if (!file.endsWith(".js")) continue;
    const text = readFileSync(join(client, file), "utf8");
    for (const match of text.matchAll(/["'`]npm:((?:@[\w.-]+\/)?[\w.-]+)/g)) names.add(match[1]!);
  }
  return [...names].sort();
}

/**
 * Makes the empty version folders and drops the cached loader outputs, which Framework would reuse
 * for ever (its build compares no dates).
 *
 * @param source folder of the pages
 * @returns how many packages were answered for
 */
export function prepareCache(source = "src"): number {
  const cache = join(source, ".observablehq", "cache");
  mkdirSync(cache, {recursive: true});
  // what does not begin with _ was printed by a loader of data or of pages
  for (const name of readdirSync(cache))
    if (!name.startsWith("_")) rmSync(join(cache, name), {recursive: true});
  const packages = frameworkPackages();
  for (const name of packages) mkdirSync(join(cache, "_npm", `${name}@0.0.0`), {recursive: true});
  return packages.length;
}
