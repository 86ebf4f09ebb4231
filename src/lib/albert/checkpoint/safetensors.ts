import {InputError} from "../../errors.js";
import type {StoredTensor} from "./dtype.js";
import {decodeElements, dtypeSizes, encodeElements} from "./dtype.js";
import type {SafetensorsHeader} from "./header.js";
import {headerLength, parseHeader, shapeText} from "./header.js";
import {printable} from "../../json.js";

export type {Dtype, StoredTensor, TensorData} from "./dtype.js";
export {toFloat32} from "./dtype.js";
export type {SafetensorsHeader, TensorEntry} from "./header.js";

/** Bytes that can be read in part: a File of the browser, a file on disk, a buffer. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** A copy of the bytes in [begin, end), in a buffer of its own. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A safetensors file of which only the header has been read. */
export interface SafetensorsFile extends SafetensorsHeader {
  /**
   * One tensor, read now.
   *
   * @throws InputError if the file has no such tensor or cannot be read any more
   */
  read(name: string): Promise<StoredTensor>;
}

/**
 * Every tensor of a safetensors file, in the order of the data, copied out of `bytes`. Names are
 * checked for nothing: they are keys of a map. Takes at most twice the memory of the file (F16 and
 * BF16 double in size), beside the file.
 *
 * @param file named in the errors
 * @throws InputError if the file is not exactly what the format allows: header of 1 byte to 100 MB,
 * UTF-8, one JSON object without duplicate keys; known types; offsets that cover the rest of the
 * file without gap or overlap and agree with shape and type
 * @see https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  const {entries} = readSafetensorsHeader(bytes, file);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, {dtype, shape, begin, end}] of entries)
    tensors.set(name, {dtype, shape, data: decodeElements(dtype, copyOf(bytes, begin, end))});
  return tensors;
}

/** The header of a safetensors file that is in memory; checks what `readSafetensors` does. */
export function readSafetensorsHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const length = headerLength(bytes, bytes.length, file);
  return parseHeader(bytes.subarray(8, 8 + length), bytes.length, file);
}

/**
 * A safetensors file opened for reading tensor by tensor, so that a large file is never in memory as
 * a whole. The header and its agreement with the file's size are checked here, as in
 * `readSafetensors`.
 *
 * @throws InputError as `readSafetensors`
 */
export async function openSafetensors(source: ByteSource, file: string): Promise<SafetensorsFile> {
  const start = await source.read(0, Math.min(64, source.size));
  const length = headerLength(start, source.size, file);
  const header = parseHeader(await source.read(8, 8 + length), source.size, file);
  return {
    ...header,
    async read(name) {
      const entry = header.entries.get(name);
      if (entry === undefined) throw new InputError(`${file}: no tensor '${printable(name)}'`);
      const {dtype, shape, begin, end} = entry;
      const bytes = await source.read(begin, end);
      if (bytes.length !== end - begin)
        throw new InputError(
          `${file}: tensor '${printable(name)}' has ${end - begin} bytes, only ${bytes.length} could be read`
        );
      return {dtype, shape, data: decodeElements(dtype, bytes)};
    }
  };
}

/** A buffer as a source of bytes. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {size: bytes.length, read: async (begin, end) => copyOf(bytes, begin, end)};
}

/** A copy with a buffer of its own; Node's Buffer has a `slice` that does not copy. */
function copyOf(bytes: Uint8Array, begin: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(begin, end));
}

/** The part of a browser's Blob or File that is needed to read it. */
export interface BlobLike {
  readonly size: number;
  slice(begin: number, end: number): {arrayBuffer(): Promise<ArrayBuffer>};
}

/** A Blob or File as a source of bytes. */
export function blobSource(blob: BlobLike): ByteSource {
  return {
    size: blob.size,
    read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer())
  };
}

/**
 * The bytes of a safetensors file, as the reference implementation lays them out: tensors by size of
 * element (largest first; types of one size in a fixed order), then by name; no spaces in the header
 * but those at its end that make its length a multiple of 8.
 *
 * @param tensors F16 and BF16 tensors take a Float32Array, which is rounded to nearest
 * @param metadata default `{format: "pt"}`, which transformers asks for; null for none
 * @throws TypeError if shape, type and array of a tensor do not agree
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Record<string, string> | null = {format: "pt"}
): Uint8Array {
  const rank = new Map([...dtypeSizes.keys()].map((dtype, i) => [dtype, i]));
  const sorted = [...tensors].sort(
    ([a, {dtype: p}], [b, {dtype: q}]) => rank.get(q)! - rank.get(p)! || compareCodePoints(a, b)
  );
  const parts: Uint8Array[] = [];
  const fields: string[] = [];
  if (metadata !== null) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const [name, {dtype, shape, data}] of sorted) {
    if (name === "__metadata__") throw new TypeError("a tensor cannot be called __metadata__");
    if (shape.reduce((a, b) => a * b, 1) !== data.length)
      throw new TypeError(`${name}: shape ${shapeText(shape)}, got ${data.length} elements`);
    const bytes = encodeElements(dtype, data);
    const end = offset + bytes.length;
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${offset},${end}]}`
    );
    parts.push(bytes);
    offset = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + length + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.fill(32, 8, 8 + length);
  out.set(json, 8);
  let at = 8 + length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Order of code points, which is the order of UTF-8 bytes; `<` compares UTF-16 units. */
function compareCodePoints(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; ++i) {
    const p = a.charCodeAt(i);
    const q = b.charCodeAt(i);
    if (p === q) continue;
    const surrogate = Number(isSurrogate(p)) - Number(isSurrogate(q));
    return surrogate === 0 ? p - q : surrogate;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
