import {InputError} from "../../errors.js";
import type {Dtype} from "./dtype.js";
import {dtypeSizes, unsupportedDtypes} from "./dtype.js";
import type {Json} from "../../json.js";
import {JsonNumber, parseJson, printable} from "../../json.js";
import {describeForeignFile} from "./sniff.js";

/** The format's own limit on the header, in bytes. */
const maxHeaderBytes = 100_000_000;

/** Where a tensor lies in its file: `begin` and `end` are bytes from the start of the file. */
export interface TensorEntry {
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  /** In the order of the data. */
  entries: Map<string, TensorEntry>;
  metadata: Map<string, string>;
}

/**
 * The length of the header in bytes, checked against the size of the file, from its first bytes (64
 * are enough).
 *
 * @throws InputError if it does not fit, or if the file is plainly another kind of file
 */
export function headerLength(start: Uint8Array, size: number, file: string): number {
  if (size === 0) throw new InputError(`${file}: the file is empty (expected a safetensors file)`);
  if (size < 8 || start.length < 8) {
    const foreign = describeForeignFile(start);
    throw new InputError(
      foreign
        ? `${file} is ${foreign}`
        : `${file}: truncated, ${size} bytes are too short for a safetensors file (its header length alone takes 8)`
    );
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const foreign = length > BigInt(size - 8) ? describeForeignFile(start) : null;
  if (foreign) throw new InputError(`${file} is ${foreign}`);
  if (length > maxHeaderBytes)
    throw new InputError(
      `${file}: header length ${length} exceeds the format's limit of ${maxHeaderBytes} bytes (not a safetensors file, or damaged)`
    );
  if (length > size - 8)
    throw new InputError(
      `${file}: truncated header: header length ${length}, but only ${size - 8} bytes follow`
    );
  if (length < 2n) throw new InputError(`${file}: header length ${length}, expected at least 2`);
  return Number(length);
}

/**
 * The checked content of a header.
 *
 * @param bytes the header alone, padding included
 * @param size bytes of the whole file
 */
export function parseHeader(bytes: Uint8Array, size: number, file: string): SafetensorsHeader {
  let text: string;
  try {
    text = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new InputError(`${file}: header is not UTF-8`);
  }
  if (!text.startsWith("{"))
    throw new InputError(`${file}: header must be a JSON object that begins with '{'`);
  const header = parseJson(text, `${file}: header`, {maxDepth: 8}) as Map<string, Json>;
  const metadata = readMetadata(header.get("__metadata__"), file);
  header.delete("__metadata__");
  const dataStart = 8 + bytes.length;
  const dataBytes = size - dataStart;
  const ordered = [...header]
    .map(([name, value]) => [name, readEntry(name, value, file)] as const)
    .sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const needed = ordered.reduce((end, [, entry]) => Math.max(end, entry.end), 0);
  if (needed > dataBytes)
    throw new InputError(
      `${file}: truncated: expected ${dataStart + needed} bytes, the file has ${size} (download it again)`
    );
  const entries = new Map<string, TensorEntry>();
  let at = 0;
  for (const [name, entry] of ordered) {
    if (entry.begin !== at)
      throw new InputError(
        `${file}: ${entry.begin < at ? "overlapping offsets" : "gap before the offsets"} of tensor '${printable(name)}': data_offsets begin at ${entry.begin}, expected ${at}`
      );
    at = entry.end;
    entries.set(name, {...entry, begin: dataStart + entry.begin, end: dataStart + entry.end});
  }
  if (at !== dataBytes)
    throw new InputError(
      `${file}: ${dataBytes - at} extra bytes of data after the last tensor (expected ${dataStart + at} bytes in all)`
    );
  return {entries, metadata};
}

function readMetadata(value: Json | undefined, file: string): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined || value === null) return metadata;
  if (!(value instanceof Map))
    throw new InputError(`${file}: header: __metadata__ must be an object of strings`);
  for (const [key, item] of value) {
    if (typeof item !== "string")
      throw new InputError(
        `${file}: header: __metadata__ key '${printable(key)}' must be a string`
      );
    metadata.set(key, item);
  }
  return metadata;
}

/** One entry of the header, offsets still counted from the start of the data. */
function readEntry(name: string, value: Json, file: string): TensorEntry {
  const where = `${file}: tensor '${printable(name)}'`;
  if (!(value instanceof Map))
    throw new InputError(`${where}: expected an object with dtype, shape and data_offsets`);
  const dtype = value.get("dtype");
  if (typeof dtype !== "string")
    throw new InputError(`${where}: dtype is missing or no string (expected for example "F32")`);
  const size = dtypeSizes.get(dtype as Dtype);
  if (size === undefined)
    throw new InputError(
      unsupportedDtypes.has(dtype)
        ? `${where}: dtype ${dtype} is not supported (expected F32, F16, BF16, F64 or an integer type)`
        : `${where}: unknown dtype '${printable(dtype)}'`
    );
  const shape = integers(value.get("shape"), `${where}: shape`);
  const offsets = integers(value.get("data_offsets"), `${where}: data_offsets`);
  if (offsets.length !== 2)
    throw new InputError(`${where}: data_offsets must be two numbers, got ${offsets.length}`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw new InputError(`${where}: data_offsets [${begin}, ${end}] run backwards`);
  let bytes = size;
  for (const dimension of shape) {
    bytes *= dimension;
    if (!Number.isSafeInteger(bytes))
      throw new InputError(`${where}: shape ${shapeText(shape)} is too large to exist`);
  }
  if (bytes !== end - begin)
    throw new InputError(
      `${where}: shape ${shapeText(shape)} of ${dtype} takes ${bytes} bytes, data_offsets [${begin}, ${end}] hold ${end - begin}`
    );
  return {dtype: dtype as Dtype, shape, begin, end};
}

/** A list of whole numbers in [0, 2⁵³), written without sign, fraction or exponent. */
function integers(value: Json | undefined, where: string): number[] {
  if (!Array.isArray(value))
    throw new InputError(`${where} is missing or no list (expected a list of whole numbers)`);
  return value.map((item) => {
    if (!(item instanceof JsonNumber) || !/^[0-9]+$/.test(item.text))
      throw new InputError(
        `${where} must hold whole numbers of at least 0, got ${item instanceof JsonNumber ? printable(item.text) : describe(item)}`
      );
    if (!Number.isSafeInteger(item.value))
      throw new InputError(`${where}: ${printable(item.text)} is beyond 2^53`);
    return item.value;
  });
}

function describe(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "string") return `the text "${printable(value)}"`;
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

/** A shape for a message; long ones are cut. */
export function shapeText(shape: readonly number[]): string {
  return shape.length > 8 ? `[${shape.slice(0, 8).join(", ")}, …]` : `[${shape.join(", ")}]`;
}
