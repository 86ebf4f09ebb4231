/** Contenders from other projects, where `npm install` was run in `bench/`. */
import {existsSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import type {MakeContender} from "../../src/lib/albert/bench/bench.js";
import {projectRoot} from "../process.js";

/** The folder of the peers, with a lock of its own: nothing of the site depends on them. */
export const peersFolder = join(projectRoot, "bench");

/** A peer: the package that it needs and the module that runs it. */
const peers = [
  {title: "jax-js wasm", needs: "@jax-js/jax", module: "jax.mjs"},
  {title: "onnxruntime-web wasm", needs: "onnxruntime-web", module: "onnx.mjs"}
];

/** What a peer's module exports. */
interface PeerModule {
  contender: (title: string, options: {threads: number}) => MakeContender;
}

/** The peers that are installed, and a sentence for each that is not. */
export async function loadPeers(
  threads: number
): Promise<{makers: MakeContender[]; skipped: string[]}> {
  const makers: MakeContender[] = [];
  const skipped: string[] = [];
  for (const {title, needs, module} of peers) {
    if (!existsSync(join(peersFolder, "node_modules", needs, "package.json"))) {
      skipped.push(`${title} (npm ci --prefix bench --ignore-scripts installs it)`);
      continue;
    }
    const url = pathToFileURL(join(peersFolder, module)).href;
    const {contender} = (await import(url)) as PeerModule;
    makers.push(contender(title, {threads}));
  }
  return {makers, skipped};
}
