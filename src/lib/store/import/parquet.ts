/** Parquet files in columns. What a file says of its size is checked before anything is unpacked. */
import {parquetMetadata, parquetRead, parquetSchema} from "hyparquet";
import type {FileMetaData, ParquetParsers, SchemaElement, SchemaTree} from "hyparquet";
import {InputError, readingFault} from "../../errors.js";
import {refuseUnpacked} from "../unpackLimit.js";
import {checkPages} from "./parquetPages.js";
import {flatParsers, nestedParsers} from "./parquetValues.js";
import {parquetUnpackers} from "./unpackers.js";

/**
 * What the values of a column are. `unsigned` has 64 bits, as bigint. A date is milliseconds since
 * 1970, UTC; a time microseconds, as bigint; a text is a string, or its bytes in UTF-8; `nested` is any
 * value, with dates and times inside it in words.
 */
export type ParquetKind =
  "integer" | "unsigned" | "number" | "boolean" | "text" | "nested" | "date" | "time";

/** One column: chunks of values in the order of rows. */
export interface ParquetColumn {
  name: string;
  kind: ParquetKind;
  /** Digits behind the point of a decimal. */
  scale?: number;
  chunks: ArrayLike<unknown>[];
}

/** Most of a file that is read. */
export const parquetLimits = {
  /** Rows. */
  rows: 5_000_000,
  /** Rows × columns. */
  cells: 100_000_000
} as const;

/**
 * The names of a Parquet file's columns; only the end of the file is read.
 *
 * @throws InputError when it is no Parquet file
 */
export function parquetColumnNames(bytes: Uint8Array, name: string): string[] {
  return parquetSchema(metadataOf(bytes.slice().buffer, name)).children.map(
    ({element}) => element.name
  );
}

/** @throws InputError when it is no Parquet file */
function metadataOf(buffer: ArrayBuffer, name: string): FileMetaData {
  try {
    return parquetMetadata(buffer, {geoparquet: false});
  } catch (error) {
    throw new InputError(`${name}: not a Parquet file (${readingFault(error)})`);
  }
}

/**
 * Reads a Parquet file, packed by Snappy, GZIP, Zstandard, LZ4 or Brotli or not at all. Lists, maps and structures become
 * JSON text.
 *
 * @param name the file's name, for messages
 * @param wanted columns to read; default all
 * @throws InputError when it is no Parquet file, is over a limit, or has what cannot be read
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  wanted?: readonly string[]
): Promise<{rows: number; columns: ParquetColumn[]}> {
  const buffer = bytes.slice().buffer;
  const metadata = metadataOf(buffer, name);
  const rows = checkSize(metadata, bytes.byteLength, name);
  const {children} = parquetSchema(metadata);
  children.forEach((child) => refuseNames(child, name));
  checkPages(bytes, metadata, name);
  const chosen = children.filter(({element}) => wanted?.includes(element.name) ?? true);
  const columns: ParquetColumn[] = [];
  const names = new Set<string>();
  for (const child of chosen) {
    const column = child.element.name;
    if (names.has(column)) throw new InputError(`${name}: two columns are called '${column}'`);
    names.add(column);
    const {scale} = child.element;
    const isDecimal = scale !== undefined && scale > 0;
    columns.push({name: column, kind: kindOf(child), ...(isDecimal && {scale}), chunks: []});
  }
  // By name in a Map: a column may be called __proto__.
  const found = new Map(columns.map((column) => [column.name, column]));
  const chunks = new Map<string, {at: number; data: ArrayLike<unknown>}[]>();
  const read = (own: readonly ParquetColumn[], parsers: Partial<ParquetParsers>) =>
    parquetRead({
      file: {byteLength: buffer.byteLength, slice: (a, b) => buffer.slice(a, b)},
      metadata,
      geoparquet: false,
      columns: own.map((column) => column.name),
      compressors: parquetUnpackers,
      parsers,
      onChunk: ({columnName, columnData, rowStart}) => {
        if (!chunks.has(columnName)) chunks.set(columnName, []);
        chunks.get(columnName)!.push({at: rowStart, data: columnData as ArrayLike<unknown>});
      }
    });
  const [nested, flat] = [true, false].map((isNested) =>
    columns.filter(({kind}) => (kind === "nested") === isNested)
  );
  try {
    if (flat!.length > 0) await read(flat!, flatParsers);
    if (nested!.length > 0) await read(nested!, nestedParsers);
  } catch (error) {
    const reason = readingFault(error);
    const codec = /unsupported compression codec: (\w+)/.exec(reason)?.[1];
    throw new InputError(
      codec
        ? `${name}: packed by ${codec} (expected Snappy, GZIP, ZSTD, LZ4, Brotli or nothing)`
        : `${name}: could not be read as Parquet (${reason})`
    );
  }
  for (const [column, parts] of chunks) {
    parts.sort((a, b) => a.at - b.at);
    found.get(column)!.chunks = parts.map(({data}) => data);
  }
  for (const {name: column, chunks: parts} of columns) {
    const held = parts.reduce((sum, part) => sum + part.length, 0);
    if (held !== rows)
      throw new InputError(`${name}: column '${column}' has ${held} values, expected ${rows}`);
  }
  return {rows, columns};
}

/**
 * Refuses what would unpack to more than this page can hold.
 *
 * @param packed bytes of the file
 * @returns the number of rows
 * @throws InputError naming the limit
 */
export function checkSize(metadata: FileMetaData, packed: number, name: string): number {
  const rows = Number(metadata.num_rows);
  const inGroups = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows !== inGroups)
    throw new InputError(`${name}: says ${rows} rows, its row groups ${inGroups}`);
  const columns = metadata.row_groups[0]?.columns.length ?? 0;
  let unpacked = 0;
  for (const group of metadata.row_groups)
    for (const {meta_data} of group.columns)
      unpacked += Math.max(0, Number(meta_data?.total_uncompressed_size ?? 0));
  const refuse = (what: string, limit: string): never => {
    throw new InputError(`${name}: ${what} (expected at most ${limit})`);
  };
  const many = (n: number) => n.toLocaleString("en-US");
  if (rows > parquetLimits.rows) refuse(`${many(rows)} rows`, many(parquetLimits.rows));
  if (rows * columns > parquetLimits.cells)
    refuse(`${many(rows)} rows × ${columns} columns`, `${many(parquetLimits.cells)} cells`);
  refuseUnpacked(name, unpacked, packed);
  return rows;
}

/** Names inside structures become keys of objects: those that would change the object are refused. */
function refuseNames({element, children}: SchemaTree, file: string, depth = 0): void {
  if (depth > 0 && element.name === "__proto__")
    throw new InputError(`${file}: a field of a structure is called '__proto__'`);
  if (depth > 32) throw new InputError(`${file}: structures nested more than 32 deep`);
  for (const child of children) refuseNames(child, file, depth + 1);
}

function kindOf({element, children}: SchemaTree): ParquetKind {
  if (children.length > 0 || element.repetition_type === "REPEATED") return "nested";
  return plainKind(element);
}

function plainKind({type, converted_type, logical_type}: SchemaElement): ParquetKind {
  const logical = logical_type?.type;
  if (logical === "DATE" || converted_type === "DATE") return "date";
  if (logical === "TIMESTAMP" || converted_type?.startsWith("TIMESTAMP") || type === "INT96")
    return "time";
  if (logical === "DECIMAL" || converted_type === "DECIMAL" || logical === "FLOAT16")
    return "number";
  if (type === "BOOLEAN") return "boolean";
  const isUnsigned = logical_type?.type === "INTEGER" && !logical_type.isSigned;
  if (type === "INT64" && (isUnsigned || converted_type === "UINT_64")) return "unsigned";
  if (type === "INT32" || type === "INT64")
    return logical === "TIME" || converted_type?.startsWith("TIME") ? "number" : "integer";
  if (type === "FLOAT" || type === "DOUBLE") return "number";
  const isText =
    logical === "STRING" ||
    logical === "ENUM" ||
    logical === "JSON" ||
    converted_type === "UTF8" ||
    converted_type === "ENUM" ||
    converted_type === "JSON" ||
    (type === "BYTE_ARRAY" && !logical_type && !converted_type);
  return isText ? "text" : "nested";
}
