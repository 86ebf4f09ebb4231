/** Prints the licence of this project and of every package that may ship with the site. */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** Tools that build the site and leave nothing of themselves in it. */
const tools = new Set(["tsx", "esbuild"]);

/** Folders of the packages reachable from our dependencies, by `name version`. */
function shipped(): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (from: string, name: string) => {
    const folder = [join(from, "node_modules", name), join("node_modules", name)].find(existsSync);
    if (!folder) return;
    const {version, dependencies = {}} = manifestOf(folder);
    const key = `${name} ${version}`;
    if (found.has(key)) return;
    found.set(key, folder);
    // Framework ships its own browser files; what its command line needs stays behind
    if (name === "@observablehq/framework") return;
    for (const next of Object.keys(dependencies))
      if (!next.startsWith("@types/")) visit(folder, next);
  };
  for (const name of Object.keys(manifestOf(".").dependencies ?? {}))
    if (!tools.has(name)) visit(".", name);
  return found;
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  return file ? readFileSync(join(folder, file), "utf8").replace(/\r\n/g, "\n").trim() : "";
}

const rule = "-".repeat(80);
const parts = [...shipped()]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([key, folder]) => {
    const {license = "see the package"} = manifestOf(folder);
    return `${key} (${license})\n\n${licenceText(folder)}`.trim();
  });
const own = readFileSync("LICENSE", "utf8").trim();
process.stdout.write(`${[`ALBERT Observatory (ISC)\n\n${own}`, ...parts].join(`\n\n${rule}\n`)}\n`);
