import {readdir} from "node:fs/promises";
import {join} from "node:path";
import {InputError} from "../src/lib/errors.js";
import {readTokenizer, tokenizerFiles} from "../src/lib/tokenizer/load.js";
import {readSpiece} from "../src/lib/tokenizer/spiece.js";
import type {Tokenizer} from "../src/lib/tokenizer/tokenizer.js";
import {readTokenizerJson} from "../src/lib/tokenizer/tokenizerJson.js";
import {isFolder, readBytes, withPath} from "./files.js";

/** A tokenizer from a folder (its spiece.model decides) or from one file by its ending. */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  if (await isFolder(path)) {
    const present = new Set(await withPath(path, () => readdir(path)));
    const files = new Map<string, Uint8Array>();
    for (const name of tokenizerFiles)
      if (present.has(name)) files.set(name, await readBytes(join(path, name)));
    return readTokenizer(files, path);
  }
  if (path.endsWith(".json"))
    return readTokenizerJson(new TextDecoder().decode(await readBytes(path)), path);
  if (path.endsWith(".model")) return readSpiece(await readBytes(path), path);
  throw new InputError(`${path}: expected a folder, a .model file or a tokenizer.json`);
}
