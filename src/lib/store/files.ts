/**
 * A folder of files that survives the page: the origin private file system where the browser has
 * one, memory where it does not (and in tests). Paths are flat names without slashes.
 */
export interface FileStore {
  /** `opfs` survives a reload; `memory` does not, and the page says so. */
  readonly kind: "opfs" | "memory";
  /** The bytes of a file, or null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Replaces a file as a whole: after a crash either the old or the new bytes are there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
}

/** A store that ends with the page. */
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

/** `move` is in Chromium, Safari and Firefox, but not yet in TypeScript's library. */
type MovableFile = FileSystemFileHandle & {move?(name: string): Promise<void>};

/**
 * Opens a folder of the origin private file system.
 *
 * @returns null where the browser has none or refuses it (private windows of some browsers)
 */
export async function opfsStore(folder: string): Promise<FileStore | null> {
  let directory: FileSystemDirectoryHandle;
  try {
    const root = await navigator.storage.getDirectory();
    directory = await root.getDirectoryHandle(folder, {create: true});
  } catch {
    return null;
  }
  const isMissing = (error: unknown) => (error as Error).name === "NotFoundError";
  return {
    kind: "opfs",
    async read(name) {
      try {
        const file = await (await directory.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async write(name, bytes) {
      // A write into place could be cut short; a finished file that is then renamed cannot.
      const temporary = `${name}.new`;
      const handle: MovableFile = await directory.getFileHandle(temporary, {create: true});
      const writable = await handle.createWritable();
      await writable.write(bytes as Uint8Array<ArrayBuffer>);
      await writable.close();
      if (handle.move) return handle.move(name);
      const target = await (await directory.getFileHandle(name, {create: true})).createWritable();
      await target.write(bytes as Uint8Array<ArrayBuffer>);
      await target.close();
      await directory.removeEntry(temporary);
    },
    async remove(name) {
      try {
        await directory.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    async list() {
      const names: string[] = [];
      for await (const name of (directory as unknown as {keys(): AsyncIterable<string>}).keys())
        if (!name.endsWith(".new")) names.push(name);
      return names.sort();
    }
  };
}

/** The browser's lasting store, or memory where it has none. */
export async function openStore(folder: string): Promise<FileStore> {
  return (await opfsStore(folder)) ?? memoryStore();
}
