/**
 * How much JavaScript a browser loads before a page can be read: what the page's modules import
 * statically, compressed. What they import later (the engine, DuckDB, an editor) is not counted;
 * `bundlePages` refuses a page that loads it at once. `tsx bin/sizes.ts` prints the sizes of `dist`;
 * with `--write` it makes them the budget.
 */
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join, normalize} from "node:path";
import {gzipSync} from "node:zlib";
import {parse, type Node} from "acorn";
import {inlineScripts} from "./harden.js";
import {isMain} from "./process.js";

/** The file that holds the budget: kilobytes (1,000 bytes, gzip) of JavaScript by page. */
export const budgetFile = "bin/sizes.json";
/** The most that the first page may load, in kilobytes. */
export const mostOfFirstPage = 300;
/** The most that a page without a budget may load, in kilobytes. */
const mostWithoutBudget = 200;
/** How much a page may grow over its budget, as a share. */
export const tolerated = 0.1;

type Declaration = Node & {source?: {value: string} | null};

/** Addresses that a module imports by `import … from` and `export … from`. */
function staticImports(code: string): string[] {
  const {body} = parse(code, {ecmaVersion: "latest", sourceType: "module"});
  return (body as Declaration[]).flatMap(({source}) => (source ? [source.value] : []));
}

/** The scripts that a page of a built site loads at once, by path. */
export function scriptsOf(dist: string, page: string): string[] {
  const html = readFileSync(join(dist, page), "utf8");
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const address of staticImports(readFileSync(join(dist, path), "utf8")))
      if (/^\.{0,2}\//.test(address)) visit(normalize(join(dirname(path), address)));
  };
  const folder = page === "404.html" ? "" : dirname(page);
  const at = (address: string) =>
    normalize(address.startsWith("/") ? address.slice(1) : join(folder, address));
  for (const [tag] of html.matchAll(/<link rel="modulepreload"[^>]*>/g))
    visit(at(/href="([^"]+)"/.exec(tag)![1]!));
  for (const [, address] of html.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)) visit(at(address!));
  for (const {code, module} of inlineScripts(html))
    if (module) for (const address of staticImports(code)) visit(at(address));
  return [...found].sort();
}

/** Kilobytes of JavaScript that each page loads at once, by address. */
export function pageSizes(dist = "dist"): Record<string, number> {
  const compressed = new Map<string, number>();
  const size = (path: string) => {
    if (!compressed.has(path))
      compressed.set(path, gzipSync(readFileSync(join(dist, path)), {level: 9}).length);
    return compressed.get(path)!;
  };
  const pages = readdirSync(dist, {recursive: true, encoding: "utf8"})
    .filter((file) => file.endsWith(".html"))
    .sort();
  return Object.fromEntries(
    pages.map((page) => {
      const inline = inlineScripts(readFileSync(join(dist, page), "utf8"));
      const own = gzipSync(inline.map(({code}) => code).join("\n"), {level: 9}).length;
      const bytes = scriptsOf(dist, page).reduce((sum, path) => sum + size(path), own);
      return [page.replace(/(^|\/)index\.html$|\.html$/, "$1") || "/", Math.round(bytes / 1000)];
    })
  );
}

/** What is over its budget: one line each. */
export function sizeFaults(dist: string, budget: Readonly<Record<string, number>>): string[] {
  const sizes = pageSizes(dist);
  const faults = Object.entries(sizes).flatMap(([page, kilobytes]) => {
    const allowed = budget[page];
    if (allowed === undefined)
      return kilobytes > mostWithoutBudget
        ? [`${page} loads ${kilobytes} kB of scripts without a budget: npm run sizes -- --write`]
        : [];
    return kilobytes > allowed * (1 + tolerated)
      ? [
          `${page} loads ${kilobytes} kB of scripts, over its budget of ${allowed} kB by more than 10 %`
        ]
      : [];
  });
  if (sizes["/"]! > mostOfFirstPage)
    faults.push(`the first page loads ${sizes["/"]} kB of scripts (at most ${mostOfFirstPage})`);
  return faults;
}

if (isMain(import.meta.url)) {
  const sizes = pageSizes();
  for (const [page, kilobytes] of Object.entries(sizes)) console.log(`${page}\t${kilobytes} kB`);
  if (process.argv.includes("--write"))
    writeFileSync(budgetFile, `${JSON.stringify(sizes, null, 2)}\n`);
}
