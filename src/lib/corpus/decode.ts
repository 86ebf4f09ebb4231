import {InputError} from "../errors.js";

/** Bytes that a text may have. */
export const mostTextBytes = 64 * 2 ** 20;

/** Bytes that a table may have: MNLI's training rows with their parses are some 300 MB. */
export const mostTableBytes = 448 * 2 ** 20;

const magics: [string, number[]][] = [
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04]],
  ["an empty zip archive", [0x50, 0x4b, 0x05, 0x06]],
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["gzip-compressed data", [0x1f, 0x8b]],
  ["xz-compressed data", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["bzip2-compressed data", [0x42, 0x5a, 0x68]],
  ["zstd-compressed data", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["an Arrow file", [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  ["a Python pickle", [0x80, 0x02]],
  ["a Python pickle", [0x80, 0x04, 0x95]],
  ["an SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  ["a program", [0x7f, 0x45, 0x4c, 0x46]],
  ["an OLE document (old Word or Excel)", [0xd0, 0xcf, 0x11, 0xe0]],
  ["RTF, not plain text", [0x7b, 0x5c, 0x72, 0x74, 0x66]]
];

/** A decoded text and what happened on the way. */
export interface DecodedText {
  /** Line ends are `\n`; no byte order mark. */
  text: string;
  notes: string[];
}

function starts(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, i) => bytes[i] === byte);
}

/** The line (from 1) in which a byte lies; counts `\n`, `\r\n` and lone `\r`. */
function lineOf(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let i = 0; i < at; ++i) {
    if (bytes[i] === 10 || (bytes[i] === 13 && bytes[i + 1] !== 10)) ++line;
  }
  return line;
}

/** Index of the first byte that is not part of a well-formed UTF-8 character, or −1. */
export function firstBadByte(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length;) {
    const byte = bytes[i]!;
    if (byte < 0x80) {
      ++i;
      continue;
    }
    const length = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
    if (length === 0 || byte >= 0xf5) return i;
    const second = bytes[i + 1] ?? 0;
    const low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    const high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return i;
    for (let j = 2; j < length; ++j) if (((bytes[i + j] ?? 0) & 0xc0) !== 0x80) return i;
    i += length;
  }
  return -1;
}

function refuseBinary(bytes: Uint8Array, name: string, most: number): void {
  if (bytes.length === 0) throw new InputError(`${name}: the file is empty (expected text)`);
  if (bytes.length > most) {
    const size = (bytes.length / 2 ** 20).toFixed(1);
    throw new InputError(`${name}: ${size} MiB of text is over the limit of ${most / 2 ** 20} MiB`);
  }
  for (const [what, prefix] of magics) {
    if (starts(bytes, prefix))
      throw new InputError(`${name}: looks like ${what} (expected plain text)`);
  }
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const zeros = bytes.subarray(0, 1000).filter((byte) => byte === 0).length;
    const guess =
      zeros > Math.min(bytes.length, 1000) / 3
        ? "it may be UTF-16 without a byte order mark: save it as UTF-8"
        : "it looks like binary data";
    throw new InputError(
      `${name}: line ${lineOf(bytes, nul)} holds a NUL byte (expected UTF-8 text; ${guess})`
    );
  }
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch {
    const at = Math.max(0, firstBadByte(bytes));
    const line = lineOf(bytes, at);
    const byte = `0x${bytes[at]!.toString(16).padStart(2, "0")}`;
    const isCut = at >= bytes.length - 3 && bytes[at]! >= 0xc2;
    throw new InputError(
      isCut
        ? `${name}: line ${line} ends inside a UTF-8 character (the file seems to be cut off)`
        : `${name}: line ${line} is not valid UTF-8 at byte ${byte} (if it is Latin-1 or Windows-1252, save it as UTF-8)`
    );
  }
}

/**
 * Decodes the bytes of a text file: UTF-8, or UTF-16 with a byte order mark; `\r\n` and `\r`
 * become `\n`.
 *
 * @param name how messages call the file
 * @param most bytes that it may have
 * @throws {InputError} for an empty, too large or binary file, a git-lfs pointer, an HTML page, and
 *   bytes that are not UTF-8 (with the line of the first)
 */
export function decodeText(
  bytes: Uint8Array,
  name: string,
  most: number = mostTextBytes
): DecodedText {
  refuseBinary(bytes, name, most);
  const notes: string[] = [];
  let text: string;
  if (starts(bytes, [0xff, 0xfe, 0, 0]) || starts(bytes, [0, 0, 0xfe, 0xff])) {
    throw new InputError(`${name}: encoded as UTF-32 (expected UTF-8)`);
  } else if (starts(bytes, [0xff, 0xfe]) || starts(bytes, [0xfe, 0xff])) {
    const encoding = bytes[0] === 0xff ? "utf-16le" : "utf-16be";
    try {
      text = new TextDecoder(encoding, {fatal: true}).decode(bytes);
    } catch {
      throw new InputError(
        `${name}: begins like ${encoding.toUpperCase()} but is not valid (expected UTF-8)`
      );
    }
    notes.push(`decoded from ${encoding.toUpperCase()}`);
  } else text = decodeUtf8(bytes, name);
  const opening = text.slice(0, 300).trimStart();
  if (opening.startsWith("version https://git-lfs.github.com/spec/")) {
    throw new InputError(
      `${name}: a git-lfs pointer, not the text itself (fetch it with git lfs pull)`
    );
  }
  if (/^<(?:!doctype\s+html|html[\s>])/i.test(opening)) {
    throw new InputError(
      `${name}: an HTML page, not text (was it saved from a web site's error page?)`
    );
  }
  if (text.includes("\r")) text = text.replace(/\r\n?/g, "\n");
  if (text.trim() === "") throw new InputError(`${name}: holds only white space (expected text)`);
  return {text, notes};
}
