/** Contenders from other projects, where `npm install` was run in `bench/`. */
import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import type {MakeContender} from "../../src/lib/albert/bench/bench.js";
import {projectRoot} from "../process.js";
import type {TokenizersPackage} from "./encoding.js";

/** The folder of the peers, with a lock of its own: nothing of the site depends on them. */
export const peersFolder = join(projectRoot, "bench");

/** What computes: one thread of the processor, or a graphics card. */
export type PeerDevice = "wasm" | "webgpu";

/** A peer: the package that it needs and the module that runs it. */
interface Peer {
  title: string;
  needs: string;
  module: string;
}

const peers: Record<PeerDevice, readonly Peer[]> = {
  wasm: [
    {title: "jax-js wasm", needs: "@jax-js/jax", module: "jax.mjs"},
    {title: "onnxruntime-web wasm", needs: "onnxruntime-web", module: "onnx.mjs"},
    {
      title: "transformers.js native",
      needs: "@huggingface/transformers",
      module: "transformers.mjs"
    }
  ],
  webgpu: [{title: "jax-js webgpu", needs: "@jax-js/jax", module: "jax.mjs"}]
};

const isInstalled = (name: string) =>
  existsSync(join(peersFolder, "node_modules", name, "package.json"));

/** The other tokenizer, where it is installed. */
export async function loadTokenizers(): Promise<TokenizersPackage | null> {
  const name = "@huggingface/tokenizers";
  if (!isInstalled(name)) return null;
  const entry = createRequire(join(peersFolder, "package.json")).resolve(name);
  return (await import(pathToFileURL(entry).href)) as TokenizersPackage;
}

/** What a peer's module exports. */
interface PeerModule {
  contender: (title: string, options: {threads: number; device: PeerDevice}) => MakeContender;
}

/** The peers of a device that are installed, and a sentence for each that is not. */
export async function loadPeers(
  device: PeerDevice
): Promise<{makers: MakeContender[]; skipped: string[]}> {
  const makers: MakeContender[] = [];
  const skipped: string[] = [];
  for (const {title, needs, module} of peers[device]) {
    if (!isInstalled(needs)) {
      skipped.push(`${title} (npm ci --prefix bench --ignore-scripts installs it)`);
      continue;
    }
    const url = pathToFileURL(join(peersFolder, module)).href;
    const {contender} = (await import(url)) as PeerModule;
    makers.push(contender(title, {threads: 1, device}));
  }
  return {makers, skipped};
}
