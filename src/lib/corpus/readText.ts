import {InputError} from "../errors.js";
import {decodeText} from "./decode.js";
import {plainDocuments} from "./plainText.js";
import {conllDocuments, conlluDocuments} from "./conllText.js";
import {jsonDocuments, jsonLinesDocuments, sniff, tableDocuments} from "./structured.js";
import type {Corpus} from "./types.js";

/** Options of {@link readText}. */
export interface ReadTextOptions {
  /** Column of a table, or field of JSON lines, that holds the text; default: a well-known name. */
  column?: string;
  /** Called now and then with the fraction done, in [0, 1]. */
  onProgress?: (fraction: number) => void;
}

function extension(name: string): string {
  const path = name.split(/[?#]/)[0]!;
  return /\.([a-z0-9]+)$/i.exec(path)?.[1]!.toLowerCase() ?? "";
}

/**
 * Reads a corpus from a file of the reader's. The ending of the name says how: `.tsv` (unquoted, as
 * GLUE's) and `.csv` (RFC 4180) tables with a text column, `.jsonl`, SQuAD-like or plain `.json`,
 * `.conllu`; anything else is plain text (see plainText.ts), unless it begins like a table with a
 * text column or holds a word and its tag on each line (CoNLL). Rows of tables and lines of JSONL are
 * documents of their own. Takes time linear in the size.
 *
 * @param bytes at most 64 MiB: UTF-8, or UTF-16 with a byte order mark
 * @param name the file's name or address, for its ending and for messages
 * @returns at least two sentences; `notes` say what was decoded, merged or skipped
 * @throws {InputError} naming the file, the line and what was expected
 */
export function readText(bytes: Uint8Array, name: string, options: ReadTextOptions = {}): Corpus {
  const {text, notes} = decodeText(bytes, name);
  const read = (() => {
    switch (extension(name)) {
      case "tsv":
        return tableDocuments(text, name, "\t", options.column);
      case "csv":
        return tableDocuments(text, name, ",", options.column);
      case "jsonl":
      case "ndjson":
        return jsonLinesDocuments(text, name, options.column);
      case "json":
        return jsonDocuments(text, name, options.column);
      case "conllu":
        return conlluDocuments(text, name);
      default:
        switch (sniff(text)) {
          case "table":
            return tableDocuments(text, name, "\t", options.column);
          case "conll":
            return conllDocuments(text);
          case "plain":
            return plainDocuments(text, options.onProgress);
        }
    }
  })();
  const documents = read.documents.filter((document) => document.length > 0);
  const sentences = documents.reduce((sum, document) => sum + document.length, 0);
  if (sentences < 2) {
    throw new InputError(
      `${name}: holds ${sentences === 0 ? "no sentence" : "one sentence"} (expected at least two, one a line or ended by a full stop)`
    );
  }
  options.onProgress?.(1);
  return {name, documents, notes: [...notes, ...read.notes]};
}
