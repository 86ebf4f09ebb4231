/** Contenders from other projects, where `npm install` was run in `bench/`. */
import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import type {MakeContender} from "../../src/lib/albert/bench/bench.js";
import type {BackendName} from "../../src/lib/engine/deviceCalls.js";
import {projectRoot} from "../process.js";
import type {TokenizersPackage} from "./encoding.js";

/** The folder of the peers, with a lock of its own: nothing of the site depends on them. */
export const peersFolder = join(projectRoot, "bench");

/** What computes: one thread of the processor, or a graphics card. */
export type PeerDevice = "wasm" | "webgpu";

/** A peer: the package that it needs, the module that runs it and where it computes. */
export interface Peer {
  title: string;
  needs: string;
  module: string;
  device: PeerDevice;
}

const jax = (device: PeerDevice): Peer => ({
  title: `jax-js ${device}`,
  needs: "@jax-js/jax",
  module: "jax.mjs",
  device
});
const onnx: Peer = {
  title: "onnxruntime-web wasm",
  needs: "onnxruntime-web",
  module: "onnx.mjs",
  device: "wasm"
};
const transformers: Peer = {
  title: "transformers.js native",
  needs: "@huggingface/transformers",
  module: "transformers.mjs",
  device: "wasm"
};

/** Who is measured in the terminal. */
const terminalPeers: Record<PeerDevice, readonly Peer[]> = {
  wasm: [jax("wasm"), onnx, transformers],
  webgpu: [jax("webgpu")]
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

/** The peers that are there, and a sentence for each that is not. */
function sorted(peers: readonly Peer[], isThere: (name: string) => boolean) {
  const there = peers.filter(({needs}) => isThere(needs));
  const skipped = peers
    .filter((peer) => !there.includes(peer))
    .map(({title}) => `${title} (npm ci --prefix bench --ignore-scripts installs it)`);
  return {there, skipped};
}

/**
 * The peers of a browser in which TensorFlow.js is on a backend; onnxruntime-web is on WebAssembly whatever
 * that is.
 *
 * @param isThere whether a package is installed in bench/
 */
export function browserPeers(backend: BackendName, isThere = isInstalled) {
  return sorted([jax(backend === "webgpu" ? "webgpu" : "wasm"), onnx], isThere);
}

/** The peers of a device that are installed, and a sentence for each that is not. */
export async function loadPeers(
  device: PeerDevice
): Promise<{makers: MakeContender[]; skipped: string[]}> {
  const {there, skipped} = sorted(terminalPeers[device], isInstalled);
  const makers: MakeContender[] = [];
  for (const {title, module} of there) {
    const url = pathToFileURL(join(peersFolder, module)).href;
    const {contender} = (await import(url)) as PeerModule;
    makers.push(contender(title, {threads: 1, device}));
  }
  return {makers, skipped};
}
