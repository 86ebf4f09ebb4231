import {InputError} from "../../errors.js";
import type {CsvText} from "./csvText.js";

const [lineFeed, carriageReturn, quote] = [10, 13, 34];
/** Bytes that are looked through at a go, some 20 ms of work. */
const atOnce = 2 ** 22;

/** Whether a line ends in a delimiter: most files hold none, which this finds soonest. */
function mayHaveOne(bytes: Uint8Array, delimiter: number): boolean {
  for (let end = 0, from = 0; end < bytes.length; from = end + 1) {
    end = bytes.indexOf(lineFeed, from);
    if (end < 0) end = bytes.length;
    const last = bytes[end - 1] === carriageReturn ? end - 2 : end - 1;
    if (last >= from && bytes[last] === delimiter) return true;
  }
  return !bytes.includes(lineFeed) && bytes.includes(carriageReturn);
}

/**
 * Refuses a table with a row that ends in one empty field more than the first row has: DuckDB leaves
 * that field out without a word, and whether a value is missing or a delimiter too many only the writer of
 * the file knows. Rows with any other number of fields are DuckDB's to refuse. Where fields are not quoted
 * for certain, as with tabs, rows that hold a quote are left to it, too.
 *
 * @param pause lets others work between two pieces of a long file
 * @throws InputError naming file and line
 */
export async function refuseExtraField(
  {bytes, delimiter}: CsvText,
  file: string,
  pause: () => Promise<void>
): Promise<void> {
  const comma = delimiter.charCodeAt(0);
  if (!mayHaveOne(bytes, comma)) return;
  const isQuoted = delimiter !== "\t";
  let expected = 0;
  let fields = 1;
  let line = 1;
  let begun = 1;
  let hasQuote = false;
  let place: "start" | "plain" | "quoted" | "closed" = "start";
  const endRow = () => {
    const isBlank = fields === 1 && place === "start";
    const isSure = isQuoted || !hasQuote;
    if (expected > 0 && fields === expected + 1 && place === "start" && isSure)
      throw new InputError(
        `${file}: line ${begun}: ${fields} fields, the last one empty, expected ${expected}`
      );
    if (expected === 0 && !isBlank) expected = fields;
    [fields, place, hasQuote, begun] = [1, "start", false, line];
  };
  // a byte order mark is no part of the first field
  const first = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let i = first; i < bytes.length; ++i) {
    const byte = bytes[i]!;
    if (byte === lineFeed) ++line;
    if (place === "quoted") {
      if (byte === quote) place = "closed";
    } else if (byte === comma) {
      ++fields;
      place = "start";
    } else if (byte === lineFeed) endRow();
    else if (byte === carriageReturn) {
      if (bytes[i + 1] === lineFeed) continue;
      ++line;
      endRow();
    } else if (byte === quote) {
      hasQuote = true;
      if (place === "closed" || (isQuoted && place === "start")) place = "quoted";
      else place = "plain";
    } else place = "plain";
    if (i % atOnce === atOnce - 1) await pause();
  }
  endRow();
}
