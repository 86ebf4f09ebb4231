/**
 * Puts the scripts that draw before the rest of their page is there into the page itself. A page names
 * one by `<script type="module" src="…" async>`: beside a tab that takes all the processor, such a file
 * would be asked for among thirty others, and run after the first picture was laid out. Here it is one
 * script without imports that runs before the first style sheet is asked for.
 */
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {build} from "esbuild";

const tag = /<script type="module" src="([^"]+)" async(?:="")?><\/script>\n?/g;

/** The code of a module with all that it imports, for a script element. */
async function scriptOf(file: string): Promise<string> {
  const {outputFiles, warnings} = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "inline",
    logLevel: "silent"
  });
  // such as an address relative to the module, which a script in a page does not have
  if (warnings.length) throw new Error(`${file} cannot stand in a page: ${warnings[0]!.text}`);
  return outputFiles[0]!.text.trim().replaceAll("</script", "<\\/script");
}

/**
 * Moves the early scripts of every page of a built site into its head.
 *
 * @param dist the site, as Framework wrote it
 * @returns the number of pages that have one
 * @throws Error where a script needs what a page does not have
 */
export async function earlyScripts(dist: string): Promise<number> {
  let count = 0;
  for (const name of readdirSync(dist, {recursive: true, encoding: "utf8"})) {
    if (!name.endsWith(".html")) continue;
    const file = join(dist, name);
    const html = readFileSync(file, "utf8");
    const addresses = [...html.matchAll(tag)].map(([, address]) => address!);
    if (addresses.length === 0) continue;
    const scripts: string[] = [];
    for (const address of addresses) scripts.push(await scriptOf(join(dirname(file), address)));
    const elements = scripts.map((code) => `<script>${code}</script>\n`).join("");
    writeFileSync(
      file,
      html.replace(tag, "").replace(/<link /, (link) => elements + link)
    );
    ++count;
  }
  return count;
}
