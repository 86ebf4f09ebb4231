/**
 * Bundles what Framework's own import path cannot handle into src/vendor (ignored by git): workers
 * that need packages' browser builds, and DuckDB's worker, a classic script, copied as it is.
 */
import {existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {build, context, type BuildOptions} from "esbuild";
import {isMain, projectRoot} from "./process.js";

/** A worker's source and the bundle that pages start with `import.meta.resolve`. */
interface Bundle {
  source: string;
  output: string;
}

const bundles: readonly Bundle[] = [
  {source: "src/lib/engine/worker.ts", output: "src/vendor/engine.js"},
  {source: "src/workers/arquero.ts", output: "src/vendor/arquero.worker.js"},
  {source: "src/workers/tables.ts", output: "src/vendor/tables.worker.js"}
];

const duckdbWorker = "duckdb-browser-eh.worker.js";

/** How a worker is bundled. */
export function bundleOptions({source, output}: Bundle, root: string): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [source],
    outfile: output,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "external",
    loader: {".wasm": "binary"},
    logLevel: "warning"
  };
}

/** DuckDB's worker, without the line that names a source map that is not shipped. */
function copyDuckdb(root: string): void {
  const folder = join(root, "src/vendor/duckdb");
  const dist = join(root, "node_modules/@duckdb/duckdb-wasm/dist");
  mkdirSync(folder, {recursive: true});
  const code = readFileSync(join(dist, duckdbWorker), "utf8");
  const output = join(folder, duckdbWorker);
  writeFileSync(output, code.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  // Framework writes a file's date into the page: a fixed one keeps builds equal byte for byte
  utimesSync(output, 0, 0);
}

/** Fails with one line for each worker that is named here but not written. */
function requireSources(root: string): void {
  const missing = bundles.filter(({source}) => !existsSync(join(root, source)));
  if (missing.length)
    throw new Error(missing.map((b) => `worker not found: ${b.source}`).join("\n"));
}

/** Writes every file of src/vendor once. */
export async function vendor(root = projectRoot): Promise<void> {
  requireSources(root);
  rmSync(join(root, "src/vendor"), {recursive: true, force: true});
  copyDuckdb(root);
  await Promise.all(bundles.map((bundle) => build(bundleOptions(bundle, root)))).catch(() => {
    throw new Error("a worker could not be bundled (esbuild names the reason above)");
  });
}

/**
 * Writes src/vendor and keeps it up to date while sources change.
 *
 * @returns a function that ends the watch
 */
export async function watchVendor(root = projectRoot): Promise<() => Promise<void>> {
  await vendor(root);
  const contexts = await Promise.all(bundles.map((bundle) => context(bundleOptions(bundle, root))));
  await Promise.all(contexts.map((each) => each.watch()));
  return async () => void (await Promise.all(contexts.map((each) => each.dispose())));
}

if (isMain(import.meta.url)) await vendor();
