import {decodeText} from "../../corpus/decode.js";
import {csvDelimiter, parseTable} from "../../corpus/table.js";
import {InputError} from "../../errors.js";

/** A text table as DuckDB is to read it. */
export interface CsvText {
  /** UTF-8. */
  bytes: Uint8Array;
  /** What stands between fields: DuckDB's own guess passes over rows that do not fit it. */
  delimiter: string;
}

/** Bytes at the front in which it is looked for what is no table; DuckDB reads them all. */
const headBytes = 2 ** 20;

/**
 * A CSV or TSV file made ready: UTF-16 with a byte order mark becomes UTF-8, and what is no text at all is
 * refused, which DuckDB would make a table of.
 *
 * @param file its name: .tsv is separated by tabs, other endings by what the first line holds
 * @throws InputError naming the file, for an empty or binary one, a web page, a git-lfs pointer
 */
export function csvText(file: string, bytes: Uint8Array): CsvText {
  const isWide =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const {text} = decodeText(isWide ? bytes : headOf(bytes), file, Infinity);
  const [first = ""] = text.split("\n", 1);
  const isTabs = /\.tsv$/i.test(file) || (/\.txt$/i.test(file) && first.includes("\t"));
  return {
    bytes: isWide ? new TextEncoder().encode(text) : bytes,
    delimiter: isTabs ? "\t" : csvDelimiter(text)
  };
}

/** Bytes of a file in which the line that DuckDB could not read is looked for. */
const mostSearched = 64 * 2 ** 20;

/**
 * Why DuckDB could not read a file. Its own message names many options of its reader, and often no line;
 * so the line is looked for here.
 *
 * @param message what DuckDB said
 */
export function csvFault({bytes, delimiter}: CsvText, file: string, message: string): Error {
  if (bytes.length <= mostSearched)
    try {
      const text = new TextDecoder().decode(bytes);
      parseTable(text, {delimiter, quoted: delimiter !== "\t", file, header: false});
    } catch (error) {
      if (error instanceof InputError) return error;
    }
  const [first = "", ...more] = message.split("\n");
  const line = /on Line: (\d+)/.exec(first)?.[1];
  const told = more.find((each) => /^(?:Expected|Invalid|Value|Maximum|It was)/.test(each)) ?? "";
  return new InputError(
    line ? `${file}: line ${line}: ${told || first}` : `${file}: ${first} ${told}`.slice(0, 500)
  );
}

/** The lines at the front of a long file, none cut. */
function headOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= headBytes) return bytes;
  const end = bytes.lastIndexOf(10, headBytes) + 1;
  return end > 0 ? bytes.subarray(0, end) : bytes;
}
