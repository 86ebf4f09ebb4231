/**
 * Folders of files that survive the page: the origin private file system where the browser has one,
 * memory where it does not (and in tests). Names are flat, without slashes.
 */

/** `opfs` survives a reload; `memory` does not, and the page says so. */
export type StoreKind = "opfs" | "memory";

/** One folder. */
export interface FileStore {
  readonly kind: StoreKind;
  /** The bytes of a file, or null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /**
   * Replaces a file as a whole: after a crash either the old or the new bytes are there.
   *
   * @throws QuotaError when there is no room; the old bytes stay
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
}

/** A folder, wherever it lies. */
export type Folder = Omit<FileStore, "kind">;

/** A folder of folders. */
export interface StoreRoot {
  readonly kind: StoreKind;
  folders(): Promise<string[]>;
  /** A folder, which is there once it is written to. */
  folder(name: string): FileStore;
  removeFolder(name: string): Promise<void>;
}

/** The browser has no room for a file. */
export class QuotaError extends Error {
  override name = "QuotaError";
  /** @param bytes that were to be written */
  constructor(bytes: number) {
    const size = bytes / 1e6;
    super(
      `the browser has no room for ${size < 0.1 ? size.toPrecision(2) : size.toFixed(1)} MB more. Delete runs you no longer need (page Runs), then try again`
    );
  }
}

/** A folder that ends with the page. */
export function memoryStore(): FileStore {
  const files = new Map<string, Uint8Array>();
  return {
    kind: "memory",
    read: async (name) => files.get(name)?.slice() ?? null,
    write: async (name, bytes) => void files.set(name, bytes.slice()),
    remove: async (name) => void files.delete(name),
    list: async () => [...files.keys()].sort()
  };
}

/** Folders that end with the page. */
export function memoryRoot(): StoreRoot {
  const folders = new Map<string, FileStore>();
  return {
    kind: "memory",
    folders: async () => {
      const names: string[] = [];
      for (const [name, store] of folders) if ((await store.list()).length) names.push(name);
      return names.sort();
    },
    folder(name) {
      if (!folders.has(name)) folders.set(name, memoryStore());
      return folders.get(name)!;
    },
    removeFolder: async (name) => void folders.delete(name)
  };
}

/** `move` is in Chromium, Safari and Firefox, but not yet in TypeScript's library. */
type MovableFile = FileSystemFileHandle & {move?(name: string): Promise<void>};
type Listable = {
  keys(): AsyncIterable<string>;
  values(): AsyncIterable<FileSystemDirectoryHandle | FileSystemFileHandle>;
};

const isMissing = (error: unknown) => (error as Error).name === "NotFoundError";

/** How often a file is looked up anew that another tab replaces while it is being read. */
const mostReads = 10;

/** The bytes of a file as a whole, old or new, also while another tab replaces it. */
async function bytesOf(directory: FileSystemDirectoryHandle, name: string): Promise<Uint8Array> {
  for (let read = 1; ; ++read) {
    const file = await (await directory.getFileHandle(name)).getFile();
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      const isReplaced = isMissing(error) || (error as Error).name === "NotReadableError";
      if (!isReplaced || read === mostReads) throw error;
    }
  }
}

async function namesIn(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (directory as unknown as Listable).keys()) names.push(name);
  return names.sort();
}

/** Writes a file in place. */
async function fill(handle: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const writable = await handle.createWritable();
  try {
    await writable.write(bytes as Uint8Array<ArrayBuffer>);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
}

/** What Chromium throws where a file does not fit: the second as soon as it is to be created. */
const isFull = (error: unknown) =>
  ["AbortError", "QuotaExceededError"].includes((error as Error).name);

/** Whether the bytes are the same; four at a time where they lie so. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const words = (a.byteOffset | b.byteOffset) % 4 === 0 ? a.length >> 2 : 0;
  const [wideA, wideB] = [a, b].map(
    ({buffer, byteOffset}) => new Uint32Array(buffer, byteOffset, words)
  );
  for (let i = 0; i < words; ++i) if (wideA![i] !== wideB![i]) return false;
  for (let i = 4 * words; i < a.length; ++i) if (a[i] !== b[i]) return false;
  return true;
}

/** Writes a file, reads it back, and renames it when it is whole: a write into place could be cut short. */
async function replace(
  directory: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array
): Promise<void> {
  const temporary = `${name}.new`;
  try {
    const handle: MovableFile = await directory.getFileHandle(temporary, {create: true});
    await fill(handle, bytes);
    const file = await handle.getFile();
    if (file.size !== bytes.length) throw new QuotaError(bytes.length);
    if (!isSame(new Uint8Array(await file.arrayBuffer()), bytes))
      throw new Error(`${name} was not written as it was given: is the disk failing?`);
    if (handle.move) return await handle.move(name);
    await fill(await directory.getFileHandle(name, {create: true}), bytes);
    await directory.removeEntry(temporary);
  } catch (error) {
    await directory.removeEntry(temporary).catch(() => undefined);
    throw error;
  }
}

function opfsFolder(open: (create: boolean) => Promise<FileSystemDirectoryHandle>): FileStore {
  const reading = async <T>(
    work: (directory: FileSystemDirectoryHandle) => Promise<T>,
    missing: T
  ): Promise<T> => {
    try {
      return await work(await open(false));
    } catch (error) {
      if (isMissing(error)) return missing;
      throw error;
    }
  };
  return {
    kind: "opfs",
    read: (name) => reading<Uint8Array | null>((directory) => bytesOf(directory, name), null),
    async write(name, bytes) {
      try {
        await replace(await open(true), name, bytes);
      } catch (error) {
        throw isFull(error) ? new QuotaError(bytes.length) : error;
      }
    },
    remove: (name) => reading((directory) => directory.removeEntry(name), undefined),
    list: () =>
      reading(
        async (directory) => (await namesIn(directory)).filter((name) => !name.endsWith(".new")),
        []
      )
  };
}

/**
 * Opens a folder of the origin private file system.
 *
 * @returns null where the browser has none or refuses it (private windows of some browsers)
 */
export async function opfsRoot(name: string): Promise<StoreRoot | null> {
  // opened anew each time: the browser, or its reader, may have removed the folder in between
  const open = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(name, {create: true});
  try {
    await open();
  } catch {
    return null;
  }
  return {
    kind: "opfs",
    folders: async () => namesIn(await open()),
    folder: (folder) =>
      opfsFolder(async (create) => (await open()).getDirectoryHandle(folder, {create})),
    async removeFolder(folder) {
      try {
        await (await open()).removeEntry(folder, {recursive: true});
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
  };
}

/**
 * The same files of every folder of a root of {@link opfsRoot}, each folder opened once.
 *
 * @returns by folder the bytes in the order of the names, null for those that are not there or cannot be
 * read; no folder where the browser has none or refuses them
 */
export async function readFolders(
  root: string,
  names: readonly string[]
): Promise<Map<string, (Uint8Array | null)[]>> {
  const found = new Map<string, (Uint8Array | null)[]>();
  const reading: Promise<unknown>[] = [];
  try {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle(root);
    for await (const folder of (directory as unknown as Listable).values()) {
      if (folder.kind !== "directory") continue;
      const all = names.map((name) => bytesOf(folder, name).catch(() => null));
      reading.push(Promise.all(all).then((files) => found.set(folder.name, files)));
    }
  } catch {
    // nothing was ever kept here
  }
  await Promise.all(reading);
  return found;
}

/** A folder of files beside those of {@link opfsRoot}; null where it is not there. */
export async function opfsFiles(name: string): Promise<FileStore | null> {
  try {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
    return opfsFolder(async () => directory);
  } catch {
    return null;
  }
}

/** The browser's lasting folders, or memory where it has none. */
export async function openRoot(name: string): Promise<StoreRoot> {
  return (await opfsRoot(name)) ?? memoryRoot();
}
