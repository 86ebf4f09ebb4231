import {InputError} from "../errors.js";

/** A file of a zip archive as its directory has it. */
export interface ZipEntry {
  path: string;
  /** 0 where it is stored as it is, 8 where it is deflated. */
  method: number;
  /** A view of the archive. */
  packed: Uint8Array;
  /** Bytes once unpacked, and their checksum, as the directory says. */
  size: number;
  crc32: number;
}

const signatures = {
  file: 0x04034b50,
  entry: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50
} as const;
const whole = 0xffffffff;

/**
 * The directory of a zip archive, with the 64-bit sizes of large ones. No length is believed before it
 * has been compared with the bytes that are there.
 *
 * @param name the archive's name, for errors
 * @throws InputError for what is no zip archive, is cut short, in several parts, or locked by a password
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zipEntries(name: string, bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (what: string): never => {
    throw new InputError(`${name}: is no zip archive that can be read (${what})`);
  };
  const inside = (at: number, length: number, what: string): void => {
    if (!(at >= 0 && length >= 0 && at + length <= bytes.length)) fail(`${what} is cut off`);
  };
  const large = (at: number): number => Number(view.getBigUint64(at, true));

  const {count, from} = directory();
  const entries: ZipEntry[] = [];
  let at = from;
  for (let i = 0; i < count; ++i) {
    inside(at, 46, "its directory");
    if (view.getUint32(at, true) !== signatures.entry) fail("its directory is damaged");
    const flags = view.getUint16(at + 8, true);
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const [pathLength, extraLength, noteLength] = lengths as [number, number, number];
    inside(at + 46, pathLength + extraLength + noteLength, "its directory");
    const path = textOf(bytes.subarray(at + 46, at + 46 + pathLength), (flags & 0x800) !== 0);
    if (flags & 1) throw new InputError(`${name}: ${path} is locked by a password`);
    const sizes = {
      size: view.getUint32(at + 24, true),
      packed: view.getUint32(at + 20, true),
      start: view.getUint32(at + 42, true)
    };
    widen(sizes, at + 46 + pathLength, extraLength);
    entries.push({
      path,
      method: view.getUint16(at + 10, true),
      packed: content(sizes.start, sizes.packed),
      size: sizes.size,
      crc32: view.getUint32(at + 16, true)
    });
    at += 46 + pathLength + extraLength + noteLength;
  }
  return entries;

  /** Where the directory begins and how many files it names: at the end of the archive. */
  function directory(): {count: number; from: number} {
    let end = bytes.length - 22;
    const least = Math.max(0, end - 65_535);
    // the comment after it may hold anything, but ends with the archive
    const isEnd = () =>
      view.getUint32(end, true) === signatures.end &&
      end + 22 + view.getUint16(end + 20, true) <= bytes.length;
    while (end >= least && !isEnd()) --end;
    if (end < least) fail("it has no end: was it cut off?");
    const found = {count: view.getUint16(end + 10, true), from: view.getUint32(end + 16, true)};
    if (view.getUint16(end + 4, true) !== 0 && found.from !== whole)
      fail("it is one of several parts");
    if (found.count !== 0xffff && found.from !== whole) return found;
    inside(end - 20, 20, "its end");
    const at64 = large(end - 12);
    inside(at64, 56, "its end");
    if (view.getUint32(at64, true) !== signatures.end64) return found;
    return {count: large(at64 + 32), from: large(at64 + 48)};
  }

  /** Puts the 64-bit sizes of the extra field in place of those that had no room. */
  function widen(sizes: Record<"size" | "packed" | "start", number>, from: number, length: number) {
    for (let field = from; field + 4 <= from + length;) {
      const [id, bytesOf] = [view.getUint16(field, true), view.getUint16(field + 2, true)];
      let value = field + 4;
      field = value + bytesOf;
      if (id !== 1) continue;
      for (const key of ["size", "packed", "start"] as const) {
        if (sizes[key] !== whole) continue;
        inside(value, 8, "its directory");
        sizes[key] = large(value);
        value += 8;
      }
    }
  }

  function content(start: number, length: number): Uint8Array {
    inside(start, 30, "a file");
    if (view.getUint32(start, true) !== signatures.file) fail("its directory is damaged");
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    inside(from, length, "a file");
    return bytes.subarray(from, from + length);
  }
}

/** A path: UTF-8 where the archive says so or it can be, else one character a byte. */
function textOf(bytes: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder("utf-8", {fatal: !isUtf8}).decode(bytes);
  } catch {
    return String.fromCharCode(...bytes);
  }
}
