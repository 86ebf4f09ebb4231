import {readdir, rm} from "node:fs/promises";
import {join} from "node:path";
import type {Folder} from "../src/lib/store/files.js";
import {isThere, readBytes, replaceFile, withPath, writeBytes} from "./files.js";

/** A folder of the disk, which is there once it is written to, as a browser's folder. */
export function folderStore(folder: string): Folder {
  return {
    async read(name) {
      const path = join(folder, name);
      return (await isThere(path)) ? readBytes(path) : null;
    },
    async write(name, bytes) {
      if (!(await isThere(folder))) await writeBytes(join(folder, name), new Uint8Array());
      await replaceFile(join(folder, name), bytes);
    },
    remove: (name) => withPath(folder, () => rm(join(folder, name), {force: true})),
    async list() {
      if (!(await isThere(folder))) return [];
      const names = await withPath(folder, () => readdir(folder));
      return names.filter((name) => !name.endsWith(".new")).sort();
    }
  };
}
