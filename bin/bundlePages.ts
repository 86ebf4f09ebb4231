/**
 * Joins the modules of a built site's pages. Framework leaves one file for each module, up to two
 * hundred for a page; here each page gets one module that exports what its cells import, and what
 * several pages share lies in files that they share. Only what is used stays.
 */
import {readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join, relative, resolve} from "node:path";
import {transform} from "esbuild";
import {rollup, type OutputChunk, type Plugin} from "rollup";

/** Where the joined modules lie, all of them, so that addresses relative to a module stay short. */
const folder = "_import";

/** Shared files under this size, in bytes before minifying, are joined where nothing is in the way. */
const smallest = 4_000;

/** What no page may load before it is needed. */
const lazy = /\/vendor\/|@duckdb|@tensorflow|apache-arrow|@codemirror/;

/** What is joined with nothing else. */
const apart: readonly {name: string; pattern: RegExp}[] = [
  // what it hands to a sink of Trusted Types can be told from what our code does
  {name: "htl", pattern: /\/_node\/htl@/},
  // statistics need it on pages that draw nothing; joined with a view it brings d3 along
  {name: "random", pattern: /\/lib\/random\./}
];

const slashes = (path: string) => path.replaceAll("\\", "/");
const isOurs = (path: string) => /^_(import|node)\//.test(path);
const withoutHash = (name: string) => name.replace(/\.[0-9a-f]{8}$/, "");

/** A page, what its cells import, and the scripts it starts, by path in the site. */
interface Page {
  file: string;
  /** Names its module; no path of a file. */
  name: string;
  html: string;
  /** Imported as the page opens. */
  modules: string[];
  /** Imported when something is asked for. */
  later: string[];
  scripts: string[];
  /** The path in the site of an address on this page. */
  at: (address: string) => string;
  /** The address on this page of a path in the site. */
  to: (path: string) => string;
}

const cellImport = /\bimport\("([^"]+)"\)/g;
const preload = /<link rel="modulepreload" href="([^"]+)">\n?/g;
const script = /(<script type="module" src=")([^"]+)"/g;

function readPage(dist: string, file: string): Page {
  const html = readFileSync(join(dist, file), "utf8");
  const at = (address: string) =>
    slashes(join(address.startsWith("/") ? "" : dirname(file), address)).replace(/^\//, "");
  const to = (path: string) => {
    const address = slashes(relative(dirname(file), path));
    return address.startsWith(".") ? address : `./${address}`;
  };
  const all = (pattern: RegExp) =>
    [...new Set([...html.matchAll(pattern)].map((match) => at(match.at(-1)!)))].filter(isOurs);
  const early = new Set(all(preload));
  const imported = all(cellImport);
  return {
    file,
    name: file.replace(/\.html$/, "").replaceAll("/", "-"),
    html,
    modules: imported.filter((path) => early.has(path)),
    later: imported.filter((path) => !early.has(path)),
    scripts: all(script),
    at,
    to
  };
}

const exportName = (index: number) => `module${index}`;

/** Gives each page its module, and keeps addresses that a module took from its own place. */
function sitePlugin(dist: string, pages: ReadonlyMap<string, Page>): Plugin {
  return {
    name: "pages",
    resolveId: (id) => (pages.has(id) ? id : null),
    load(id) {
      const from = (path: string) => JSON.stringify(join(dist, path));
      return pages
        .get(id)
        ?.modules.map((path, i) => `export * as ${exportName(i)} from ${from(path)};`)
        .join("\n");
    },
    transform(code, id) {
      if (!code.includes("import.meta")) return null;
      const place = (address: string) => {
        const path = slashes(relative(join(dist, folder), join(dirname(id), address)));
        return path.startsWith(".") ? path : `./${path}`;
      };
      return code
        .replace(
          /\bimport\.meta\.resolve\("([^"]+)"\)/g,
          (_, address: string) => `import.meta.resolve("${place(address)}")`
        )
        .replace(
          /\bimport\.meta\.url\b/g,
          `new URL("${place(".").replace(/\/?$/, "/")}", import.meta.url).href`
        );
    },
    async renderChunk(code) {
      const options = {minify: true, target: "es2022", legalComments: "inline"} as const;
      return {code: (await transform(code, options)).code, map: null};
    }
  };
}

/** A chunk and all that it imports at once, each once, the chunk itself first. */
function withImports(
  first: OutputChunk,
  chunks: ReadonlyMap<string, OutputChunk>
): Set<OutputChunk> {
  const found = new Set<OutputChunk>();
  const visit = (chunk: OutputChunk) => {
    if (found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) if (chunks.has(name)) visit(chunks.get(name)!);
  };
  visit(first);
  return found;
}

/** The page with its modules' addresses in place of those that were joined. */
function rewrite(
  {html, name, modules, at, to}: Page,
  entries: ReadonlyMap<string, OutputChunk>,
  early: ReadonlySet<OutputChunk>
): string {
  const fileOf = (entry: string) => to(entries.get(entry)!.fileName);
  const isJoined = (address: string) => isOurs(at(address));
  let links = [...early].map(
    (chunk) => `<link rel="modulepreload" href="${to(chunk.fileName)}">\n`
  );
  return html
    .replace(cellImport, (call, address: string) => {
      if (!isJoined(address)) return call;
      const index = modules.indexOf(at(address));
      return index < 0
        ? `import("${fileOf(at(address))}")`
        : `import("${fileOf(name)}").then((page) => page.${exportName(index)})`;
    })
    .replace(preload, (link, address: string) => {
      if (!isJoined(address)) return link;
      const first = links.join("");
      links = [];
      return first;
    })
    .replace(script, (tag, start: string, address: string) =>
      isJoined(address) ? `${start}${fileOf(at(address))}"` : tag
    );
}

/**
 * Joins the modules of every page of a built site and takes away what was joined.
 *
 * @param dist the site, as Framework wrote it
 * @returns the number of files that were joined, and of those that took their place
 * @throws Error where a page would load at once what is to be loaded when it is needed
 */
export async function bundlePages(dist: string): Promise<{joined: number; written: number}> {
  const root = resolve(dist);
  const files = readdirSync(root, {recursive: true, encoding: "utf8"}).map(slashes).sort();
  const pages = files.filter((file) => file.endsWith(".html")).map((file) => readPage(root, file));
  const named = new Map(
    pages.flatMap((page) => (page.modules.length ? [[page.name, page] as const] : []))
  );
  const others = new Set(pages.flatMap(({later, scripts}) => [...scripts, ...later]));
  const bundle = await rollup({
    input: [...named.keys(), ...[...others].map((path) => join(root, path))],
    plugins: [sitePlugin(root, named)],
    // Framework's own runtime is one for cells and modules
    external: /[\\/]_observablehq[\\/]/,
    logLevel: "silent"
  });
  const fileName = ({name}: {name: string}) => `${folder}/${withoutHash(name)}.[hash:8].js`;
  const {output} = await bundle.generate({
    format: "es",
    hashCharacters: "hex",
    entryFileNames: fileName,
    chunkFileNames: fileName,
    hoistTransitiveImports: false,
    manualChunks: (id) => apart.find(({pattern}) => pattern.test(slashes(id)))?.name ?? null,
    experimentalMinChunkSize: smallest
  });
  const joined = bundle.watchFiles.filter((file) => !named.has(file));
  await bundle.close();

  const chunks = new Map(
    output.flatMap((part) => (part.type === "chunk" ? [[part.fileName, part] as const] : []))
  );
  // a page by its name, another module by its path in the site
  const entries = new Map<string, OutputChunk>();
  for (const chunk of chunks.values()) {
    const id = chunk.facadeModuleId;
    if (id) entries.set(named.has(id) ? id : slashes(relative(root, id)), chunk);
  }
  for (const page of pages) {
    const started = [...(page.modules.length ? [page.name] : []), ...page.scripts];
    const early = new Set(started.flatMap((name) => [...withImports(entries.get(name)!, chunks)]));
    for (const {modules} of early)
      for (const id of Object.keys(modules))
        if (lazy.test(slashes(id)))
          throw new Error(`${page.file} loads ${relative(root, id)} before it is needed`);
    writeFileSync(join(root, page.file), rewrite(page, entries, early));
  }
  for (const file of joined) rmSync(file);
  for (const [name, {code}] of chunks) writeFileSync(join(root, name), code);
  return {joined: joined.length, written: chunks.size};
}
