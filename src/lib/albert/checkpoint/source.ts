import {errorMessage, InputError} from "../../errors.js";
import type {BlobLike, ByteSource} from "./safetensors.js";

/**
 * The files of a folder, wherever they are: in memory, dropped on the page, on disk, in a cache.
 * Names are paths below the folder with forward slashes, such as `config.json`.
 */
export interface FileSource {
  readonly names: readonly string[];
  /** Length of a file in bytes. */
  size(name: string): number | Promise<number>;
  /** The bytes in [begin, end) of a file (default: all of it), in a buffer of their own. */
  read(name: string, begin?: number, end?: number): Promise<Uint8Array>;
}

/** Files in memory. */
export function mapFiles(files: ReadonlyMap<string, Uint8Array>): FileSource {
  const get = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new InputError(`${name} is missing`);
    return bytes;
  };
  return {
    names: [...files.keys()],
    size: (name) => get(name).length,
    read: async (name, begin = 0, end) => new Uint8Array(get(name).subarray(begin, end))
  };
}

/** A Blob with a name, as a browser's File is. */
export interface NamedBlob extends BlobLike {
  readonly name: string;
  /** Path from the folder that was picked; empty or absent for single files. */
  readonly webkitRelativePath?: string;
}

/**
 * Files that were dropped or picked. Folders that all of them share are left out of the names, so a
 * picked folder `albert/` gives `config.json`, not `albert/config.json`.
 */
export function blobFiles(list: Iterable<NamedBlob>): FileSource {
  const files = [...list].map((file) => ({path: file.webkitRelativePath || file.name, file}));
  const shared = sharedFolder(files.map(({path}) => path));
  const blobs = new Map<string, BlobLike>(
    files.map(({path, file}) => [path.slice(shared.length), file])
  );
  const get = (name: string): BlobLike => {
    const blob = blobs.get(name);
    if (blob === undefined) throw new InputError(`${name} is missing`);
    return blob;
  };
  return {
    names: [...blobs.keys()],
    size: (name) => get(name).size,
    async read(name, begin = 0, end) {
      const blob = get(name);
      return new Uint8Array(await blob.slice(begin, end ?? blob.size).arrayBuffer());
    }
  };
}

/** The files below a folder of a source, named from there; `folder` ends in a slash or is empty. */
export function subfolder(files: FileSource, folder: string): FileSource {
  if (folder === "") return files;
  return {
    names: files.names.filter((n) => n.startsWith(folder)).map((n) => n.slice(folder.length)),
    size: (name) => files.size(folder + name),
    read: (name, begin, end) => files.read(folder + name, begin, end)
  };
}

/** One file of a source, to be read in parts. @throws InputError if it cannot be read */
export async function openFile(files: FileSource, name: string): Promise<ByteSource> {
  const size = await readable(name, async () => files.size(name));
  return {size, read: (begin, end) => readable(name, () => files.read(name, begin, end))};
}

/**
 * A small text file as a whole, a byte order mark at its start left out.
 *
 * @param limit most bytes that such a file may have
 * @throws InputError if it is empty, larger, not UTF-8 or cannot be read
 */
export async function readSmallText(
  files: FileSource,
  name: string,
  limit = 16_000_000
): Promise<string> {
  const {size, read} = await openFile(files, name);
  if (size === 0) throw new InputError(`${name} is empty`);
  if (size > limit)
    throw new InputError(`${name} has ${size} bytes, expected a text of at most ${limit}`);
  const bytes = await read(0, size);
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch {
    throw new InputError(`${name} is not UTF-8 text`);
  }
}

async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name} cannot be read: ${errorMessage(error)}`);
  }
}

function sharedFolder(paths: string[]): string {
  if (paths.length === 0) return "";
  let folder = paths[0]!.slice(0, paths[0]!.lastIndexOf("/") + 1);
  while (folder !== "" && !paths.every((path) => path.startsWith(folder)))
    folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  return folder;
}
