import {open, readdir, stat} from "node:fs/promises";
import {join} from "node:path";
import {InputError} from "../src/lib/errors.js";
import type {FileSource} from "../src/lib/albert/checkpoint/source.js";
import {withPath} from "./files.js";

/** The files of a folder on disk, read in parts as they are needed. */
export async function folderSource(folder: string): Promise<FileSource> {
  const entries = await withPath(folder, () => readdir(folder, {withFileTypes: true}));
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const pathOf = (name: string) => {
    if (!names.includes(name))
      throw new InputError(`${join(folder, name)}: no such file or folder`);
    return join(folder, name);
  };
  const size = (name: string) => {
    const path = pathOf(name);
    return withPath(path, async () => (await stat(path)).size);
  };
  return {
    names,
    size,
    async read(name, begin = 0, end) {
      const path = pathOf(name);
      const to = end ?? (await size(name));
      return withPath(path, async () => {
        const file = await open(path);
        try {
          const bytes = new Uint8Array(to - begin);
          for (let at = 0; at < bytes.length;) {
            const {bytesRead} = await file.read(bytes, at, bytes.length - at, begin + at);
            if (bytesRead === 0) throw new InputError(`${path}: ends before byte ${to}`);
            at += bytesRead;
          }
          return bytes;
        } finally {
          await file.close();
        }
      });
    }
  };
}
