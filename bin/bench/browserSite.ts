/** A copy of the built site whose engine measures peers, too: they never get into the site itself. */
import {copyFile, cp, mkdtemp, readdir, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {build} from "esbuild";
import {InputError} from "../../src/lib/errors.js";
import {projectRoot} from "../process.js";
import {bundleOptions} from "../vendor.js";
import {peersFolder, type Peer} from "./peers.js";

const onnxruntime = join(peersFolder, "node_modules/onnxruntime-web/dist");
/** What onnxruntime-web loads by itself. */
const onnxruntimeFiles = ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

/** The source of an engine that measures peers after the site's own contenders. */
export function engineSource(peers: readonly Peer[]): string {
  const from = (...path: string[]) => JSON.stringify(join(...path));
  return [
    `import ${from(projectRoot, "src/lib/engine/worker.ts")};`,
    `import {otherContenders} from ${from(projectRoot, "src/lib/engine/benchCalls.ts")};`,
    `import {threadCount} from ${from(projectRoot, "src/lib/albert/plan/threads.ts")};`,
    ...peers.map(
      ({module}, i) => `import {contender as peer${i}} from ${from(peersFolder, module)};`
    ),
    `const shared = {threads: threadCount(), files: new URL("./", import.meta.url).href};`,
    ...peers.map(
      ({title, device}, i) =>
        `otherContenders.push(peer${i}(${JSON.stringify(title)}, {...shared, device: "${device}"}));`
    ),
    ""
  ].join("\n");
}

/**
 * Copies a built site and bundles its engine anew, with peers.
 *
 * @returns the copy's folder, and what removes it
 * @throws InputError where the site has no engine
 */
export async function siteWithPeers(
  dist: string,
  peers: readonly Peer[]
): Promise<{folder: string; remove: () => Promise<void>}> {
  const folder = await mkdtemp(join(tmpdir(), "albert-bench-"));
  const remove = () => rm(folder, {recursive: true, force: true});
  try {
    const site = join(folder, "site");
    await cp(dist, site, {recursive: true});
    const scripts = join(site, "_import/vendor");
    const engine = (await readdir(scripts)).find((name) => /^engine\.[0-9a-f]+\.js$/.test(name));
    if (!engine) throw new InputError(`no engine in ${dist}: run npm run build first`);
    const source = join(folder, "engine.js");
    await writeFile(source, engineSource(peers));
    await build({
      ...bundleOptions({source, output: join(scripts, engine)}, projectRoot),
      // its build for WebAssembly alone; the one by default loads twice the .wasm file, for graphics cards too
      alias: {"onnxruntime-web": join(onnxruntime, "ort.wasm.min.mjs")}
    });
    if (peers.some(({needs}) => needs === "onnxruntime-web"))
      for (const name of onnxruntimeFiles)
        await copyFile(join(onnxruntime, name), join(scripts, name));
    return {folder: site, remove};
  } catch (error) {
    await remove();
    throw error;
  }
}
