import {DataType} from "apache-arrow";
import type {RecordBatch, Schema, Vector} from "apache-arrow";

/** What a result column holds: numbers, texts, truth values, or times (as ISO 8601 text). */
export type ValueKind = "number" | "text" | "boolean" | "time";

/** A cell of a result; nested values, decimals beyond 2⁵³ and blobs are text. */
export type ResultValue = number | string | boolean | null;

/** A column of a result, its values all of one kind or null. */
export interface ResultColumn {
  name: string;
  kind: ValueKind;
  /** The Arrow type in words, "Float64", "List<Utf8>". */
  type: string;
  values: ResultValue[];
}

/** A query's answer in columns; two columns may have one name. */
export interface ResultTable {
  columns: ResultColumn[];
  /** Number of rows held, at most the limit that was asked for. */
  rows: number;
}

function kindOf(type: DataType): ValueKind {
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)) return "number";
  if (DataType.isBool(type)) return "boolean";
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return "time";
  if (DataType.isDictionary(type)) return kindOf(type.dictionary);
  return "text";
}

function hex(bytes: Uint8Array): string {
  return `\\x${Array.from(bytes.subarray(0, 64), (b) => b.toString(16).padStart(2, "0")).join("")}${bytes.length > 64 ? "…" : ""}`;
}

/** A nested value as JSON text, with integers beyond 2⁵³ in full. */
function nested(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return part.toString();
    if (part instanceof Uint8Array) return hex(part);
    if (part instanceof Map) return Object.fromEntries(part);
    return part;
  });
}

function time(type: DataType, value: number | bigint | Date): string {
  const at = new Date(Number(value));
  if (Number.isNaN(at.getTime())) return String(value);
  const text = at.toISOString();
  return DataType.isDate(type)
    ? text.slice(0, 10)
    : text.replace("T", " ").replace(/\.000Z$|Z$/, "");
}

/** Seconds since midnight as "10:00:00". */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const fraction = (seconds - whole)
    .toFixed(6)
    .slice(1)
    .replace(/\.?0+$/, "");
  return parts.map((part) => String(part).padStart(2, "0")).join(":") + fraction;
}

/** Months, days and nanoseconds as "1 month 3 days 00:00:05". */
function interval(words: Int32Array): string {
  const [months = 0, days = 0, low = 0, high = 0] = words;
  const seconds = (high * 2 ** 32 + (low >>> 0)) / 1e9;
  const named = (n: number, unit: string) =>
    n ? [`${n} ${unit}${Math.abs(n) === 1 ? "" : "s"}`] : [];
  const parts = [...named(months, "month"), ...named(days, "day")];
  if (seconds || !parts.length) parts.push(`${seconds < 0 ? "-" : ""}${clock(Math.abs(seconds))}`);
  return parts.join(" ");
}

/** DuckDB's intervals are 16 bytes each, which apache-arrow reads as 4: taken from the buffer. */
function pushIntervals(values: ResultValue[], vector: Vector, take: number): void {
  const data = vector.data[0]!;
  const words = data.values as Int32Array;
  for (let i = 0; i < take; ++i) {
    const at = 4 * (data.offset + i);
    values.push(vector.isValid(i) ? interval(words.subarray(at, at + 4)) : null);
  }
}

/** One Arrow value as a {@link ResultValue} of its column's kind. */
export function toValue(value: unknown, type: DataType): ResultValue {
  if (value == null) return null;
  if (DataType.isDictionary(type)) return toValue(value, type.dictionary);
  switch (kindOf(type)) {
    case "number":
      if (DataType.isDecimal(type)) return decimal(value, type.scale);
      return Number(value);
    case "boolean":
      return Boolean(value);
    case "time":
      return time(type, value as number);
    case "text":
      if (typeof value === "string") return value;
      if (value instanceof Uint8Array) return hex(value);
      if (DataType.isTime(type)) return clock(Number(value) * 1000 ** -type.unit);
      if (typeof value === "bigint" || typeof value === "number") return String(value);
      return nested(value);
  }
}

/** A decimal's words, little-endian two's complement, as a number. */
function decimal(value: unknown, scale: number): number {
  const words = value as Uint32Array;
  let integer = 0n;
  for (let i = words.length - 1; i >= 0; --i) integer = (integer << 32n) | BigInt(words[i]!);
  return Number(BigInt.asIntN(32 * words.length, integer)) / 10 ** scale;
}

/** Collects the batches of a result into columns, up to a number of rows. */
export class ResultBuilder {
  readonly #columns: ResultColumn[];
  readonly #limit: number;
  #rows = 0;
  #bytes = 0;

  /** @param limit most rows to hold, a whole number above 0 */
  constructor(schema: Schema, limit: number) {
    this.#limit = limit;
    this.#columns = schema.fields.map((field) => ({
      name: field.name,
      kind: kindOf(field.type as DataType),
      type: String(field.type),
      values: []
    }));
  }

  /** Adds a batch; returns false when it holds rows beyond the limit, which are left out. */
  add(batch: RecordBatch): boolean {
    const take = Math.min(batch.numRows, this.#limit - this.#rows);
    this.#columns.forEach((column, c) => {
      const vector = batch.getChildAt(c) as Vector | null;
      if (!vector) return;
      const type = vector.type as DataType;
      if (DataType.isInterval(type)) pushIntervals(column.values, vector, take);
      else for (let i = 0; i < take; ++i) column.values.push(toValue(vector.get(i), type));
    });
    this.#rows += take;
    this.#bytes += batch.data.byteLength;
    return take === batch.numRows;
  }

  /** Bytes of Arrow data received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was collected. */
  finish(): ResultTable {
    return {columns: this.#columns, rows: this.#rows};
  }
}
