import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import {writeModelFolder} from "../../../../src/lib/albert/checkpoint/write.js";
import type {StoredTensor} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {
  readSafetensors,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {tinyConfig as largerTinyConfig} from "../tiny.js";

/** A configuration with sizes that are all different. */
export function tinyConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  return largerTinyConfig({numHiddenLayers: 3, maxPositionEmbeddings: 7, ...partial});
}

/** The folder of a freshly initialised tiny model, its files open for changes. */
export function tinyFolder(partial: Partial<AlbertConfig> = {}, seed = 1): Map<string, Uint8Array> {
  const config = tinyConfig(partial);
  return writeModelFolder({config, parameters: initParameters(config, seed)});
}

/** Changes config.json of a folder in place. */
export function editConfig(
  folder: Map<string, Uint8Array>,
  edit: (config: Record<string, unknown>) => void
): Map<string, Uint8Array> {
  const config = JSON.parse(new TextDecoder().decode(folder.get("config.json")));
  edit(config);
  folder.set("config.json", new TextEncoder().encode(JSON.stringify(config)));
  return folder;
}

/** Changes the tensors of a folder in place. */
export function editTensors(
  folder: Map<string, Uint8Array>,
  edit: (tensors: Map<string, StoredTensor>) => Map<string, StoredTensor> | void
): Map<string, Uint8Array> {
  const tensors = readSafetensors(folder.get("model.safetensors")!, "model.safetensors");
  folder.set("model.safetensors", writeSafetensors(edit(tensors) ?? tensors));
  return folder;
}
