import {InputError} from "../../errors.js";
import {parseJson, printable} from "../../json.js";
import type {StoredTensor, TensorEntry} from "./safetensors.js";
import {openSafetensors} from "./safetensors.js";
import {convert, describeForeignFile} from "./sniff.js";
import type {FileSource} from "./source.js";
import {openFile, readSmallText} from "./source.js";

/** A tensor of a checkpoint that has not been read yet. */
export interface Weight {
  /** Name in the file. */
  name: string;
  file: string;
  dtype: TensorEntry["dtype"];
  shape: number[];
  read(): Promise<StoredTensor>;
}

const singleName = "model.safetensors";
const indexName = "model.safetensors.index.json";

/**
 * The tensors of a folder's checkpoint by their names in the file: of `model.safetensors`, else of
 * the shards that `model.safetensors.index.json` names, else of the only safetensors file there is.
 * Only headers are read.
 *
 * @throws InputError if there is none, a shard is missing or lies elsewhere, a name occurs in two
 * shards, or the weights are a pickle or another format that is never opened
 */
export async function openWeights(files: FileSource): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  for (const file of await weightFiles(files)) {
    const opened = await openSafetensors(await openFile(files, file), file);
    for (const [name, {dtype, shape}] of opened.entries) {
      const other = weights.get(name);
      if (other !== undefined)
        throw new InputError(`${file}: tensor '${printable(name)}' is also in ${other.file}`);
      weights.set(name, {name, file, dtype, shape, read: () => opened.read(name)});
    }
  }
  return weights;
}

async function weightFiles(files: FileSource): Promise<string[]> {
  if (files.names.includes(singleName)) return [singleName];
  if (files.names.includes(indexName)) return shardFiles(files);
  const safetensors = files.names.filter((name) => /^[^/]+\.safetensors$/.test(name));
  if (safetensors.length === 1) return safetensors;
  if (safetensors.length > 1)
    throw new InputError(
      `${singleName} is missing, and it is unclear which of ${safetensors.length} files to take: ${list(safetensors)}`
    );
  await refuseForeignWeights(files);
  throw new InputError(
    `${singleName} is missing (expected it, or ${indexName} and its shards; found ${list(files.names)})`
  );
}

async function shardFiles(files: FileSource): Promise<string[]> {
  const shards = shardNames(await readSmallText(files, indexName, 64_000_000));
  for (const shard of shards)
    if (!files.names.includes(shard))
      throw new InputError(`${printable(shard)} is missing (${indexName} names it)`);
  return shards;
}

/**
 * The shards that an index names, sorted.
 *
 * @param text content of `model.safetensors.index.json`
 * @throws InputError if it is no index, or names anything but safetensors files beside it
 */
export function shardNames(text: string): string[] {
  const index = parseJson(text, indexName);
  const map = index instanceof Map ? index.get("weight_map") : null;
  if (!(map instanceof Map) || map.size === 0)
    throw new InputError(`${indexName}: weight_map must be an object of tensor and file names`);
  const shards = new Set<string>();
  for (const [tensor, shard] of map) {
    if (typeof shard !== "string" || !/^[^./\\:][^/\\:]*\.safetensors$/.test(shard))
      throw new InputError(
        `${indexName}: weight_map of '${printable(tensor)}' is ${typeof shard === "string" ? `'${printable(shard)}'` : "no text"}, expected the name of a .safetensors file in the same folder`
      );
    shards.add(shard);
  }
  return [...shards].sort();
}

/**
 * Refuses a folder, or a single file, whose weights are in a format that is never opened: a pickle
 * can run any code on loading.
 *
 * @throws InputError naming the first such file and what to do; returns if there is none
 */
export async function refuseForeignWeights(files: FileSource): Promise<void> {
  for (const name of files.names) {
    if (/\.(bin|pt|pth|pkl|pickle|ckpt|joblib)$/i.test(name))
      throw new InputError(
        `${printable(name)} is a Python pickle: it could run code on loading, so it is never opened (${convert})`
      );
    if (/\.(h5|msgpack|onnx|gguf|npz|ckpt\.(index|meta|data.*))$/i.test(name))
      throw new InputError(`${printable(name)} is not a safetensors file (${convert})`);
  }
  if (files.names.length !== 1 || files.names[0] === "config.json") return;
  const source = await openFile(files, files.names[0]!);
  const foreign = describeForeignFile(await source.read(0, Math.min(64, source.size)));
  if (foreign) throw new InputError(`${printable(files.names[0]!)} is ${foreign}`);
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "no file";
  const shown = names.slice(0, 6).map(printable).join(", ");
  return names.length > 6 ? `${shown}, …` : shown;
}
