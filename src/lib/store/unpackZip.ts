/** Zip archives that a reader gives: unpacked within limits, every file compared with its checksum. */
import {inflateSync} from "fflate";
import {InputError} from "../errors.js";
import {zipEntries} from "./zipEntries.js";
import type {ZipEntry} from "./zipEntries.js";
import {refuseUnpacked} from "./unpackLimit.js";

/** Whether bytes begin as a zip archive does. */
export const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * The files of a zip archive by their paths, without its folders. All or none: one that is damaged, or
 * locked, refuses the archive.
 *
 * @throws InputError naming the archive and the file in it: where it is no zip archive, would unpack to over
 * 1 GB or 200 times its size, names one file twice, or holds what its checksum does not fit
 */
export function unpackZip(name: string, bytes: Uint8Array): Map<string, Uint8Array> {
  const entries = zipEntries(name, bytes).filter(({path, size}) => size > 0 || !path.endsWith("/"));
  const total = entries.reduce((sum, {size}) => sum + size, 0);
  refuseUnpacked(name, total, bytes.length);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.path)) throw new InputError(`${name}: holds two files ${entry.path}`);
    files.set(entry.path, unpackEntry(entry, `${name}: ${entry.path}`));
  }
  return files;
}

function unpackEntry({method, packed, size, crc32: expected}: ZipEntry, where: string): Uint8Array {
  const damaged = new InputError(`${where} is damaged (expected ${size} bytes by its checksum)`);
  if (method !== 0 && method !== 8)
    throw new InputError(
      `${where}: packed by method ${method} (expected 0, stored, or 8, deflate: zip it again)`
    );
  if (method === 0 && packed.length !== size) throw damaged;
  let data: Uint8Array;
  try {
    data = method === 0 ? packed.slice() : inflateSync(packed, {out: new Uint8Array(size)});
  } catch {
    throw damaged;
  }
  if (data.length !== size || crc32(data) !== expected) throw damaged;
  return data;
}

const crcs = Uint32Array.from({length: 256}, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** The checksum of zip and gzip (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; ++i) crc = (crc >>> 8) ^ crcs[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
