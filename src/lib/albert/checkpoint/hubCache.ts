import {errorMessage} from "../../errors.js";

/** The part of the browser's Cache that is used; keys are http(s) addresses. */
export interface CacheLike {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete(url: string): Promise<boolean>;
}

/** What is known of a file that is being downloaded. */
export interface FileRecord {
  etag: string | null;
  /** Length in bytes if the server said it. */
  total: number | null;
  /** Lengths of the parts stored so far. */
  sizes: number[];
  isComplete: boolean;
}

/** The parts of one file: in memory, and in the cache while that works. */
export interface FileParts {
  readonly parts: Blob[];
  readonly record: FileRecord;
  /** Adds a part and stores it, so that a later visit can go on from there. */
  append(bytes: Uint8Array[]): Promise<void>;
  /** Throws the parts away. */
  clear(): Promise<void>;
  /** Marks the file as whole. */
  complete(): Promise<void>;
}

const key = (url: string, what: string): string => `${url}?albert-observatory=${what}`;

/**
 * Opens the parts that an earlier visit stored of a file, if all of them are still there.
 *
 * @param cache none: in memory only
 * @param onFailure called once with the reason if the cache takes nothing more (quota, private mode)
 */
export async function openParts(
  url: string,
  cache: CacheLike | undefined,
  onFailure: (reason: string) => void
): Promise<FileParts> {
  let storing = cache;
  const parts: Blob[] = [];
  const record: FileRecord = {etag: null, total: null, sizes: [], isComplete: false};
  const attempt = async (work: (cache: CacheLike) => Promise<unknown>): Promise<void> => {
    if (storing === undefined) return;
    try {
      await work(storing);
    } catch (error) {
      storing = undefined;
      onFailure(errorMessage(error));
    }
  };
  const save = (): Promise<void> =>
    attempt((c) => c.put(key(url, "file"), new Response(JSON.stringify(record))));
  const reset = (): void => {
    parts.length = 0;
    Object.assign(record, {etag: null, total: null, sizes: [], isComplete: false});
  };

  await attempt(async (c) => {
    const found = await readJson<FileRecord>(c, key(url, "file"));
    if (found === null || !Array.isArray(found.sizes)) return;
    if (!found.isComplete && found.etag === null) return; // it could be another version by now
    for (const [i, size] of found.sizes.entries()) {
      const blob = await (await c.match(key(url, `part-${i}`)))?.blob();
      if (blob?.size !== size) return void (parts.length = 0); // evicted: start again
      parts.push(blob);
    }
    Object.assign(record, found);
  });

  return {
    parts,
    record,
    async append(bytes) {
      const blob = new Blob(bytes as BlobPart[]);
      const i = parts.push(blob) - 1;
      record.sizes.push(blob.size);
      await attempt((c) => c.put(key(url, `part-${i}`), new Response(blob)));
      await save();
    },
    async clear() {
      const count = record.sizes.length;
      reset();
      await attempt((c) => deleteParts(c, url, count));
    },
    async complete() {
      record.isComplete = true;
      await save();
    }
  };
}

/** Names of the files of a model that was stored as a whole, or null. */
export async function readManifest(cache: CacheLike, base: string): Promise<string[] | null> {
  const found = await readJson<{files: string[]}>(cache, key(base, "manifest")).catch(() => null);
  return found !== null && Array.isArray(found.files) ? found.files : null;
}

/** Remembers that the model at `base` consists of these files. */
export async function writeManifest(
  cache: CacheLike,
  base: string,
  files: string[]
): Promise<void> {
  await cache.put(key(base, "manifest"), new Response(JSON.stringify({files})));
}

/** Takes everything of a model out of the cache. */
export async function deleteManifest(cache: CacheLike, base: string): Promise<void> {
  for (const name of (await readManifest(cache, base)) ?? []) {
    const url = base + encodeURIComponent(name);
    const record = await readJson<FileRecord>(cache, key(url, "file"));
    await deleteParts(cache, url, record?.sizes?.length ?? 0);
  }
  await cache.delete(key(base, "manifest"));
}

async function deleteParts(cache: CacheLike, url: string, count: number): Promise<void> {
  await cache.delete(key(url, "file"));
  for (let i = 0; i < count; ++i) await cache.delete(key(url, `part-${i}`));
}

/** A JSON of ours from the cache; null if it is not there or not readable. */
async function readJson<T>(cache: CacheLike, url: string): Promise<T | null> {
  const response = await cache.match(url);
  if (response === undefined) return null;
  try {
    return (await response.json()) as T;
  } catch {
    return null;
  }
}
