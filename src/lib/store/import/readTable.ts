/** A reader's file as an Arrow IPC stream, which DuckDB takes in. */
import {
  Column,
  binary,
  bool,
  columnFromArray,
  columnFromValues,
  dateDay,
  float64,
  int64,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  timestamp,
  uint64,
  utf8
} from "@uwdata/flechette";
import type {DataType} from "@uwdata/flechette";
import {decodeText} from "../../corpus/decode.js";
import {InputError, errorMessage, readingFault} from "../../errors.js";
import {readParquet, type ParquetColumn} from "./parquet.js";
import {valueText} from "./parquetValues.js";
import {enableArrowPacking} from "./unpackers.js";

/** A table that was read. */
export interface ReadTable {
  /** Arrow IPC stream. */
  stream: Uint8Array;
  rows: number;
  columns: string[];
}

/** Endings of the files that {@link readTable} reads. */
export const tableEndings = [".parquet", ".arrow", ".feather", ".json", ".jsonl", ".ndjson"];

/**
 * Reads Parquet, Arrow, JSON (a list of objects) or JSON lines.
 *
 * @param name the file's name: its ending decides
 * @throws InputError naming the file and what was expected
 */
export async function readTable(bytes: Uint8Array, name: string): Promise<ReadTable> {
  if (/\.parquet$/i.test(name)) return fromParquet(await readParquet(bytes, name));
  if (/\.(?:arrow|feather)$/i.test(name)) return fromArrow(bytes, name);
  if (/\.(?:json|jsonl|ndjson)$/i.test(name)) return fromJson(bytes, name);
  throw new InputError(`${name}: unknown kind of table (expected ${tableEndings.join(", ")})`);
}

function fromParquet({rows, columns}: {rows: number; columns: ParquetColumn[]}): ReadTable {
  return toStream(
    columns.map((column): [string, Column<unknown>] => [column.name, arrowColumn(column, rows)]),
    rows
  );
}

function arrowColumn({kind, chunks, scale}: ParquetColumn, rows: number): Column<unknown> {
  const values = (visit: (value: unknown) => void) => {
    for (const chunk of chunks) for (let i = 0; i < chunk.length; ++i) visit(chunk[i] ?? null);
  };
  const mapped = (convert: (value: unknown) => unknown) => (visit: (value: unknown) => void) =>
    values((value) => visit(value === null ? null : convert(value)));
  switch (kind) {
    case "boolean":
      return columnFromValues(values, bool());
    case "text":
      return textColumn(values, chunks);
    case "nested":
      return columnFromValues(mapped(valueText), utf8());
    case "date":
      return columnFromValues(values, dateDay());
    case "time": {
      const whole = filled(new BigInt64Array(rows), chunks, (value) => value as bigint);
      const column = whole ? columnFromArray(whole) : columnFromValues(values, int64());
      return retyped(column, timestamp(2, null));
    }
    case "unsigned": {
      const whole = filled(new BigUint64Array(rows), chunks, (value) => value as bigint);
      return whole ? columnFromArray(whole) : columnFromValues(values, uint64());
    }
    case "number": {
      const convert = scale === undefined ? Number : decimal(scale);
      const whole = filled(new Float64Array(rows), chunks, convert);
      return whole ? columnFromArray(whole) : columnFromValues(mapped(convert), float64());
    }
    case "integer": {
      const first = chunks.flatMap((chunk) => (chunk.length ? [chunk[0]] : []))[0];
      const isSmall = typeof first === "number";
      const whole = isSmall
        ? filled(new Float64Array(rows), chunks, Number)
        : filled(new BigInt64Array(rows), chunks, (value) => value as bigint);
      if (!whole)
        return columnFromValues(
          mapped((value) => BigInt(value as number)),
          int64()
        );
      const isInt32 = whole instanceof Float64Array && whole.every((x) => x === (x | 0));
      return columnFromArray(isInt32 ? Int32Array.from(whole) : whole);
    }
  }
}

/** The double nearest to a decimal: what was multiplied by 0.01 is a little beside it. */
const decimal = (scale: number) => (value: unknown) => {
  const [whole, factor] = [Math.round((value as number) * 10 ** scale), 10 ** scale];
  return Number.isSafeInteger(whole) ? whole / factor : (value as number);
};

/** Fills a typed array with all values; null where one of them is missing, or there is none. */
function filled<T extends Float64Array | BigInt64Array | BigUint64Array>(
  target: T,
  chunks: readonly ArrayLike<unknown>[],
  convert: (value: unknown) => T[number]
): T | null {
  if (target.length === 0) return null; // an array without values tells no type
  let at = 0;
  for (const chunk of chunks)
    for (let i = 0; i < chunk.length; ++i) {
      const value = chunk[i];
      if (value == null) return null;
      target[at++] = convert(value);
    }
  return target;
}

/** A column under another type that lays its values out in the same way. */
const retyped = (column: Column<unknown>, type: DataType): Column<unknown> =>
  column.data.length > 0 ? new Column([...column.data], type) : columnFromArray([], type);

/** Texts that are still bytes: Arrow lays texts out as it does bytes, so only the type is changed. */
function textColumn(
  values: (visit: (value: unknown) => void) => void,
  chunks: readonly ArrayLike<unknown>[]
): Column<unknown> {
  const isBytes = chunks.every((chunk) => {
    for (let i = 0; i < chunk.length; ++i)
      if (chunk[i] != null && !(chunk[i] instanceof Uint8Array)) return false;
    return true;
  });
  if (!isBytes) return columnFromValues((visit) => values((v) => visit(valueText(v))), utf8());
  const decoder = new TextDecoder("utf-8", {fatal: true});
  const column = columnFromValues(values, binary());
  try {
    for (const {values: bytes} of column.data) decoder.decode(bytes as Uint8Array);
    return retyped(column, utf8());
  } catch {
    // not UTF-8: what cannot be read becomes the replacement character
    const lenient = new TextDecoder();
    const text = (value: unknown) => value && lenient.decode(value as Uint8Array);
    return columnFromValues((visit) => values((v) => visit(text(v))), utf8());
  }
}

function fromArrow(bytes: Uint8Array, name: string): ReadTable {
  if (bytes[0] === 0x46 && bytes[1] === 0x45 && bytes[2] === 0x41 && bytes[3] === 0x31)
    throw new InputError(
      `${name}: a Feather file of version 1 (expected version 2, which today's libraries write)`
    );
  enableArrowPacking(name, bytes.length);
  try {
    const table = tableFromIPC(bytes);
    return {
      stream: tableToIPC(table, {format: "stream"})!,
      rows: table.numRows,
      columns: table.names
    };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name}: could not be read as Arrow (${readingFault(error)})`);
  }
}

function fromJson(bytes: Uint8Array, name: string): ReadTable {
  const {text} = decodeText(bytes, name);
  // files of one object a line are often called .json too
  const isList = text.trimStart().startsWith("[") || !/^\s*\{.*\}\s*\n\s*\{/.test(text);
  const objects = /\.json$/i.test(name) && isList ? jsonList(text, name) : jsonLines(text, name);
  const columns = new Map<string, unknown[]>();
  objects.forEach((object, row) => {
    for (const [key, value] of Object.entries(object)) {
      if (!columns.has(key)) columns.set(key, new Array<unknown>(objects.length).fill(null));
      columns.get(key)![row] = value;
    }
  });
  if (columns.size === 0) throw new InputError(`${name}: no fields (expected objects with some)`);
  if (columns.size > 10_000)
    throw new InputError(`${name}: ${columns.size} different fields (expected at most 10,000)`);
  return toStream(
    [...columns].map(([key, values]): [string, Column<unknown>] => {
      const present = values.filter((value) => value !== null);
      const all = (type: string) =>
        present.length > 0 && present.every((value) => typeof value === type);
      if (all("number")) return [key, columnFromArray(values, float64())];
      if (all("boolean")) return [key, columnFromArray(values, bool())];
      return [key, columnFromArray(values.map(nestedText(key, name)), utf8())];
    }),
    objects.length
  );
}

/** Values of a field as text. @throws InputError for one that is nested too deep to be written again */
const nestedText = (field: string, file: string) => (value: unknown, row: number) => {
  try {
    return valueText(value);
  } catch (error) {
    throw new InputError(
      `${file}: item ${row + 1}: ${JSON.stringify(field)} cannot be written as text (${errorMessage(error)})`
    );
  }
};

function jsonList(text: string, name: string): object[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name}: not valid JSON (${errorMessage(error)})`);
  }
  if (!Array.isArray(value) || value.length === 0)
    throw new InputError(`${name}: expected a list of objects, one a row`);
  value.forEach((item: unknown, i) => {
    if (!isObject(item)) throw new InputError(`${name}: item ${i + 1}: expected an object`);
  });
  return value as object[];
}

function jsonLines(text: string, name: string): object[] {
  const objects: object[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new InputError(`${name}: line ${i + 1} is not valid JSON (expected one object a line)`);
    }
    if (!isObject(value)) throw new InputError(`${name}: line ${i + 1}: expected an object`);
    objects.push(value);
  });
  if (objects.length === 0) throw new InputError(`${name}: no rows`);
  return objects;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function toStream(columns: [string, Column<unknown>][], rows: number): ReadTable {
  return {
    stream: tableToIPC(tableFromColumns(columns), {format: "stream"})!,
    rows,
    columns: columns.map(([name]) => name)
  };
}
