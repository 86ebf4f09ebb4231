/**
 * Makes a built site able to work without a network: writes `sw.js`, which knows every file with its
 * hash, and the version, which pages carry so that they can tell when a newer one is there.
 */
import {createHash} from "node:crypto";
import {readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {build} from "esbuild";
import type {SiteFile} from "../src/serviceWorker.js";

/** Files over this size, in bytes, are kept when they are first used. */
const largest = 5_000_000;

/** Not kept: the worker itself, and what only other sites ask for. */
const left = new Set(["sw.js", "embed.js", "embed.css"]);

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64");

/** Names of all files of a folder, with slashes, sorted. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, {recursive: true, encoding: "utf8"})
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

/** True where a file's name changes with its content: a hash or a package's version is in it. */
export function isNamedByContent(path: string): boolean {
  return /\.[0-9a-f]{8}\.\w+$/.test(path) || /^_(node|npm)\/.*@\d+\.\d+\.\d+/.test(path);
}

/**
 * Writes the worker and marks the pages with the version, a hash of everything in the site.
 *
 * @returns the version
 * @throws Error where a file that pages load could change under the same name
 */
export async function buildOffline(dist: string): Promise<string> {
  const names = filesOf(dist).filter((name) => !left.has(name));
  const unsure = names.filter((name) => !name.endsWith(".html") && !isNamedByContent(name));
  if (unsure.length)
    throw new Error(`not named by content, so that versions could mix: ${unsure.join(", ")}`);
  const all = createHash("sha256");
  for (const name of names) all.update(`${name}\0${sha256(readFileSync(join(dist, name)))}\n`);
  const version = all.digest("hex").slice(0, 16);

  const files = names.map((path): SiteFile => {
    const file = join(dist, path);
    if (path.endsWith(".html")) {
      const html = readFileSync(file, "utf8").replace(/<meta name="build"[^>]*>\n/, "");
      const mark = `<meta name="build" content="${version}">`;
      writeFileSync(file, html.replace('<meta name="viewport"', `${mark}\n<meta name="viewport"`));
    }
    const bytes = readFileSync(file);
    const isLarge = bytes.length > largest;
    return {path, integrity: `sha256-${sha256(bytes)}`, size: bytes.length, isLarge};
  });
  const result = await build({
    entryPoints: ["src/serviceWorker.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    define: {BUILD: JSON.stringify({version, files})},
    logLevel: "warning"
  });
  writeFileSync(join(dist, "sw.js"), result.outputFiles[0]!.text);
  return version;
}
