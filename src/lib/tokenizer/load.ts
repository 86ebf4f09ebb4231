import {InputError} from "../errors.js";
import {readJson} from "../json.js";
import {asBoolean, asObject} from "./json/fields.js";
import {readSpiece, type SpieceOptions} from "./spiece.js";
import type {Tokenizer} from "./tokenizer.js";
import {readTokenizerJson} from "./tokenizerJson.js";

/** Files of a folder that say how to tokenize, in the order in which they are asked for. */
export const tokenizerFiles = ["spiece.model", "tokenizer.json", "tokenizer_config.json"] as const;

/**
 * The tokenizer of a Hugging Face folder. `spiece.model` decides over `tokenizer.json`, whose
 * recent conversions give other ids; `do_lower_case` and `keep_accents` of
 * `tokenizer_config.json` are heeded.
 *
 * @param files the folder's files by name
 * @param folder its name, for errors
 * @throws InputError when neither file is there, or one cannot be read
 */
export function readTokenizer(files: ReadonlyMap<string, Uint8Array>, folder: string): Tokenizer {
  const at = (name: string) => (folder ? `${folder}/${name}` : name);
  const spiece = files.get("spiece.model");
  if (spiece) {
    const config = files.get("tokenizer_config.json");
    return readSpiece(
      spiece,
      at("spiece.model"),
      config && readConfig(decode(config, at("tokenizer_config.json")), at("tokenizer_config.json"))
    );
  }
  const json = files.get("tokenizer.json");
  if (json) return readTokenizerJson(decode(json, at("tokenizer.json")), at("tokenizer.json"));
  throw new InputError(
    `${folder || "folder"}: no tokenizer, expected spiece.model or tokenizer.json`
  );
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch {
    throw new InputError(`${file}: not UTF-8, expected JSON`);
  }
}

function readConfig(text: string, file: string): SpieceOptions {
  const config = asObject(readJson(text, file), file);
  return {
    lowerCase: asBoolean(config["do_lower_case"], true, `${file}: do_lower_case`),
    keepAccents: asBoolean(config["keep_accents"], false, `${file}: keep_accents`)
  };
}
