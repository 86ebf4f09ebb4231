import {InputError} from "../../errors.js";
import type {DownloadOptions, Downloaded, Fetch} from "./download.js";
import {downloadFile} from "./download.js";
import type {LoadedModel, ReadModelOptions} from "./folder.js";
import {readModelFolder} from "./folder.js";
import type {CacheLike} from "./hubCache.js";
import {deleteManifest, openParts, readManifest, writeManifest} from "./hubCache.js";
import {parseHubUrl} from "./hubUrl.js";
import {printable} from "../../json.js";
import type {FileSource} from "./source.js";
import {blobFiles, readSmallText} from "./source.js";
import {shardNames} from "./weights.js";

export type {CacheLike} from "./hubCache.js";
export type {Fetch} from "./download.js";
export {parseHubUrl} from "./hubUrl.js";

/** How far a download is. */
export interface HubProgress {
  /** The file that is arriving. */
  file: string;
  /** Bytes of it so far, and in all if the server said so. */
  received: number;
  total: number | null;
  /** Bytes of all files so far. */
  receivedInAll: number;
}

export interface HubOptions extends Pick<
  DownloadOptions,
  "signal" | "attempts" | "delayMs" | "stallMs"
> {
  /** Default: the platform's. */
  fetch?: Fetch;
  /** Where to keep the files, for example `await caches.open("models")`; default nowhere. */
  cache?: CacheLike;
  onProgress?: (progress: HubProgress) => void;
  /** Downloads again what the cache has; default false. */
  refresh?: boolean;
}

/** The files of a model that was downloaded, or found in the cache. */
export interface HubModel {
  files: FileSource;
  name: string;
  /** The address the files are under. */
  base: string;
  isCached: boolean;
  /** What a reader should know, for example that nothing could be stored. */
  notes: string[];
  /** Takes the files out of the cache. */
  forget(): Promise<void>;
}

const weights = "model.safetensors";
const index = "model.safetensors.index.json";
const optional = [
  "spiece.model",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json"
];
const smallFile = 64_000_000;

/**
 * The files of a model at an address (`parseHubUrl`): `config.json`, the weights or their shards, and
 * the tokenizer's files as far as they exist. Requests go only to the host that was typed; where that
 * host redirects, the platform's fetch follows. Without cookies and referrer. With a cache, a second
 * call makes no request at all, and one after a break or a cancelled download goes on from there.
 *
 * @throws InputError if the address is none, the model is not there, or the download fails
 * @throws the signal's reason when cancelled
 */
export async function openHub(address: string, options: HubOptions = {}): Promise<HubModel> {
  const {name, bases} = parseHubUrl(address);
  const {cache, refresh = false} = options;
  const notes: string[] = [];
  if (cache !== undefined)
    for (const base of bases) {
      if (refresh) await deleteManifest(cache, base);
      const stored = refresh ? null : await readStored(cache, base);
      if (stored !== null) return model(stored, base, true);
    }
  const get = downloader(options, notes);
  let base = "";
  let reason = "";
  const blobs = new Map<string, Blob>();
  for (const candidate of bases) {
    const config = await get(candidate, "config.json", smallFile);
    if ("blob" in config) {
      base = candidate;
      blobs.set("config.json", config.blob);
      break;
    }
    reason = config.absent;
  }
  if (base === "")
    throw new InputError(
      `${printable(name)}: no config.json at ${bases.map(printable).join(" or ")} (${reason})`
    );
  for (const file of optional) {
    const found = await get(base, file, smallFile);
    if ("blob" in found) blobs.set(file, found.blob);
  }
  const single = await get(base, weights);
  if ("blob" in single) blobs.set(weights, single.blob);
  else await getShards(base, single.absent, blobs, get);
  if (cache !== undefined && notes.length === 0)
    await writeManifest(cache, base, [...blobs.keys()]).catch(() => undefined);
  return model(blobs, base, false);

  function model(found: Map<string, Blob>, at: string, isCached: boolean): HubModel {
    const list = [...found].map(([file, blob]) => ({
      name: file,
      size: blob.size,
      slice: (begin: number, end: number) => blob.slice(begin, end)
    }));
    const forget = async (): Promise<void> => {
      if (cache !== undefined) await deleteManifest(cache, at);
    };
    return {files: blobFiles(list), name, base: at, isCached, notes, forget};
  }
}

/**
 * The model at an address: `openHub`, then `readModelFolder`. Files that turn out not to be a model
 * are not kept in the cache.
 *
 * @throws as those two
 */
export async function readHubModel(
  address: string,
  options: HubOptions & ReadModelOptions = {}
): Promise<LoadedModel & Pick<HubModel, "base" | "isCached">> {
  const hub = await openHub(address, options);
  try {
    const loaded = await readModelFolder(hub.files, hub.name, options);
    const {base, isCached} = hub;
    return {...loaded, notes: [...hub.notes, ...loaded.notes], base, isCached};
  } catch (error) {
    await hub.forget();
    throw error;
  }
}

type Get = (base: string, file: string, limit?: number) => Promise<Downloaded>;

/** Downloads files through the cache, counting bytes over all of them. */
function downloader(options: HubOptions, notes: string[]): Get {
  const {cache, signal, onProgress, attempts, delayMs, stallMs} = options;
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  let before = 0;
  return async (base, file, limit) => {
    const url = base + encodeURIComponent(file);
    const parts = await openParts(url, cache, (reason) => {
      if (notes.length === 0)
        notes.push(`the files could not be stored for the next visit: ${reason}`);
    });
    if (options.refresh) await parts.clear();
    const found = await downloadFile(url, parts, {
      fetch,
      ...(signal && {signal}),
      ...(attempts !== undefined && {attempts}),
      ...(delayMs && {delayMs}),
      ...(stallMs !== undefined && {stallMs}),
      ...(limit !== undefined && {limit}),
      onProgress: (received, total) =>
        onProgress?.({file, received, total, receivedInAll: before + received})
    });
    if ("blob" in found) before += found.blob.size;
    return found;
  };
}

async function getShards(
  base: string,
  reason: string,
  blobs: Map<string, Blob>,
  get: Get
): Promise<void> {
  const list = await get(base, index, smallFile);
  if ("absent" in list)
    throw new InputError(
      `${base}: neither ${weights} (${reason}) nor ${index} (a repository that has only pytorch_model.bin must be converted first, since pickles are never opened)`
    );
  blobs.set(index, list.blob);
  const named = {name: index, size: list.blob.size, slice: list.blob.slice.bind(list.blob)};
  for (const shard of shardNames(await readSmallText(blobFiles([named]), index))) {
    const found = await get(base, shard);
    if ("absent" in found)
      throw new InputError(`${base}: ${printable(shard)} is missing (${found.absent})`);
    blobs.set(shard, found.blob);
  }
}

/** Every file of a model that the cache holds whole, or null. */
async function readStored(cache: CacheLike, base: string): Promise<Map<string, Blob> | null> {
  const blobs = new Map<string, Blob>();
  for (const file of (await readManifest(cache, base)) ?? []) {
    const url = base + encodeURIComponent(file);
    const {record, parts} = await openParts(url, cache, () => undefined);
    if (!record.isComplete) return null;
    blobs.set(file, new Blob(parts));
  }
  return blobs.size === 0 ? null : blobs;
}
