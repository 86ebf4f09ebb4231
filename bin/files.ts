import {mkdir, readFile, rename, stat, writeFile} from "node:fs/promises";
import {basename, dirname} from "node:path";
import {InputError} from "../src/lib/errors.js";
import {draftOf} from "./drafts.js";

const reasons: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "is a folder, expected a file",
  ENOTDIR: "is not a folder",
  EACCES: "may not be read or written",
  EROFS: "lies where nothing can be written",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the quota is used up",
  EEXIST: "is in the way"
};

/** Runs a file operation; a failure becomes one sentence that names the path. */
export async function withPath<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code && code in reasons) throw new InputError(`${path}: ${reasons[code]}`);
    throw error;
  }
}

/** The bytes of a file. */
export function readBytes(path: string): Promise<Uint8Array> {
  return withPath(path, async () => new Uint8Array(await readFile(path)));
}

/** A file as JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: not valid JSON (${(error as Error).message})`);
  }
}

/** Makes a folder, and those that it lies in. */
export function makeFolder(path: string): Promise<void> {
  return withPath(path, async () => {
    try {
      await mkdir(path, {recursive: true});
    } catch (error) {
      // of a disk that cannot be written, Node says here that the folder is not there
      if ((error as NodeJS.ErrnoException).code === "ENOENT") await mkdir(path);
      else throw error;
    }
  });
}

/** Writes a file, making its folder. */
export function writeBytes(path: string, data: Uint8Array | string): Promise<void> {
  return withPath(path, async () => {
    await makeFolder(dirname(path));
    await writeFile(path, data);
  });
}

/**
 * Replaces a file as a whole: a process that is killed leaves the old one or the new one, and two
 * that write the same file do not mix.
 */
export async function replaceFile(path: string, data: Uint8Array | string): Promise<void> {
  const draft = draftOf(path);
  await withPath(path, async () => {
    await writeFile(draft, data);
    await rename(draft, path);
  });
}

export async function isFolder(path: string): Promise<boolean> {
  return withPath(path, async () => (await stat(path)).isDirectory());
}

/** Whether there is a file or folder at a path. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  );
}

/** The last part of a path, for messages. */
export const fileName = basename;
