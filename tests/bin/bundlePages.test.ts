import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {pathToFileURL} from "node:url";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {bundlePages} from "../../bin/bundlePages.js";
import {checkSite} from "../../bin/checkSite.js";
import {hardenPage} from "../../bin/harden.js";
import {filesIn} from "./filesIn.js";

let dist: string;
const {write, read} = filesIn(() => dist);

/** A page as Framework writes it: what its cell imports at once is preloaded. */
function writePage(name: string, root: string, early: string[], body: string): void {
  const links = ["_observablehq/client.0000000f.js", ...early].map(
    (path) => `<link rel="modulepreload" href="${root}${path}">\n`
  );
  write(
    name,
    `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n${links.join("")}<script type="module" src="${root}_import/site.0000000a.js"></script>\n` +
      `<script type="module">\n\nimport {define} from "${root}_observablehq/client.0000000f.js";\n\ndefine({body: async () => {\n${body}\n}});\n\n</script>\n</head>\n</html>\n`
  );
}

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "albert-bundle-"));
  write("_observablehq/client.0000000f.js", "export const define = (cell) => cell;");
  write(
    "_import/site.0000000a.js",
    'import {count} from "./lib/count.0000000b.js"; globalThis.root = new URL("../", import.meta.url).href; count.site = true;'
  );
  write("_import/lib/count.0000000b.js", "export const count = {of: 0}; export const unused = 1;");
  write(
    "_import/components/view.0000000c.js",
    'import {count} from "../lib/count.0000000b.js"; import {define} from "../../_observablehq/client.0000000f.js"; export const runtime = define; export const view = () => ++count.of; export const worker = import.meta.resolve("../vendor/worker.0000000d.js");'
  );
  write("_import/vendor/worker.0000000d.js", "self.onmessage = null;");
  write(
    "_node/big@1.0.0/index.0000000e.js",
    'import {count} from "../../_import/lib/count.0000000b.js"; export const big = () => count.of;'
  );
  const cell = (root: string) =>
    `const [{view, worker, runtime}, {count}] = await Promise.all([import("${root}_import/components/view.0000000c.js"), import("${root}_import/lib/count.0000000b.js")]);\n` +
    `const later = () => import("${root}_node/big@1.0.0/index.0000000e.js");\n` +
    "return {view, worker, count, later, runtime};";
  const early = [
    "_import/site.0000000a.js",
    "_import/components/view.0000000c.js",
    "_import/lib/count.0000000b.js"
  ];
  writePage("index.html", "./", early, cell("./"));
  writePage("lessons/masks.html", "../", early, cell("../"));
  writePage("404.html", "./", ["_import/site.0000000a.js"], "return {};");
});
afterEach(() => rmSync(dist, {recursive: true}));

/** Runs the cell of a built page from the page's own place, as a browser would. */
async function runCell(page: string) {
  const html = read(page);
  const body = /define\(\{body: async \(\) => \{\n([^]*?)\n\}\}\);/.exec(html)![1]!;
  const file = join(dist, dirname(page), `${page.replaceAll("/", "-")}.mjs`);
  writeFileSync(file, `export const cell = async () => {\n${body}\n};`);
  const {cell} = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    cell: () => Promise<Record<string, unknown>>;
  };
  return (await cell()) as {
    view: () => number;
    worker: string;
    count: {of: number; site?: boolean};
    later: () => Promise<{big: () => number}>;
    runtime: unknown;
  };
}

describe("bundlePages(dist)", () => {
  test("leaves pages whose cells get the same names from fewer files", async () => {
    expect(await bundlePages(dist)).toMatchObject({joined: 4});
    for (const page of ["index.html", "lessons/masks.html", "404.html"])
      writeFileSync(join(dist, page), hardenPage(read(page)));
    expect(checkSite(dist)).toEqual([]);
    for (const gone of ["_import/lib/count.0000000b.js", "_node/big@1.0.0/index.0000000e.js"])
      expect(existsSync(join(dist, gone))).toBe(false);
    for (const page of ["index.html", "lessons/masks.html"]) {
      const {view, worker, count, later, runtime} = await runCell(page);
      // the runtime is the one that the page itself imports
      const own = pathToFileURL(join(dist, "_observablehq/client.0000000f.js")).href;
      expect(runtime).toBe(((await import(/* @vite-ignore */ own)) as {define: unknown}).define);
      const before = count.of;
      expect(view()).toBe(before + 1);
      // one module stays one, whoever imports it and when
      expect((await later()).big()).toBe(before + 1);
      expect(worker).toBe(pathToFileURL(join(dist, "_import/vendor/worker.0000000d.js")).href);
    }
  });

  test("preloads each page's own files and nothing that comes later", async () => {
    await bundlePages(dist);
    const links = (page: string) =>
      [...read(page).matchAll(/<link rel="modulepreload" href="([^"]+)"/g)].map(
        ([, href]) => href!
      );
    // it is served at any depth, from the base that it sets
    expect(links("404.html").every((href) => href.startsWith("./_"))).toBe(true);
    for (const [page, root] of [
      ["index.html", "./"],
      ["lessons/masks.html", "../"]
    ] as const) {
      const early = links(page);
      expect(early[0]).toBe(`${root}_observablehq/client.0000000f.js`);
      expect(new Set(early).size).toBe(early.length);
      const code = early.slice(1).map((href) => read(join(dirname(page), href)));
      expect(code.join("\n")).toContain("resolve(");
      expect(code.join("\n")).not.toMatch(/big/);
    }
  });

  test("gives a script the place of the site that its source had", async () => {
    await bundlePages(dist);
    const [, site] = /src="\.\/(_import\/site\.[0-9a-f]{8}\.js)"/.exec(read("index.html"))!;
    await import(/* @vite-ignore */ pathToFileURL(join(dist, site!)).href);
    expect((globalThis as {root?: string}).root).toBe(pathToFileURL(`${dist}/`).href);
  });

  test("gives the same bytes for the same sources", async () => {
    const copy = mkdtempSync(join(tmpdir(), "albert-bundle-again-"));
    cpSync(dist, copy, {recursive: true});
    await bundlePages(dist);
    await bundlePages(copy);
    const files = readdirSync(dist, {recursive: true, encoding: "utf8"}).filter((name) =>
      /\.(js|html)$/.test(name)
    );
    for (const name of files) expect(readFileSync(join(copy, name), "utf8"), name).toBe(read(name));
    rmSync(copy, {recursive: true});
  });

  test("refuses a page that loads at once what is to wait", async () => {
    write(
      "_import/lib/count.0000000b.js",
      'import {rows} from "../../_node/@duckdb/duckdb-wasm@1.0.0/index.00000010.js"; export const count = {of: rows};'
    );
    write("_node/@duckdb/duckdb-wasm@1.0.0/index.00000010.js", "export const rows = 0;");
    await expect(bundlePages(dist)).rejects.toThrow(
      /^\S+\.html loads _node\/@duckdb\/duckdb-wasm@1\.0\.0\/index\.00000010\.js before it is needed$/
    );
  });
});
